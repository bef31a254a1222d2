//! Tokens as clients send them; whole ones of MIT krb5 are in `tests/real_tokens.rs`.

use super::*;
use crate::gss::InitialContextToken;
use alloc::string::ToString;
use portcullis_testdata::unhex;

const OIDS: &[u8] = b"\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02";

/// A NegTokenInit with these fields after the usual mechTypes.
fn token(fields: &[u8]) -> Vec<u8> {
    let mut output = Writer::new();
    output.nested(NEG_TOKEN_INIT, |choice| {
        choice.sequence(|inside| {
            inside.field(0, |field| field.raw(OIDS));
            inside.raw(fields);
        });
    });
    output.into_vec()
}

fn kind(octets: &[u8]) -> DecodeErrorKind {
    NegTokenInit::from_der(octets).unwrap_err().kind
}

#[test]
fn every_field_is_read_and_written() {
    let octets = token(b"\xa2\x04\x04\x02ap\xa3\x05\x04\x03mic");
    let decoded = NegTokenInit::from_der(&octets).unwrap();
    let list = decoded.mech_types.unwrap();
    assert_eq!(list.octets(), OIDS);
    assert_eq!(list.iter().collect::<Vec<_>>(), [Mechanism::Krb5.oid()]);
    assert_eq!(decoded.mech_token, Some(b"ap".as_slice()));
    assert_eq!(decoded.mech_list_mic, Some(b"mic".as_slice()));
    assert_eq!(decoded.to_der(), octets);
}

#[test]
fn each_field_may_be_absent() {
    let decoded = NegTokenInit::from_der(&[0xa0, 2, 0x30, 0]).unwrap();
    assert_eq!(decoded, NegTokenInit::default());
    let decoded = NegTokenInit::from_der(b"\xa0\x08\x30\x06\xa2\x04\x04\x02ap").unwrap();
    assert_eq!(decoded.mech_types, None);
    assert_eq!(decoded.mech_token, Some(b"ap".as_slice()));
    let octets = token(&[]);
    assert_eq!(NegTokenInit::from_der(&octets).unwrap().mech_token, None);
}

#[test]
fn request_flags_of_any_shape_are_ignored() {
    let shapes: [&[u8]; 6] = [
        b"\xa1\x04\x03\x02\x01\x76", // as OpenJDK 17 sends them
        b"\xa1\x02\x03\x00",         // no contents
        b"\xa1\x03\x03\x01\x08",     // eight unused bits of none
        b"\xa1\x04\x03\x02\xff\xff",
        b"\xa1\x03\x02\x01\x00", // not a BIT STRING
        b"\xa1\x00",
    ];
    for shape in shapes {
        let octets = token(&[shape, b"\xa2\x04\x04\x02ap"].concat());
        let decoded = NegTokenInit::from_der(&octets).unwrap();
        assert_eq!(decoded.mech_token, Some(b"ap".as_slice()));
    }
}

#[test]
fn request_flags_are_one_element_at_most() {
    let two = token(b"\xa1\x04\x05\x00\x05\x00");
    assert_eq!(kind(&two), DecodeErrorKind::TrailingData { octets: 2 });
    let ends_inside = token(b"\xa1\x02\x03\x05");
    let truncated = DecodeErrorKind::Truncated {
        needed: 5,
        found: 0,
    };
    assert_eq!(kind(&ends_inside), truncated);
}

#[test]
fn the_list_of_mechanisms_is_measured_unread() {
    assert_eq!(
        NegTokenInit::mech_types_octets(&token(&[])),
        Some(OIDS.len())
    );
    let no_names = b"\xa0\x08\x30\x06\xa0\x04not.";
    assert_eq!(NegTokenInit::mech_types_octets(no_names), Some(4));
    for length in 0..no_names.len() {
        assert_eq!(NegTokenInit::mech_types_octets(&no_names[..length]), None);
    }
    let without = b"\xa0\x06\x30\x04\xa2\x02\x04\x00";
    assert_eq!(NegTokenInit::mech_types_octets(without), None);
}

#[test]
fn an_empty_token_or_mic_is_not_an_absent_one() {
    let octets = token(b"\xa2\x02\x04\x00\xa3\x02\x04\x00");
    let decoded = NegTokenInit::from_der(&octets).unwrap();
    assert_eq!(decoded.mech_token, Some([].as_slice()));
    assert_eq!(decoded.mech_list_mic, Some([].as_slice()));
}

/// Mechanisms, order and hint of the security blob in a Windows server's SMB2 NEGOTIATE response.
#[test]
fn hints_are_written_as_windows_does_and_ignored_when_read() {
    let windows = unhex(concat!(
        "607606062b0601050502a06c306aa03c303a060a2b06010401823702021e06092a864882f71201020206092a",
        "864886f712010202060a2a864886f71201020203060a2b06010401823702020aa32a3028a0261b246e6f745f",
        "646566696e65645f696e5f5246433431373840706c656173655f69676e6f7265",
    ));
    let mechs = [
        Mechanism::NegoEx,
        Mechanism::MsKrb5,
        Mechanism::Krb5,
        Mechanism::Krb5UserToUser,
        Mechanism::Ntlm,
    ];
    assert_eq!(neg_token_init2(&mechs), windows);

    let framed = InitialContextToken::decode(&windows).unwrap();
    let decoded = NegTokenInit::from_der(framed.inner).unwrap();
    let listed = decoded.mech_types.unwrap().iter().map(Mechanism::from_oid);
    assert!(listed.eq(mechs.map(Some)));
    assert_eq!((decoded.mech_token, decoded.mech_list_mic), (None, None));
}

#[test]
fn a_mic_after_hints_is_the_mic() {
    let octets = token(b"\xa3\x02\x30\x00\xa4\x05\x04\x03mic");
    let decoded = NegTokenInit::from_der(&octets).unwrap();
    assert_eq!(decoded.mech_list_mic, Some(b"mic".as_slice()));
}

#[test]
fn two_mics_are_refused() {
    let twice = token(b"\xa3\x05\x04\x03mic\xa4\x05\x04\x03mic");
    assert_eq!(kind(&twice), DecodeErrorKind::Value("a second MIC"));
    let repeated = token(b"\xa3\x05\x04\x03mic\xa3\x05\x04\x03mic");
    assert_eq!(kind(&repeated), DecodeErrorKind::TrailingData { octets: 7 });
}

#[test]
fn fields_twice_or_out_of_order_are_refused() {
    let repeated = token(b"\xa1\x02\x03\x00\xa1\x02\x03\x00");
    assert_eq!(kind(&repeated), DecodeErrorKind::TrailingData { octets: 4 });
    let descending = token(b"\xa2\x04\x04\x02ap\xa1\x02\x03\x00");
    assert_eq!(
        kind(&descending),
        DecodeErrorKind::TrailingData { octets: 4 }
    );
}

#[test]
fn the_other_choice_is_refused_by_name() {
    let error = NegTokenInit::from_der(b"\xa1\x02\x30\x00").unwrap_err();
    assert_eq!(
        error.to_string(),
        "NegTokenInit: expected tag 0xa0, found 0xa1 (at octet 0)"
    );
    assert!(NegTokenInit::from_der(b"\xa2\x02\x30\x00").is_err());
}

#[test]
fn every_truncation_and_every_extension_is_refused() {
    let octets = token(b"\xa1\x04\x03\x02\x01\x36\xa2\x04\x04\x02ap\xa3\x05\x04\x03mic");
    for end in 0..octets.len() {
        assert!(NegTokenInit::from_der(&octets[..end]).is_err());
    }
    assert!(NegTokenInit::from_der(&[octets.as_slice(), &[0]].concat()).is_err());
    let after_sequence = [&[0xa0, 4, 0x30, 0], [5, 0].as_slice()].concat();
    assert_eq!(
        kind(&after_sequence),
        DecodeErrorKind::TrailingData { octets: 2 }
    );
}

#[test]
fn an_inner_length_larger_than_the_outer_is_refused_at_each_level() {
    let octets = token(b"\xa2\x04\x04\x02ap");
    for at in [1, 3, 5, 7, 9, 20, 22] {
        let mut longer = octets.clone();
        longer[at] += 1;
        assert!(
            NegTokenInit::from_der(&longer).is_err(),
            "length at octet {at}"
        );
    }
}
