//! What is printed about a key says nothing of its octets.
#![allow(missing_docs, reason = "test code")]

use portcullis_crypto::{Enctype, Key, KeyUsage};

#[test]
fn no_debug_output_shows_key_octets() {
    for &enctype in Enctype::all() {
        let key = Key::from_random(enctype, &[0xa7; 32]);
        let name = format!("{enctype:?}");
        assert_eq!(format!("{key:?}"), format!("Key {{ enctype: {name}, .. }}"));
        assert_eq!(
            format!("{key:#x?}"),
            format!("Key {{\n    enctype: {name},\n    ..\n}}")
        );
        let cipher = key.cipher(KeyUsage::TICKET);
        assert_eq!(
            format!("{cipher:?}"),
            format!("CipherKey {{ enctype: {name}, .. }}")
        );
        let mac = key.mac(KeyUsage::PAC_CHECKSUM);
        assert_eq!(
            format!("{mac:?}"),
            format!("MacKey {{ enctype: {name}, .. }}")
        );
        #[cfg(feature = "legacy-enctypes")]
        if let Some(key) = key.rfc1964() {
            assert_eq!(format!("{key:?}"), "Rfc1964Key(..)");
        }
    }
}
