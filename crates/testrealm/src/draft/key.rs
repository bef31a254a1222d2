//! [`KeyDraft`]: an EncryptionKey of any type and length.

use portcullis_crypto::Key;
use portcullis_formats::der::{Encode, Writer};
use portcullis_formats::messages::EncryptionKey;
use portcullis_formats::registry::EtypeNumber;

/// An EncryptionKey of any type and length.
#[derive(Clone)]
pub(crate) struct KeyDraft {
    pub(crate) etype: EtypeNumber,
    pub(crate) octets: Vec<u8>,
}

impl KeyDraft {
    pub(crate) fn of(key: &Key) -> Self {
        Self {
            etype: EtypeNumber(key.enctype().number()),
            octets: key.expose_octets().to_vec(),
        }
    }
}

impl Encode for KeyDraft {
    fn encode(&self, output: &mut Writer) {
        let key = EncryptionKey {
            keytype: self.etype,
            keyvalue: &self.octets,
        };
        key.encode(output);
    }
}
