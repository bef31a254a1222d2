//! aes128-cts-hmac-sha256-128 and aes256-cts-hmac-sha384-192 (RFC 8009): encrypt, then MAC.
//!
//! Hot path: the MAC is verified before anything is decrypted; in place; no allocation.

use alloc::vec::Vec;
use core::marker::PhantomData;
use core::ops::Range;

use cipher::array::ArraySize;
use cipher::consts::U16;
use cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use hmac::{EagerHash, Hmac, digest::OutputSizeUser};

use crate::derive::kdf_hmac_sha2::derive;
use crate::key_usage::{KeyUsage, Purpose};
use crate::mac::hmac;
use crate::scattered::Scattered;
use crate::{OpenError, cts, mac};

const CONFOUNDER: usize = 16;
/// The MAC covers the cipher state, which is always zero here, and then the ciphertext.
const IV: [u8; 16] = [0; 16];

/// Ke and Ki of one usage, ready. `T` is the size of the MAC, and of Kc and Ki (RFC 8009 §5).
#[derive(Clone)]
pub(crate) struct Cipher<C, D: EagerHash, T> {
    cipher: C,
    integrity: Hmac<D>,
    tag_length: PhantomData<T>,
}

/// Ke and Ki of `usage`; `C` is the whole cipher or the half of it that will be used.
pub(crate) fn cipher<C, D, T>(base: &Hmac<D>, usage: KeyUsage) -> Cipher<C, D, T>
where
    C: KeyInit,
    D: EagerHash,
    T: ArraySize,
{
    let ke = derive(base, &usage.constant(Purpose::Encryption), &[]);
    let ki = derive::<D, T>(base, &usage.constant(Purpose::Integrity), &[]);
    Cipher {
        cipher: C::new(&ke),
        integrity: hmac(&ki),
        tag_length: PhantomData,
    }
}

/// Kc of `usage`.
pub(crate) fn mac<D: EagerHash, T: ArraySize>(base: &Hmac<D>, usage: KeyUsage) -> Hmac<D> {
    hmac(&derive::<D, T>(
        base,
        &usage.constant(Purpose::Checksum),
        &[],
    ))
}

/// The pseudo-random function (RFC 8009 §5): as many octets as the hash has.
pub(crate) fn prf<D: EagerHash>(base: &Hmac<D>, input: &[u8]) -> Vec<u8> {
    derive::<D, <Hmac<D> as OutputSizeUser>::OutputSize>(base, b"prf", input).to_vec()
}

impl<C, D, T> Cipher<C, D, T>
where
    C: BlockCipherDecrypt<BlockSize = U16>,
    D: EagerHash,
    T: ArraySize,
{
    /// Verifies, then decrypts in place; tells where the plaintext is.
    pub(crate) fn open(&self, ciphertext: &mut [u8]) -> Result<Range<usize>, OpenError> {
        let end = ciphertext.len().checked_sub(T::USIZE).ok_or(OpenError)?;
        let (body, tag) = ciphertext.split_at_mut_checked(end).ok_or(OpenError)?;
        mac::verify(&self.integrity, &[&IV, body], tag)?;
        cts::decrypt(&self.cipher, body)?;
        Ok(CONFOUNDER..end)
    }

    /// Verifies, then decrypts where it lies.
    pub(crate) fn open_scattered(&self, text: &mut Scattered<'_>) -> Result<(), OpenError> {
        let [confounder, before, message, after, tail] = text.covered();
        let covered = [&IV, confounder, before, message, after, tail];
        mac::verify(&self.integrity, &covered, text.tag)?;
        cts::decrypt_scattered(&self.cipher, text)
    }
}

impl<C, D, T> Cipher<C, D, T>
where
    C: BlockCipherEncrypt<BlockSize = U16>,
    D: EagerHash,
    T: ArraySize,
{
    /// Appends the sealed octets of `parts`.
    pub(crate) fn seal(&self, confounder: &[u8; 16], parts: &[&[u8]], output: &mut Vec<u8>) {
        let start = output.len();
        output.extend_from_slice(confounder);
        parts.iter().for_each(|part| output.extend_from_slice(part));
        let body = output.get_mut(start..).unwrap_or_default();
        cts::encrypt(&self.cipher, body);
        let tag = mac::compute(&self.integrity, &[&IV, body]);
        output.extend(tag.iter().take(T::USIZE));
    }

    /// Seals where it lies.
    pub(crate) fn seal_scattered(&self, text: &mut Scattered<'_>) {
        cts::encrypt_scattered(&self.cipher, text);
        let [confounder, before, message, after, tail] = text.covered();
        let covered = [&IV, confounder, before, message, after, tail];
        let tag = mac::compute(&self.integrity, &covered);
        for (to, from) in text.tag.iter_mut().zip(&tag) {
            *to = *from;
        }
    }
}

#[cfg(test)]
mod tests {
    use cipher::consts::{U24, U32};
    use portcullis_testdata::{hex, vectors};
    use sha2::Sha384;

    use super::*;
    use crate::derive::tests::purpose;
    use crate::sha::Sha256;

    /// RFC 8009 appendix A.
    #[test]
    fn derives_the_usage_keys_of_the_vectors() {
        let mut seen = 0;
        for vector in vectors("derived_keys") {
            let (key, expected) = (hex(&vector["base_key"]), hex(&vector["derived"]));
            let usage = KeyUsage::new(vector["usage"].as_u64().unwrap().try_into().unwrap());
            let label = usage.constant(purpose(&vector));
            let derived = match (vector["etype"].as_i64(), expected.len()) {
                (Some(19), 16) => derive::<_, U16>(&hmac::<Sha256>(&key), &label, &[]).to_vec(),
                (Some(20), 24) => derive::<_, U24>(&hmac::<Sha384>(&key), &label, &[]).to_vec(),
                (Some(20), 32) => derive::<_, U32>(&hmac::<Sha384>(&key), &label, &[]).to_vec(),
                _ => continue,
            };
            assert_eq!(derived, expected, "{vector}");
            seen += 1;
        }
        assert_eq!(seen, 6);
    }
}
