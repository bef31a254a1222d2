//! RC4-HMAC (RFC 4757 §5), where the MAC that is sent is also what the keystream is made of.
//!
//! With an octet of it changed, and nothing else, the text is another one and so is all of its MAC: the
//! comparison ends anywhere. These messages have the text that the MAC was made of.
//!
//! RC4 itself takes longer with some keys than with others, so no two messages have the same.

use crate::messages::spoil;
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use portcullis_crypto::{Key, KeyUsage};
use rc4::{Rc4, StreamCipher};

/// Seals authenticators, rightly or not.
pub(crate) struct Rc4Hmac {
    k1: [u8; 16],
}

impl Rc4Hmac {
    /// Octets of the MAC, which a ciphertext begins with.
    pub(crate) const TAG: usize = 16;

    pub(crate) fn new(key: &Key) -> Self {
        let usage = KeyUsage::AP_REQ_AUTHENTICATOR.number();
        let k1 = hmac_md5(key.expose_octets(), &usage.to_le_bytes());
        Self { k1 }
    }

    /// Changes the confounder, and with it the MAC.
    pub(crate) fn confound(&self, sealed: &mut [u8], random: u64) {
        let (tag, body) = sealed.split_at_mut(Self::TAG);
        self.apply_keystream(tag, body);
        body[..8].copy_from_slice(&random.to_be_bytes());
        tag.copy_from_slice(&hmac_md5(&self.k1, body));
        self.apply_keystream(tag, body);
    }

    /// Makes the MAC wrong, and encrypts the same text with that.
    pub(crate) fn spoil(&self, sealed: &mut [u8], wrong: [u8; 2]) {
        let (tag, body) = sealed.split_at_mut(Self::TAG);
        self.apply_keystream(tag, body);
        spoil(tag, wrong);
        self.apply_keystream(tag, body);
    }

    fn apply_keystream(&self, tag: &[u8], body: &mut [u8]) {
        let k3 = hmac_md5(&self.k1, tag);
        let mut rc4 = Rc4::new_from_slice(&k3).expect("a key of 16 octets");
        rc4.apply_keystream(body);
    }
}

fn hmac_md5(key: &[u8], text: &[u8]) -> [u8; 16] {
    let mut hmac = Hmac::<Md5>::new_from_slice(key).expect("any length");
    hmac.update(text);
    hmac.finalize().into_bytes().into()
}
