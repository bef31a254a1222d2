//! Ciphertexts, checksums and pseudo-random octets that others made.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "test code")]

use std::collections::BTreeSet;

use portcullis_crypto::{Enctype, Key, KeyUsage};
#[cfg(feature = "legacy-enctypes")]
use portcullis_testdata::unhex;
use portcullis_testdata::{hex, vectors};
use serde_json::Value;

/// arcfour-hmac-exp is refused everywhere.
const RC4_HMAC_EXP: i32 = 24;

/// RSA-MD4, RSA-MD5 and SHA-1 have no key: nothing here makes or takes them.
const UNKEYED: [i32; 3] = [2, 7, 14];
/// An alternative RC4 checksum that no peer sends where Kerberos wants one.
const MD5_HMAC_RC4: i32 = -137;

fn int(value: &Value) -> i32 {
    value.as_i64().unwrap().try_into().unwrap()
}

/// The key and usage of a vector, if its enctype is compiled in.
fn key(vector: &Value, octets: &str) -> Option<Key> {
    let number = int(&vector["etype"]);
    if number == RC4_HMAC_EXP {
        assert!(Enctype::try_from(number).is_err());
        return None;
    }
    let enctype = match Enctype::try_from(number) {
        Ok(enctype) => enctype,
        Err(_) if matches!(number, 16 | 23) && !cfg!(feature = "legacy-enctypes") => return None,
        Err(_) if matches!(number, 25 | 26) && !cfg!(feature = "camellia") => return None,
        Err(error) => panic!("{error}"),
    };
    Some(Key::new(enctype, &hex(&vector[octets])).unwrap())
}

fn usage(vector: &Value) -> KeyUsage {
    KeyUsage::new(vector["usage"].as_u64().unwrap().try_into().unwrap())
}

/// Pads `plaintext` as DES3 leaves it.
fn padded(enctype: Enctype, mut plaintext: Vec<u8>) -> Vec<u8> {
    if enctype.number() == 16 {
        plaintext.resize(plaintext.len().next_multiple_of(8), 0);
    }
    plaintext
}

#[test]
fn opens_the_ciphertexts_of_the_vectors() {
    let mut seen = BTreeSet::new();
    for vector in vectors("encryption") {
        let Some(key) = key(&vector, "key") else {
            continue;
        };
        let expected = padded(key.enctype(), hex(&vector["plaintext"]));
        let mut once = hex(&vector["ciphertext"]);
        assert_eq!(
            key.open(usage(&vector), &mut once).unwrap(),
            expected,
            "{vector}"
        );
        let mut prepared = hex(&vector["ciphertext"]);
        let cipher = key.cipher(usage(&vector));
        assert_eq!(cipher.open(&mut prepared).unwrap(), expected, "{vector}");
        seen.insert(key.enctype());
    }
    assert!(
        seen.iter()
            .eq(Enctype::all().iter().collect::<BTreeSet<_>>()),
        "each has a vector"
    );
}

#[test]
fn seals_to_the_ciphertexts_of_the_vectors() {
    for vector in vectors("encryption") {
        let Some(key) = key(&vector, "key") else {
            continue;
        };
        let (plaintext, expected) = (hex(&vector["plaintext"]), hex(&vector["ciphertext"]));
        let (head, tail) = plaintext.split_at(plaintext.len() / 3);
        let mut confounder = [0xee; 16]; // what is beyond the confounder's length has no effect
        confounder[..key.enctype().confounder_length()]
            .copy_from_slice(&hex(&vector["confounder"]));

        let mut prepared = b"before".to_vec();
        key.cipher(usage(&vector))
            .seal(&confounder, &[head, &[], tail], &mut prepared);
        assert_eq!(prepared, [b"before", &expected[..]].concat(), "{vector}");
        let mut once = Vec::new();
        key.seal(usage(&vector), &confounder, &[&plaintext], &mut once);
        assert_eq!(once, expected, "{vector}");
        assert_eq!(
            key.enctype().sealed_length(plaintext.len()),
            expected.len(),
            "{vector}"
        );
    }
}

#[test]
fn refuses_each_flipped_bit_of_the_ciphertexts() {
    for vector in vectors("encryption") {
        let Some(key) = key(&vector, "key") else {
            continue;
        };
        let cipher = key.cipher(usage(&vector));
        let sealed = hex(&vector["ciphertext"]);
        for bit in 0..sealed.len() * 8 {
            let mut flipped = sealed.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(cipher.open(&mut flipped).is_err(), "bit {bit} of {vector}");
            assert!(
                flipped.iter().all(|octet| *octet == 0),
                "nothing unverified stays"
            );
        }
    }
}

#[test]
fn refuses_the_ciphertexts_cut_short_or_made_longer() {
    for vector in vectors("encryption") {
        let Some(key) = key(&vector, "key") else {
            continue;
        };
        let sealed = hex(&vector["ciphertext"]);
        for length in 0..sealed.len() {
            assert!(
                key.open(usage(&vector), &mut sealed[..length].to_vec())
                    .is_err()
            );
        }
        let mut longer = [&sealed[..], &[0]].concat();
        assert!(key.open(usage(&vector), &mut longer).is_err());
    }
}

#[test]
fn refuses_the_ciphertexts_under_another_usage_or_key() {
    for vector in vectors("encryption") {
        let Some(key) = key(&vector, "key") else {
            continue;
        };
        let other_usage = KeyUsage::new(usage(&vector).number() + 1);
        assert!(
            key.open(other_usage, &mut hex(&vector["ciphertext"]))
                .is_err(),
            "{vector}"
        );
        let other_key = Key::from_random(key.enctype(), &[0x42; 32]);
        assert!(
            other_key
                .open(usage(&vector), &mut hex(&vector["ciphertext"]))
                .is_err()
        );
    }
}

/// CVE-2009-4212: a ciphertext shorter than its confounder and checksum.
#[test]
fn refuses_every_length_up_to_64_of_octets_that_nobody_sealed() {
    for &enctype in Enctype::all() {
        let key = Key::from_random(enctype, &[7; 32]);
        let cipher = key.cipher(KeyUsage::TICKET);
        for length in 0..=64 {
            for fill in [0x00, 0xff] {
                assert!(
                    cipher.open(&mut vec![fill; length]).is_err(),
                    "{enctype} {length}"
                );
                assert!(key.open(KeyUsage::TICKET, &mut vec![fill; length]).is_err());
            }
        }
    }
}

#[test]
fn opens_what_it_sealed_at_every_length_up_to_64() {
    for &enctype in Enctype::all() {
        let cipher = Key::from_random(enctype, &[9; 32]).cipher(KeyUsage::KRB_PRIV);
        for length in 0..=64 {
            let plaintext: Vec<u8> = (0..length).collect();
            let mut sealed = Vec::new();
            cipher.seal(&[3; 16], &[&plaintext], &mut sealed);
            let opened = cipher.open(&mut sealed).unwrap();
            assert_eq!(opened, padded(enctype, plaintext), "{enctype}");
        }
    }
}

/// Long enough for every width of vector that deciphers blocks side by side.
#[test]
fn opens_what_it_sealed_at_greater_lengths() {
    for &enctype in Enctype::all() {
        let cipher = Key::from_random(enctype, &[9; 32]).cipher(KeyUsage::TICKET);
        for length in (1000..1100).chain([2047, 2048, 4096, 12_000, 65_535]) {
            let plaintext: Vec<u8> = (0..=250).cycle().take(length).collect();
            let mut sealed = Vec::new();
            cipher.seal(&[3; 16], &[&plaintext], &mut sealed);
            let opened = cipher.open(&mut sealed).unwrap();
            assert_eq!(opened, padded(enctype, plaintext), "{enctype}");
        }
    }
}

#[test]
fn makes_and_verifies_the_checksums_of_the_vectors() {
    let mut seen = BTreeSet::new();
    for vector in vectors("checksums") {
        let number = int(&vector["cksumtype"]);
        if UNKEYED.contains(&number) || number == MD5_HMAC_RC4 {
            continue;
        }
        let Some(key) = key(&vector, "key") else {
            continue;
        };
        let (data, expected) = (hex(&vector["data"]), hex(&vector["checksum"]));
        assert_eq!(key.enctype().checksum_type(), number);
        assert_eq!(key.enctype().checksum_length(), expected.len());

        let mac = key.mac(usage(&vector));
        let (head, tail) = data.split_at(data.len() / 2);
        assert_eq!(mac.checksum(&[head, tail]).as_ref(), expected, "{vector}");
        assert_eq!(mac.verify(&[&data], &expected), Ok(()), "{vector}");
        seen.insert(key.enctype());
    }
    assert!(
        seen.iter()
            .eq(Enctype::all().iter().collect::<BTreeSet<_>>()),
        "each has a vector"
    );
}

/// By `krb5_c_make_checksum` of MIT krb5 1.20.1: keys that count up from zero, usage 17.
#[cfg(feature = "legacy-enctypes")]
#[test]
fn makes_hmac_md5_checksums_with_keys_of_other_enctypes() {
    let octets: Vec<u8> = (0..32).collect();
    for (enctype, expected) in [
        (16, "3a1d820351662bacaf7a667bde9625f0"),
        (17, "f626dc1a4f1ad56ad928c3367dab026e"),
        (18, "d2ae9a50f9388428de87bba3f89990e8"),
        (19, "f626dc1a4f1ad56ad928c3367dab026e"),
        (20, "d2ae9a50f9388428de87bba3f89990e8"),
        (23, "f626dc1a4f1ad56ad928c3367dab026e"),
    ] {
        let enctype = Enctype::try_from(enctype).unwrap();
        let key = Key::new(enctype, octets.get(..enctype.key_length()).unwrap()).unwrap();
        let mac = key.hmac_md5(KeyUsage::PAC_CHECKSUM);
        let data = b"\x01\0\0\0aliceEXAMPLE.TESTKerberos";
        assert_eq!(mac.checksum(&[data]).as_ref(), unhex(expected));
        assert!(mac.verify(&[data], &unhex(expected)).is_ok());
        assert_eq!(mac.enctype(), Enctype::Rc4Hmac);
    }
}

#[test]
fn refuses_each_flipped_bit_and_every_other_length_of_the_checksums() {
    for vector in vectors("checksums") {
        let number = int(&vector["cksumtype"]);
        if UNKEYED.contains(&number) || number == MD5_HMAC_RC4 {
            continue;
        }
        let Some(key) = key(&vector, "key") else {
            continue;
        };
        let (data, checksum) = (hex(&vector["data"]), hex(&vector["checksum"]));
        let mac = key.mac(usage(&vector));
        for bit in 0..checksum.len() * 8 {
            let mut flipped = checksum.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(
                mac.verify(&[&data], &flipped).is_err(),
                "bit {bit} of {vector}"
            );
        }
        for length in 0..checksum.len() {
            assert!(
                mac.verify(&[&data], &checksum[..length]).is_err(),
                "{length} of {vector}"
            );
        }
        assert!(
            mac.verify(&[&data], &[&checksum[..], &[0]].concat())
                .is_err()
        );
        assert!(mac.verify(&[&data, &[0]], &checksum).is_err());
        let other_usage = KeyUsage::new(usage(&vector).number() + 100);
        assert!(key.mac(other_usage).verify(&[&data], &checksum).is_err());
    }
}

#[test]
fn computes_the_pseudo_random_octets_of_the_vectors() {
    for vector in vectors("prf") {
        let Some(key) = key(&vector, "key") else {
            continue;
        };
        assert_eq!(
            key.prf(&hex(&vector["input"])),
            hex(&vector["output"]),
            "{vector}"
        );
    }
}
