//! des3-cbc-sha1-kd: the simplified profile with CBC and padding (RFC 3961 §6.3).

use alloc::vec::Vec;
use core::ops::Range;

use cipher::array::Array;
use cipher::consts::U21;
use cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use des::TdesEde3;
use hmac::digest::Digest;

use super::des3_random_to_key::random_to_key;
use crate::derive::dk::derive_random;
use crate::derive::n_fold::n_fold;
use crate::key_usage::{KeyUsage, Purpose};
use crate::mac::{HmacSha1, compute, hmac, verify};
use crate::sha::Sha1;
use crate::{OpenError, Wiped};

const BLOCK: usize = 8;
const CONFOUNDER: usize = 8;
const TAG: usize = 20;
const ZERO_IV: [u8; BLOCK] = [0; BLOCK];

/// Ke and Ki of one usage, ready.
#[derive(Clone)]
pub(crate) struct Cipher {
    cipher: TdesEde3,
    integrity: HmacSha1,
}

/// Ke and Ki of `usage`.
pub(crate) fn cipher(base: &TdesEde3, usage: KeyUsage) -> Cipher {
    let ke = derive_key(base, &usage.constant(Purpose::Encryption));
    let ki = derive_key(base, &usage.constant(Purpose::Integrity));
    Cipher {
        cipher: TdesEde3::new(&Array(*ke)),
        integrity: hmac(&*ki),
    }
}

/// Kc of `usage`.
pub(crate) fn mac(base: &TdesEde3, usage: KeyUsage) -> HmacSha1 {
    hmac(&*derive_key(base, &usage.constant(Purpose::Checksum)))
}

/// The pseudo-random function (RFC 3961 §5.3): 16 octets.
pub(crate) fn prf(base: &TdesEde3, input: &[u8]) -> Vec<u8> {
    let cipher = TdesEde3::new(&Array(*derive_key(base, b"prf")));
    let mut output = Sha1::digest(input).to_vec();
    output.truncate(16); // whole blocks of the hash only
    encrypt(&cipher, &ZERO_IV, &mut output);
    output
}

/// DK (RFC 3961 §5.1).
pub(crate) fn derive_key(base: &TdesEde3, constant: &[u8]) -> Wiped<[u8; 24]> {
    let mut folded = Array::default();
    n_fold(constant, &mut folded);
    let [random] = derive_random::<_, U21, 1>(base, [folded]);
    random_to_key(&random.0)
}

impl Cipher {
    /// Decrypts in place and verifies; tells where plaintext and padding are.
    pub(crate) fn open(&self, ciphertext: &mut [u8]) -> Result<Range<usize>, OpenError> {
        let end = ciphertext.len().checked_sub(TAG).ok_or(OpenError)?;
        if end < CONFOUNDER || !end.is_multiple_of(BLOCK) {
            return Err(OpenError);
        }
        let (body, tag) = ciphertext.split_at_mut_checked(end).ok_or(OpenError)?;
        decrypt(&self.cipher, &ZERO_IV, body);
        verify(&self.integrity, &[body], tag)?;
        Ok(CONFOUNDER..end)
    }

    /// Appends the sealed octets of `parts`; the last half of `confounder` is not used.
    pub(crate) fn seal(&self, confounder: &[u8; 16], parts: &[&[u8]], output: &mut Vec<u8>) {
        let start = output.len();
        output.extend(confounder.iter().take(CONFOUNDER));
        parts.iter().for_each(|part| output.extend_from_slice(part));
        let length = output.len().saturating_sub(start).next_multiple_of(BLOCK);
        output.resize(start.saturating_add(length), 0);
        let body = output.get_mut(start..).unwrap_or_default();
        let tag = compute(&self.integrity, &[body]);
        encrypt(&self.cipher, &ZERO_IV, body);
        output.extend_from_slice(&tag);
    }
}

/// CBC over whole blocks.
pub(crate) fn encrypt(cipher: &TdesEde3, iv: &[u8; BLOCK], text: &mut [u8]) {
    let mut last = *iv;
    for block in text.as_chunks_mut::<BLOCK>().0 {
        xor(block, &last);
        cipher.encrypt_block(block.into());
        last = *block;
    }
}

/// CBC over whole blocks.
pub(crate) fn decrypt(cipher: &TdesEde3, iv: &[u8; BLOCK], text: &mut [u8]) {
    let mut last = *iv;
    for block in text.as_chunks_mut::<BLOCK>().0 {
        let sealed = *block;
        cipher.decrypt_block(block.into());
        xor(block, &last);
        last = sealed;
    }
}

fn xor(block: &mut [u8; BLOCK], with: &[u8; BLOCK]) {
    for (to, from) in block.iter_mut().zip(with) {
        *to ^= from;
    }
}

#[cfg(test)]
mod tests {
    use portcullis_testdata::{hex, vectors};

    use super::*;

    /// RFC 3961 appendix A.3.
    #[test]
    fn derives_the_random_octets_and_keys_of_the_vectors() {
        for vector in vectors("rfc3961_des3_dr_dk") {
            let base = TdesEde3::new_from_slice(&hex(&vector["key"])).unwrap();
            let constant = hex(&vector["constant"]);
            let mut folded = Array::default();
            n_fold(&constant, &mut folded);
            let [random] = derive_random::<_, U21, 1>(&base, [folded]);
            assert_eq!(random.to_vec(), hex(&vector["DR"]), "{vector}");
            assert_eq!(
                derive_key(&base, &constant).to_vec(),
                hex(&vector["DK"]),
                "{vector}"
            );
        }
    }

    /// RFC 3961 §6.3: a confounder and whole blocks, though the MAC over fewer octets is right.
    #[test]
    fn opens_nothing_that_is_no_confounder_and_blocks() {
        let base =
            TdesEde3::new_from_slice(&hex(&vectors("rfc3961_des3_dr_dk")[0]["key"])).unwrap();
        let cipher = cipher(&base, KeyUsage::TICKET);
        for (length, good) in [(0, false), (7, false), (8, true), (12, false), (16, true)] {
            let mut body = alloc::vec![7; length];
            let tag = compute(&cipher.integrity, &[&body]);
            encrypt(&cipher.cipher, &ZERO_IV, &mut body);
            body.extend_from_slice(&tag);
            assert_eq!(cipher.open(&mut body).is_ok(), good, "{length}");
        }
    }

    #[test]
    fn derives_the_usage_keys_of_the_vectors() {
        let rows = vectors("derived_keys")
            .into_iter()
            .filter(|vector| vector["etype"] == 16);
        let mut seen = 0;
        for vector in rows {
            let base = TdesEde3::new_from_slice(&hex(&vector["base_key"])).unwrap();
            let derived = derive_key(&base, &hex(&vector["constant"]));
            assert_eq!(derived.to_vec(), hex(&vector["derived"]), "{vector}");
            seen += 1;
        }
        assert_eq!(seen, 3);
    }
}
