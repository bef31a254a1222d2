//! picky-krb seals and opens with enctypes 16, 17 and 18, and turns passwords into keys.

use picky_krb::crypto::CipherSuite;
use portcullis_crypto::{Enctype, KeyUsage, string_to_key};
use portcullis_oracles::sealing::cases;

const USAGES: [u32; 6] = [2, 11, 12, 14, 22, 24];

fn suites() -> [(Enctype, CipherSuite); 3] {
    [
        (Enctype::Des3CbcSha1, CipherSuite::Des3CbcSha1Kd),
        (
            Enctype::Aes128CtsHmacSha1_96,
            CipherSuite::Aes128CtsHmacSha196,
        ),
        (
            Enctype::Aes256CtsHmacSha1_96,
            CipherSuite::Aes256CtsHmacSha196,
        ),
    ]
}

/// DES3 pads to whole blocks and does not say by how much (RFC 3961 §6.3).
fn unpadded<'a>(enctype: Enctype, opened: &'a [u8], plaintext: &[u8]) -> &'a [u8] {
    let padded = match enctype {
        Enctype::Des3CbcSha1 => plaintext.len().next_multiple_of(8),
        _ => plaintext.len(),
    };
    assert_eq!(opened.len(), padded);
    &opened[..plaintext.len()]
}

#[test]
fn picky_opens_what_we_seal() {
    for (enctype, suite) in suites() {
        for (key, usage, plaintext) in cases(enctype, &USAGES, 0) {
            let mut sealed = Vec::new();
            key.seal(
                KeyUsage::new(usage),
                &[0x5a; 16],
                &[&plaintext],
                &mut sealed,
            );
            let usage = i32::try_from(usage).expect("a usage");
            let opened = suite.cipher().decrypt(key.expose_octets(), usage, &sealed);
            let opened = opened.expect("picky opens it");
            assert_eq!(unpadded(enctype, &opened, &plaintext), plaintext);
            let last = sealed.len() - 1;
            sealed[last] ^= 1;
            assert!(
                suite
                    .cipher()
                    .decrypt(key.expose_octets(), usage, &sealed)
                    .is_err()
            );
        }
    }
}

#[test]
fn we_open_what_picky_seals() {
    for (enctype, suite) in suites() {
        for (key, usage, plaintext) in cases(enctype, &USAGES, 0) {
            let number = i32::try_from(usage).expect("a usage");
            let sealed = suite
                .cipher()
                .encrypt(key.expose_octets(), number, &plaintext);
            let mut sealed = sealed.expect("picky seals it");
            let opened = key
                .open(KeyUsage::new(usage), &mut sealed)
                .expect("we open it");
            assert_eq!(unpadded(enctype, opened, &plaintext), plaintext);
        }
    }
}

#[test]
fn the_keys_of_passwords_are_the_same() {
    for (enctype, suite) in suites() {
        for (password, salt) in [
            ("", "EXAMPLE.TESTalice"),
            ("password", "ATHENA.MIT.EDUraeburn"),
            ("Pässwörd ☕", "EXAMPLE.TESTHTTPweb.example.test"),
            (&"long ".repeat(40), "s"),
        ] {
            let ours = string_to_key(enctype, password.as_bytes(), salt.as_bytes(), None);
            let theirs = suite
                .cipher()
                .generate_key_from_password(password.as_bytes(), salt.as_bytes());
            let (ours, theirs) = (ours.expect("a key"), theirs.expect("a key"));
            assert_eq!(ours.expose_octets(), theirs, "{enctype:?} of {password}");
        }
    }
}
