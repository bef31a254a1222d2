//! arcfour-hmac (RFC 4757), as Windows and MIT do it where the RFC errs.

use alloc::vec::Vec;
use core::ops::Range;

use cipher::array::Array;
use cipher::consts::U16;
use cipher::{KeyInit, StreamCipher};
use md5::{Digest, Md5};
use rc4::Rc4;

use crate::mac::{HmacMd5, compute, hmac, verify};
use crate::sha::Sha1;
use crate::{KeyUsage, OpenError, Wiped};

const CONFOUNDER: usize = 8;
const TAG: usize = 16;

/// K1 of one usage, ready; it is K2 too (RFC 4757 §5).
#[derive(Clone)]
pub(crate) struct Cipher {
    k1: HmacMd5,
}

/// Ksign and the message type of one usage, ready (RFC 4757 §4).
#[derive(Clone)]
pub(crate) struct Signer {
    ksign: HmacMd5,
    message_type: [u8; 4],
}

/// What stands for the usage number (RFC 4757 §3).
fn message_type(usage: KeyUsage) -> [u8; 4] {
    let number = match usage.number() {
        3 => 8,
        // RFC 4757 has 9 -> 8 as well; Windows and MIT leave 9 alone.
        23 => 13,
        number => number,
    };
    number.to_le_bytes()
}

/// K1 of `usage`.
pub(crate) fn cipher(base: &HmacMd5, usage: KeyUsage) -> Cipher {
    let k1 = Wiped::new(compute(base, &[&message_type(usage)]));
    Cipher { k1: hmac(&k1) }
}

/// Ksign, for `usage`.
pub(crate) fn mac(base: &HmacMd5, usage: KeyUsage) -> Signer {
    let ksign = Wiped::new(compute(base, &[b"signaturekey\0"]));
    Signer {
        ksign: hmac(&ksign),
        message_type: message_type(usage),
    }
}

/// The pseudo-random function, which MIT defined: HMAC-SHA1, 20 octets.
pub(crate) fn prf(key: &[u8], input: &[u8]) -> Vec<u8> {
    compute(&hmac::<Sha1>(key), &[input]).to_vec()
}

/// What Kseq and Kcrypt are derived from: the key of message type 0.
pub(crate) fn any_message(base: &HmacMd5) -> HmacMd5 {
    hmac(&Wiped::new(compute(base, &[&[0; 4]])))
}

/// Klocal, which Kcrypt is derived from (RFC 4757 §7.3).
pub(crate) fn local_key(key: &[u8]) -> HmacMd5 {
    let mut local = Wiped::new([0; 16]);
    for (to, from) in local.iter_mut().zip(key) {
        *to = *from ^ 0xf0;
    }
    hmac(&*local)
}

/// Encrypts or decrypts with RC4.
pub(crate) fn apply_keystream(key: &Array<u8, U16>, octets: &mut [u8]) {
    keystream(key).apply_keystream(octets);
}

fn keystream(key: &Array<u8, U16>) -> Rc4 {
    // RC4 repeats its key: twice 16 octets is the same key, and of the length that is typed.
    Rc4::new(&Wiped::new(key.concat(*key)))
}

impl Cipher {
    /// Decrypts in place and verifies; tells where the plaintext is.
    pub(crate) fn open(&self, ciphertext: &mut [u8]) -> Result<Range<usize>, OpenError> {
        let end = ciphertext.len();
        let (tag, body) = ciphertext.split_first_chunk_mut::<TAG>().ok_or(OpenError)?;
        if body.len() < CONFOUNDER {
            return Err(OpenError);
        }
        self.keystream(tag).apply_keystream(body);
        verify(&self.k1, &[body], tag)?;
        Ok(TAG.saturating_add(CONFOUNDER)..end)
    }

    /// Appends the sealed octets of `parts`; the last half of `confounder` is not used.
    pub(crate) fn seal(&self, confounder: &[u8; 16], parts: &[&[u8]], output: &mut Vec<u8>) {
        let start = output.len();
        output.extend_from_slice(&[0; TAG]);
        output.extend(confounder.iter().take(CONFOUNDER));
        parts.iter().for_each(|part| output.extend_from_slice(part));
        let sealed = output
            .get_mut(start..)
            .and_then(|sealed| sealed.split_first_chunk_mut());
        if let Some((place, body)) = sealed {
            let tag = compute(&self.k1, &[body]);
            self.keystream(&tag).apply_keystream(body);
            *place = tag.into();
        }
    }

    /// RC4 keyed for the message that has this tag.
    fn keystream(&self, tag: &[u8]) -> Rc4 {
        keystream(&Wiped::new(compute(&self.k1, &[tag])))
    }
}

impl Signer {
    /// The checksum HMAC_MD5 (-138) over the concatenated `parts` (RFC 4757 §4).
    pub(crate) fn compute(&self, parts: &[&[u8]]) -> [u8; 16] {
        let mut hash = Md5::new_with_prefix(self.message_type);
        parts.iter().for_each(|part| hash.update(part));
        compute(&self.ksign, &[&hash.finalize()]).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4757 §3, with the usages of AS-REP and of MIC tokens; not that of the TGS-REP.
    #[test]
    fn maps_usages_to_message_types() {
        for (usage, mapped) in [
            (1, 1),
            (2, 2),
            (3, 8),
            (8, 8),
            (9, 9),
            (11, 11),
            (23, 13),
            (25, 25),
        ] {
            assert_eq!(message_type(KeyUsage::new(usage)), [mapped, 0, 0, 0]);
        }
    }
}
