//! The simplified profile with ciphertext stealing: decrypt, then verify the MAC of the plaintext
//! (RFC 3961 §5.3; RFC 3962 §6, RFC 6803 §6).
//!
//! Hot path: two sweeps over the ciphertext, in place; no allocation.

use alloc::vec::Vec;
use core::ops::Range;

use cipher::consts::U16;
use cipher::{BlockCipherDecrypt, BlockCipherEncrypt};
use hmac::Mac;

use crate::scattered::Scattered;
use crate::{OpenError, cts, mac};

const CONFOUNDER: usize = 16;

/// Ke and Ki of one usage, ready. `C` may be able to decrypt, to encrypt, or both.
#[derive(Clone)]
pub(crate) struct Cipher<C, M> {
    pub(crate) cipher: C,
    pub(crate) integrity: M,
    /// The octets of the MAC that are sent.
    pub(crate) tag_length: usize,
}

impl<C: BlockCipherDecrypt<BlockSize = U16>, M: Mac + Clone> Cipher<C, M> {
    /// Decrypts in place and verifies; tells where the plaintext is.
    pub(crate) fn open(&self, ciphertext: &mut [u8]) -> Result<Range<usize>, OpenError> {
        let end = ciphertext
            .len()
            .checked_sub(self.tag_length)
            .ok_or(OpenError)?;
        let (body, tag) = ciphertext.split_at_mut_checked(end).ok_or(OpenError)?;
        cts::decrypt(&self.cipher, body)?;
        mac::verify(&self.integrity, &[body], tag)?;
        Ok(CONFOUNDER..end)
    }

    /// Decrypts where it lies and verifies.
    pub(crate) fn open_scattered(&self, text: &mut Scattered<'_>) -> Result<(), OpenError> {
        cts::decrypt_scattered(&self.cipher, text)?;
        mac::verify(&self.integrity, &text.covered(), text.tag)
    }
}

impl<C: BlockCipherEncrypt<BlockSize = U16>, M: Mac + Clone> Cipher<C, M> {
    /// Appends the sealed octets of `parts`.
    pub(crate) fn seal(&self, confounder: &[u8; 16], parts: &[&[u8]], output: &mut Vec<u8>) {
        let start = output.len();
        output.extend_from_slice(confounder);
        parts.iter().for_each(|part| output.extend_from_slice(part));
        let body = output.get_mut(start..).unwrap_or_default();
        let tag = mac::compute(&self.integrity, &[body]);
        cts::encrypt(&self.cipher, body);
        output.extend(tag.iter().take(self.tag_length));
    }

    /// Seals where it lies.
    pub(crate) fn seal_scattered(&self, text: &mut Scattered<'_>) {
        let tag = mac::compute(&self.integrity, &text.covered());
        cts::encrypt_scattered(&self.cipher, text);
        for (to, from) in text.tag.iter_mut().zip(&tag) {
            *to = *from;
        }
    }
}
