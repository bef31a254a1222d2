//! The table of enctypes, and keys made from octets.
#![allow(missing_docs, clippy::as_conversions, reason = "test code")]

use portcullis_crypto::{Enctype, Key, KeyLengthError, UnsupportedEnctype};

/// number, name, key, confounder, octets of an empty plaintext, checksum type and length.
type Row = (i32, &'static str, usize, usize, usize, i32, usize);

/// RFC 3962 §7, RFC 8009 §8, RFC 6803 §8, RFC 4757, RFC 3961 §6.3.
const TABLE: [Row; 8] = [
    (16, "des3-cbc-sha1", 24, 8, 28, 12, 20),
    (17, "aes128-cts-hmac-sha1-96", 16, 16, 28, 15, 12),
    (18, "aes256-cts-hmac-sha1-96", 32, 16, 28, 16, 12),
    (19, "aes128-cts-hmac-sha256-128", 16, 16, 32, 19, 16),
    (20, "aes256-cts-hmac-sha384-192", 32, 16, 40, 20, 24),
    (23, "arcfour-hmac", 16, 8, 24, -138, 16),
    (25, "camellia128-cts-cmac", 16, 16, 32, 17, 16),
    (26, "camellia256-cts-cmac", 32, 16, 32, 18, 16),
];

fn compiled_in(number: i32) -> bool {
    let legacy = cfg!(feature = "legacy-enctypes") || !matches!(number, 16 | 23);
    let camellia = cfg!(feature = "camellia") || !matches!(number, 25 | 26);
    legacy && camellia
}

#[test]
fn has_the_parameters_of_the_rfcs() {
    for (number, name, key, confounder, sealed, checksum_type, checksum) in TABLE {
        if !compiled_in(number) {
            assert_eq!(Enctype::try_from(number), Err(UnsupportedEnctype(number)));
            continue;
        }
        let enctype = Enctype::try_from(number).unwrap();
        assert_eq!((enctype.number(), enctype as i32), (number, number));
        assert_eq!((enctype.name(), enctype.to_string().as_str()), (name, name));
        assert_eq!(enctype.key_length(), key);
        assert_eq!(enctype.confounder_length(), confounder);
        assert_eq!(enctype.sealed_length(0), sealed);
        assert_eq!(enctype.checksum_type(), checksum_type);
        assert_eq!(enctype.checksum_length(), checksum);
        assert_eq!(enctype.is_weak(), matches!(number, 16 | 23));
        assert_eq!(enctype.is_cfx(), !matches!(number, 16 | 23));
    }
}

#[test]
fn lists_exactly_those_that_are_compiled_in() {
    let mut listed: Vec<i32> = Enctype::all()
        .iter()
        .map(|enctype| enctype.number())
        .collect();
    listed.sort_unstable();
    let expected: Vec<i32> = TABLE
        .iter()
        .map(|row| row.0)
        .filter(|&n| compiled_in(n))
        .collect();
    assert_eq!(listed, expected);
}

/// RFC 6649: DES and the exportable RC4 are gone for good.
#[test]
fn refuses_every_other_number() {
    for number in [
        i32::MIN,
        -133,
        -1,
        0,
        1,
        2,
        3,
        4,
        5,
        6,
        7,
        8,
        15,
        21,
        22,
        24,
        27,
        i32::MAX,
    ] {
        assert_eq!(Enctype::try_from(number), Err(UnsupportedEnctype(number)));
    }
    assert_eq!(
        UnsupportedEnctype(3).to_string(),
        "enctype 3 is not supported"
    );
}

#[test]
fn refuses_keys_of_another_length() {
    for &enctype in Enctype::all() {
        let expected = enctype.key_length();
        for found in (0..=64).filter(|&found| found != expected) {
            let error = Key::new(enctype, &vec![1; found]).unwrap_err();
            assert_eq!(
                error,
                KeyLengthError {
                    enctype,
                    expected,
                    found
                }
            );
        }
    }
    let error = Key::new(Enctype::Aes256CtsHmacSha1_96, &[1; 16]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "key of aes256-cts-hmac-sha1-96 has 32 octets, not 16"
    );
}

#[test]
fn keeps_the_octets_of_a_key() {
    for &enctype in Enctype::all() {
        let octets: Vec<u8> = (1..=u8::try_from(enctype.key_length()).unwrap()).collect();
        let key = Key::new(enctype, &octets).unwrap();
        assert_eq!((key.enctype(), key.expose_octets()), (enctype, &octets[..]));
    }
}

#[test]
fn takes_random_octets_of_the_seed_length_and_ignores_the_rest() {
    for &enctype in Enctype::all()
        .iter()
        .filter(|enctype| enctype.number() != 16)
    {
        let mut seed = [0x5a; 32];
        seed[enctype.key_length()..].fill(0xff);
        let key = Key::from_random(enctype, &seed);
        assert_eq!(key.expose_octets(), &seed[..enctype.key_length()]);
        assert_eq!(key, Key::from_random(enctype, &[0x5a; 32]));
    }
}

#[test]
fn keys_are_equal_when_enctype_and_octets_are() {
    let octets = [3; 32];
    let key = Key::new(Enctype::Aes256CtsHmacSha1_96, &octets).unwrap();
    assert_eq!(key, key.clone());
    let mut other = octets;
    other[31] ^= 1;
    assert_ne!(
        key,
        Key::new(Enctype::Aes256CtsHmacSha1_96, &other).unwrap()
    );
    assert_ne!(
        key,
        Key::new(Enctype::Aes256CtsHmacSha384_192, &octets).unwrap()
    );
}

/// RFC 3961 §6.3.1, with random octets whose key RFC 3961 appendix A.3 tells.
#[test]
#[cfg(feature = "legacy-enctypes")]
fn makes_des3_keys_of_21_random_octets() {
    use portcullis_testdata::{hex, vectors};
    for vector in vectors("rfc3961_des3_dr_dk") {
        let mut seed = [0xff; 32];
        seed[..21].copy_from_slice(&hex(&vector["DR"]));
        let key = Key::from_random(Enctype::Des3CbcSha1, &seed);
        assert_eq!(key.expose_octets(), hex(&vector["DK"]));
    }
}
