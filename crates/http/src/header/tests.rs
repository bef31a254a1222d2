//! What is a token, and what is not.

use super::*;
use http::header::AUTHORIZATION;

const LIMIT: usize = 64;

fn read(values: &[&[u8]]) -> Result<Option<Vec<u8>>, HeaderError> {
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append(AUTHORIZATION, HeaderValue::from_bytes(value).unwrap());
    }
    token(&headers, LIMIT)
}

fn reads(value: &str) -> bool {
    read(&[value.as_bytes()]) == Ok(Some(b"token".to_vec()))
}

/// RFC 9110 §11.1.
#[test]
fn the_scheme_is_read_in_any_case() {
    for scheme in ["Negotiate", "negotiate", "NEGOTIATE", "nEgOtIaTe"] {
        assert!(reads(&format!("{scheme} dG9rZW4=")), "{scheme}");
    }
}

/// RFC 9110 §11.4 has one space or more; tabs and surrounding ones are borne.
#[test]
fn white_space_around_and_between_does_not_matter() {
    for value in [
        "Negotiate  dG9rZW4=",
        "Negotiate\tdG9rZW4=",
        " \tNegotiate \t dG9rZW4= \t",
    ] {
        assert!(reads(value), "{value:?}");
    }
}

#[test]
fn a_request_without_the_field_has_no_token() {
    assert_eq!(read(&[]), Ok(None));
}

#[test]
fn other_schemes_are_not_ours() {
    for value in [
        "Basic dG9rZW4=",
        "Bearer dG9rZW4=",
        "NTLM TlRMTVNT",
        "Negotiated dG9rZW4=",
        "",
    ] {
        assert_eq!(read(&[value.as_bytes()]), Ok(None), "{value:?}");
    }
    for value in [
        "Negotiate,dG9rZW4=",
        "Negotiate=dG9rZW4=",
        "dG9rZW4= Negotiate",
        "Negotiat e",
    ] {
        assert_eq!(read(&[value.as_bytes()]), Ok(None), "{value:?}");
    }
}

/// RFC 9110 §11.6.2: it is one field. What an application behind takes must be what was judged.
#[test]
fn a_second_field_is_one_too_many_whatever_its_scheme() {
    let (ours, basic): (&[u8], &[u8]) = (b"Negotiate dG9rZW4=", b"Basic QWxhZGRpbjp4");
    for fields in [
        &[ours, ours][..],
        &[ours, b"negotiate"],
        &[basic, ours],
        &[ours, basic],
        &[basic, ours, b"Bearer x"],
    ] {
        assert_eq!(read(fields), Err(HeaderError::Repeated), "{fields:?}");
    }
    assert_eq!(read(&[basic, b"Bearer x"]), Ok(None));
}

/// RFC 4559 §4.2 reads as if a list could stand here; nobody sends one.
#[test]
fn a_list_is_no_token() {
    for value in [
        "Negotiate dG9rZW4=,dG9rZW4=",
        "Negotiate dG9rZW4=, Basic x",
        "Negotiate dG9r ZW4=",
    ] {
        assert_eq!(
            read(&[value.as_bytes()]),
            Err(HeaderError::NotBase64),
            "{value:?}"
        );
    }
}

#[test]
fn the_scheme_alone_is_no_token() {
    for value in ["Negotiate", "negotiate ", "Negotiate \t "] {
        assert_eq!(
            read(&[value.as_bytes()]),
            Err(HeaderError::NoToken),
            "{value:?}"
        );
    }
}

/// RFC 4648 §3.2, §3.3, §3.5: padding is due, other characters are not, unused bits are zero.
#[test]
fn base64_has_one_spelling() {
    for credentials in [
        "dG9rZW4",
        "dG9rZW4==",
        "dG9rZW5=",
        "dG9r=ZW4",
        "=",
        "d",
        "dG9rZW4=\u{b}",
        "dG9r\tZW4=",
    ] {
        let value = format!("Negotiate {credentials}");
        let value = HeaderValue::from_bytes(value.as_bytes());
        let Ok(value) = value else { continue };
        assert_eq!(
            read(&[value.as_bytes()]),
            Err(HeaderError::NotBase64),
            "{credentials}"
        );
    }
}

/// RFC 4648 §5 is another alphabet, although RFC 9110's token68 has its characters.
#[test]
fn base64url_is_another_alphabet() {
    let token = Ok(Some(vec![0xfb, 0xff, 0xfe]));
    assert_eq!(read(&[b"Negotiate +//+"]), token);
    assert_eq!(read(&[b"Negotiate -__-"]), Err(HeaderError::NotBase64));
    assert_eq!(read(&[b"Negotiate ~._-"]), Err(HeaderError::NotBase64));
}

#[test]
fn octets_that_are_no_text_are_no_token() {
    assert_eq!(
        read(&[b"Negotiate \xff\xfe\xfd\xfc"]),
        Err(HeaderError::NotBase64)
    );
    assert_eq!(read(&[b"\xff\xfe dG9rZW4="]), Ok(None));
    assert_eq!(read(&["N\u{e9}gotiate dG9rZW4=".as_bytes()]), Ok(None));
}

#[test]
fn a_field_may_be_as_long_as_the_limit_and_no_longer() {
    let longest = format!("Negotiate{}{}", " ".repeat(3), "A".repeat(52));
    assert_eq!(longest.len(), LIMIT);
    assert_eq!(read(&[longest.as_bytes()]), Ok(Some(vec![0; 39])));
    let longer = format!("Negotiate {}", "A".repeat(56));
    let (limit, found) = (LIMIT, 66);
    assert_eq!(
        read(&[longer.as_bytes()]),
        Err(HeaderError::TooLong { limit, found })
    );
}

#[test]
fn a_long_field_of_another_scheme_is_not_ours() {
    assert_eq!(
        read(&[format!("Bearer {}", "A".repeat(500)).as_bytes()]),
        Ok(None)
    );
}

#[test]
fn a_challenge_without_a_reply_is_bare() {
    assert_eq!(challenge(None), "Negotiate");
    assert_eq!(challenge(Some(&[])), "Negotiate");
}

/// The octets are those that gokrb5 answers with (accept-completed, Kerberos).
#[test]
fn a_reply_is_written_in_base64() {
    let reply =
        b"\xa1\x14\x30\x12\xa0\x03\x0a\x01\x00\xa1\x0b\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02";
    let value = challenge(Some(reply));
    assert_eq!(value, "Negotiate oRQwEqADCgEAoQsGCSqGSIb3EgECAg==");
    assert!(value.is_sensitive());
}
