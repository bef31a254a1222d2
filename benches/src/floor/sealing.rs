//! [`FloorSealing`]: what a sealed message costs at least.

use aes::Aes256Enc;
use cipher::array::Array;
use cipher::{InnerIvInit, KeyInit as _};
use core::hint::black_box;
use cts::{CbcCs3, Encrypt};
use hmac::{Hmac, Mac};
use sha1::Sha1;

/// aes256-cts-hmac-sha1-96 with keys that are ready: what a message is sealed with, no more.
pub struct FloorSealing {
    cipher: Aes256Enc,
    integrity: Hmac<Sha1>,
}

impl FloorSealing {
    /// Some keys.
    #[must_use]
    pub fn new() -> Self {
        Self {
            cipher: Aes256Enc::new(&[7; 32].into()),
            integrity: Hmac::new_from_slice(&[7; 32]).expect("HMAC takes any key"),
        }
    }

    /// What is sealed of a message of `octets`: it, a confounder before it, and the token's header after it
    /// (RFC 4121 §4.2.4).
    #[must_use]
    pub fn text(&self, octets: usize) -> Vec<u8> {
        vec![7; 16 + octets + 16]
    }

    /// Hashes and encrypts it where it is.
    pub fn seal(&self, text: &mut [u8]) {
        let mut tag = self.integrity.clone();
        tag.update(black_box(text));
        black_box(tag.finalize());
        let sealed = CbcCs3::inner_iv_init(&self.cipher, &Array::default()).encrypt(text);
        sealed.expect("a block at least");
    }
}

impl Default for FloorSealing {
    fn default() -> Self {
        Self::new()
    }
}
