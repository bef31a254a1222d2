//! What per-message tokens of RFC 1964 are made with under a key of RC4-HMAC (RFC 4757 §7) or DES3
//! (as MIT krb5 has it, which no RFC describes).

use alloc::boxed::Box;

use des::TdesEde3;
use subtle::ConstantTimeEq;

use super::{des3, rc4_hmac};
use crate::mac::{HmacMd5, HmacSha1, compute};
use crate::{KeyUsage, Mac, OpenError, VerifyError, Wiped};

/// What a token of RFC 1964 is.
#[expect(clippy::exhaustive_enums, reason = "RFC 1964 §1.2 has these two")]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rfc1964Kind {
    /// A checksum of a message that travels elsewhere.
    Mic,
    /// A message, sealed or not.
    Wrap,
}

/// A key that makes and reads tokens of RFC 1964, ready for any number of them.
///
/// A key of these enctypes serves both directions and every usage.
pub struct Rfc1964Key(Scheme);

/// Boxed one by one, as [`Scheme`](crate::cipher_key::Scheme) is.
enum Scheme {
    Rc4(Box<Rc4Keys>),
    Des3(Box<Des3Keys>),
}

struct Rc4Keys {
    mic: rc4_hmac::Signer,
    wrap: rc4_hmac::Signer,
    /// Derives Kseq from a checksum.
    sequence: HmacMd5,
    /// Derives Kcrypt from a sequence number.
    sealing: HmacMd5,
}

struct Des3Keys {
    cipher: TdesEde3,
    mac: HmacSha1,
}

impl Rfc1964Key {
    pub(crate) fn rc4(octets: &[u8], base: &HmacMd5) -> Self {
        Self(Scheme::Rc4(Box::new(Rc4Keys {
            // RFC 4757 §7.2, §7.3: message types 15 and 13.
            mic: rc4_hmac::mac(base, KeyUsage::KRB_SAFE),
            wrap: rc4_hmac::mac(base, KeyUsage::ACCEPTOR_SIGN),
            sequence: rc4_hmac::any_message(base),
            sealing: rc4_hmac::any_message(&rc4_hmac::local_key(octets)),
        })))
    }

    pub(crate) fn des3(base: &TdesEde3) -> Self {
        Self(Scheme::Des3(Box::new(Des3Keys {
            cipher: base.clone(),
            mac: des3::mac(base, KeyUsage::ACCEPTOR_SIGN),
        })))
    }

    /// `SGN_ALG` of its checksums.
    #[must_use]
    pub const fn sgn_alg(&self) -> [u8; 2] {
        match self.0 {
            Scheme::Rc4(_) => [0x11, 0],
            Scheme::Des3(_) => [4, 0],
        }
    }

    /// `SEAL_ALG` of its encryption.
    #[must_use]
    pub const fn seal_alg(&self) -> [u8; 2] {
        match self.0 {
            Scheme::Rc4(_) => [0x10, 0],
            Scheme::Des3(_) => [2, 0],
        }
    }

    /// The octets of `SGN_CKSUM`.
    #[must_use]
    pub const fn checksum_length(&self) -> usize {
        match self.0 {
            Scheme::Rc4(_) => 8,
            Scheme::Des3(_) => 20,
        }
    }

    /// How many octets of padding, each of them this number, follow a message of `length` octets.
    #[must_use]
    pub fn padding(&self, length: usize) -> u8 {
        match self.0 {
            Scheme::Rc4(_) => 1, // a stream, and yet (RFC 4757 §7.3)
            Scheme::Des3(_) => [8, 7, 6, 5, 4, 3, 2, 1]
                .get(length & 7)
                .copied()
                .unwrap_or(8),
        }
    }

    /// `SGN_CKSUM` over the concatenated `parts`.
    #[must_use]
    pub fn checksum(&self, kind: Rfc1964Kind, parts: &[&[u8]]) -> Mac {
        let length = self.checksum_length();
        match (&self.0, kind) {
            (Scheme::Rc4(keys), Rfc1964Kind::Mic) => {
                Mac::leftmost(length, &keys.mic.compute(parts))
            }
            (Scheme::Rc4(keys), Rfc1964Kind::Wrap) => {
                Mac::leftmost(length, &keys.wrap.compute(parts))
            }
            (Scheme::Des3(keys), _) => Mac::leftmost(length, &compute(&keys.mac, parts)),
        }
    }

    /// Compares `checksum` in constant time with the one over the concatenated `parts`.
    ///
    /// # Errors
    /// [`VerifyError`] when it is another one, or longer or shorter than it should be.
    pub fn verify(
        &self,
        kind: Rfc1964Kind,
        parts: &[&[u8]],
        checksum: &[u8],
    ) -> Result<(), VerifyError> {
        let equal = self.checksum(kind, parts).as_ref().ct_eq(checksum);
        if bool::from(equal) {
            Ok(())
        } else {
            Err(VerifyError)
        }
    }

    /// `SND_SEQ`: the number, and an octet that stands for the direction four times, encrypted for
    /// the token that has this checksum.
    #[must_use]
    pub fn seal_sequence(&self, number: u32, direction: u8, checksum: &[u8]) -> [u8; 8] {
        let number = match self.0 {
            Scheme::Rc4(_) => number.to_be_bytes(),
            Scheme::Des3(_) => number.to_le_bytes(),
        };
        let [a, b, c, d] = number;
        let mut sequence = [a, b, c, d, direction, direction, direction, direction];
        match &self.0 {
            Scheme::Rc4(keys) => crypt(&keys.sequence, checksum_head(checksum), &mut sequence),
            Scheme::Des3(keys) => {
                des3::encrypt(&keys.cipher, checksum_head(checksum), &mut sequence);
            }
        }
        sequence
    }

    /// The number and the direction's octet that a token with this checksum has in `SND_SEQ`.
    ///
    /// # Errors
    /// [`OpenError`] when the four octets of the direction are not the same.
    pub fn open_sequence(
        &self,
        mut sequence: [u8; 8],
        checksum: &[u8],
    ) -> Result<(u32, u8), OpenError> {
        let head = checksum_head(checksum);
        match &self.0 {
            Scheme::Rc4(keys) => crypt(&keys.sequence, head, &mut sequence),
            Scheme::Des3(keys) => des3::decrypt(&keys.cipher, head, &mut sequence),
        }
        let [a, b, c, d, direction @ ..] = sequence;
        let [first, ..] = direction;
        if direction != [first; 4] {
            return Err(OpenError);
        }
        let number = match self.0 {
            Scheme::Rc4(_) => u32::from_be_bytes([a, b, c, d]),
            Scheme::Des3(_) => u32::from_le_bytes([a, b, c, d]),
        };
        Ok((number, first))
    }

    /// Encrypts confounder, message and padding of the token with this number, in place. Under DES3
    /// they must be whole blocks; what is left over is wiped.
    pub fn seal(&self, number: u32, text: &mut [u8]) {
        match &self.0 {
            Scheme::Rc4(keys) => crypt(&keys.sealing, &number.to_be_bytes(), text),
            Scheme::Des3(keys) => {
                des3::encrypt(&keys.cipher, &[0; 8], text);
                text.as_chunks_mut::<8>().1.fill(0);
            }
        }
    }

    /// Decrypts them in place. Nothing is verified by that: the checksum is over the plaintext.
    ///
    /// # Errors
    /// [`OpenError`] under DES3 when they are not whole blocks.
    pub fn open(&self, number: u32, text: &mut [u8]) -> Result<(), OpenError> {
        match &self.0 {
            Scheme::Rc4(keys) => crypt(&keys.sealing, &number.to_be_bytes(), text),
            Scheme::Des3(_) if !text.len().is_multiple_of(8) => return Err(OpenError),
            Scheme::Des3(keys) => des3::decrypt(&keys.cipher, &[0; 8], text),
        }
        Ok(())
    }
}

/// RC4 with the key that belongs to `salt`.
fn crypt(key: &HmacMd5, salt: &[u8], octets: &mut [u8]) {
    let key = Wiped::new(compute(key, &[salt]));
    rc4_hmac::apply_keystream(&key, octets);
}

/// What a sequence number is encrypted with: the first eight octets.
fn checksum_head(checksum: &[u8]) -> &[u8; 8] {
    checksum.first_chunk().unwrap_or(&[0; 8])
}

/// Prints no key.
impl core::fmt::Debug for Rfc1964Key {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_tuple("Rfc1964Key").finish_non_exhaustive()
    }
}
