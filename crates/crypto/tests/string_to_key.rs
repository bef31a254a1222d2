//! Keys of passwords, as others computed them.
#![cfg(feature = "string-to-key")]
#![allow(missing_docs, reason = "test code")]

use portcullis_crypto::{Enctype, StringToKeyError, string_to_key};
use portcullis_testdata::{hex, vectors};

const AES256: Enctype = Enctype::Aes256CtsHmacSha1_96;

/// RFC 3962 appendix B, RFC 8009 appendix A, RFC 6803 §10, RFC 3961 appendix A.4, RFC 4757 §2.
#[test]
fn makes_the_keys_of_the_vectors() {
    let mut seen = 0;
    for vector in vectors("string_to_key") {
        let number = i32::try_from(vector["etype"].as_i64().unwrap()).unwrap();
        let Ok(enctype) = Enctype::try_from(number) else {
            continue;
        };
        let params = vector["s2kparams"].as_str().map(portcullis_testdata::unhex);
        let (password, salt) = (hex(&vector["password"]), hex(&vector["salt"]));
        let key = string_to_key(enctype, &password, &salt, params.as_deref()).unwrap();
        assert_eq!(key.expose_octets(), hex(&vector["key"]), "{vector}");
        seen += 1;
    }
    let all = cfg!(all(feature = "legacy-enctypes", feature = "camellia"));
    assert!(seen == 37 || !all && seen > 0, "{seen} vectors");
}

#[test]
fn iterates_as_often_as_the_rfc_says_without_parameters() {
    for &enctype in Enctype::all()
        .iter()
        .filter(|enctype| enctype.confounder_length() == 16)
    {
        let default: u32 = if matches!(enctype.number(), 17 | 18) {
            4096
        } else {
            32768
        };
        let told = string_to_key(enctype, b"password", b"salt", Some(&default.to_be_bytes()));
        assert_eq!(string_to_key(enctype, b"password", b"salt", None), told);
    }
}

#[test]
fn refuses_parameters_that_are_not_an_iteration_count() {
    for found in (0..=8).filter(|&found| found != 4) {
        let refused = string_to_key(AES256, b"password", b"salt", Some(&vec![1; found]));
        assert_eq!(
            refused.unwrap_err(),
            StringToKeyError::ParamsLength { found }
        );
    }
}

/// RFC 3962 §4: 0 stands for 2^32; a peer could keep us busy for hours.
#[test]
fn refuses_iteration_counts_without_end() {
    for count in [0_u32, 0x0100_0000, u32::MAX] {
        let refused = string_to_key(AES256, b"password", b"salt", Some(&count.to_be_bytes()));
        assert_eq!(
            refused.unwrap_err(),
            StringToKeyError::IterationCount { count }
        );
    }
}

#[test]
#[cfg(feature = "legacy-enctypes")]
fn refuses_a_password_for_rc4_that_is_not_utf8() {
    let refused = string_to_key(Enctype::Rc4Hmac, b"caf\xe9", b"", None);
    assert_eq!(refused.unwrap_err(), StringToKeyError::NotUtf8);
    assert!(string_to_key(AES256, b"caf\xe9", b"", Some(&[0, 0, 0, 1])).is_ok());
}

#[test]
fn says_in_its_errors_what_is_wrong() {
    let said = StringToKeyError::ParamsLength { found: 3 }.to_string();
    assert_eq!(said, "string-to-key parameters have 3 octets, not 4");
    let said = StringToKeyError::IterationCount { count: 0 }.to_string();
    assert_eq!(said, "iteration count 0 is not within 1 and 16777215");
    let said = StringToKeyError::NotUtf8.to_string();
    assert_eq!(said, "password is not UTF-8, as arcfour-hmac needs it");
}
