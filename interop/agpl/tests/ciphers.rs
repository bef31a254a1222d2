//! kerberos_crypto 0.3 seals and opens with enctypes 17, 18 and 23, and turns passwords into keys.

use kerberos_crypto::new_kerberos_cipher;
use portcullis_crypto::{Enctype, KeyUsage, string_to_key};
use portcullis_oracles::sealing::cases;

const ENCTYPES: [Enctype; 3] = [
    Enctype::Aes128CtsHmacSha1_96,
    Enctype::Aes256CtsHmacSha1_96,
    Enctype::Rc4Hmac,
];
const USAGES: [u32; 4] = [2, 11, 12, 14];

#[test]
fn it_opens_what_we_seal() {
    for enctype in ENCTYPES {
        let cipher = new_kerberos_cipher(enctype.number()).expect("a cipher");
        for (key, usage, plaintext) in cases(enctype, &USAGES, 1) {
            let mut sealed = Vec::new();
            key.seal(
                KeyUsage::new(usage),
                &[0x5a; 16],
                &[&plaintext],
                &mut sealed,
            );
            let usage = i32::try_from(usage).expect("a usage");
            let opened = cipher.decrypt(key.expose_octets(), usage, &sealed);
            assert_eq!(opened.expect("it opens ours"), plaintext, "{enctype:?}");
            let last = sealed.len() - 1;
            sealed[last] ^= 1;
            assert!(cipher.decrypt(key.expose_octets(), usage, &sealed).is_err());
        }
    }
}

#[test]
fn we_open_what_it_seals() {
    for enctype in ENCTYPES {
        let cipher = new_kerberos_cipher(enctype.number()).expect("a cipher");
        for (key, usage, plaintext) in cases(enctype, &USAGES, 1) {
            let number = i32::try_from(usage).expect("a usage");
            let mut sealed = cipher.encrypt(key.expose_octets(), number, &plaintext);
            let opened = key.open(KeyUsage::new(usage), &mut sealed);
            assert_eq!(opened.expect("we open its"), plaintext, "{enctype:?}");
        }
    }
}

#[test]
fn the_keys_of_passwords_are_the_same() {
    for enctype in ENCTYPES {
        let cipher = new_kerberos_cipher(enctype.number()).expect("a cipher");
        for (password, salt) in [
            ("password", "ATHENA.MIT.EDUraeburn"),
            ("Pässwörd ☕", "EXAMPLE.TESTHTTPweb.example.test"),
        ] {
            let ours = string_to_key(enctype, password.as_bytes(), salt.as_bytes(), None);
            let theirs = cipher.generate_key_from_string(password, salt.as_bytes());
            assert_eq!(ours.expect("a key").expose_octets(), theirs, "{enctype:?}");
        }
    }
}
