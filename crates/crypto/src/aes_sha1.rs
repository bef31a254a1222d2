//! aes128-cts-hmac-sha1-96 and aes256-cts-hmac-sha1-96 (RFC 3962): how their keys are derived.
//!
//! Hot path. Encryption itself is the simplified profile.

use alloc::vec::Vec;

use cipher::array::Array;
use cipher::consts::U16;
use cipher::{BlockCipherEncrypt, KeyInit, KeySizeUser};
use hmac::digest::Digest;

use crate::Wiped;
use crate::derive::dk::derive_random;
use crate::derive::n_fold::{fold_usage, n_fold};
use crate::key_usage::{KeyUsage, Purpose};
use crate::mac::{HmacSha1, hmac};
use crate::sha::Sha1;
use crate::simplified_profile::Cipher;

const TAG: usize = 12;

/// Ke and Ki of `usage`; `C` is the whole cipher or the half of it that will be used.
pub(crate) fn cipher<B, C>(base: &B, usage: KeyUsage) -> Cipher<C, HmacSha1>
where
    B: BlockCipherEncrypt<BlockSize = U16> + KeySizeUser,
    C: KeyInit + KeySizeUser<KeySize = B::KeySize>,
{
    let [ke, ki] = usage_keys(base, folded(usage));
    Cipher {
        cipher: C::new(&ke),
        integrity: hmac(&ki),
        tag_length: TAG,
    }
}

fn usage_keys<B, const K: usize>(
    base: &B,
    folded: [[u8; 16]; K],
) -> [Wiped<Array<u8, B::KeySize>>; K]
where
    B: BlockCipherEncrypt<BlockSize = U16> + KeySizeUser,
{
    derive_random(base, folded.map(Array))
}

/// The constants of Ke and Ki; those of every login are folded when this is compiled.
const fn folded(usage: KeyUsage) -> [[u8; 16]; 2] {
    const AUTHENTICATOR: [[u8; 16]; 2] = fold(KeyUsage::AP_REQ_AUTHENTICATOR);
    const AP_REP: [[u8; 16]; 2] = fold(KeyUsage::AP_REP);
    match usage {
        KeyUsage::AP_REQ_AUTHENTICATOR => AUTHENTICATOR,
        KeyUsage::AP_REP => AP_REP,
        _ => fold(usage),
    }
}

const fn fold(usage: KeyUsage) -> [[u8; 16]; 2] {
    [
        fold_usage(usage.constant(Purpose::Encryption)),
        fold_usage(usage.constant(Purpose::Integrity)),
    ]
}

/// Kc of `usage`.
pub(crate) fn mac<B>(base: &B, usage: KeyUsage) -> HmacSha1
where
    B: BlockCipherEncrypt<BlockSize = U16> + KeySizeUser,
{
    let folded = fold_usage(usage.constant(Purpose::Checksum));
    let [kc] = usage_keys(base, [folded]);
    hmac(&kc)
}

/// DK (RFC 3961 §5.1) with a constant in words.
pub(crate) fn derive_key<B>(base: &B, constant: &[u8]) -> Wiped<Array<u8, B::KeySize>>
where
    B: BlockCipherEncrypt<BlockSize = U16> + KeySizeUser,
{
    let mut folded = Array::default();
    n_fold(constant, &mut folded);
    let [key] = derive_random(base, [folded]);
    key
}

/// The pseudo-random function (RFC 3961 §5.3): 16 octets.
pub(crate) fn prf<B>(base: &B, input: &[u8]) -> Vec<u8>
where
    B: BlockCipherEncrypt<BlockSize = U16> + KeyInit,
{
    let cipher = B::new(&derive_key(base, b"prf"));
    let (mut block, _) = Sha1::digest(input).split::<U16>(); // whole blocks of the hash only
    cipher.encrypt_block(&mut block);
    block.to_vec()
}

#[cfg(test)]
mod tests {
    use aes::{Aes128Enc, Aes256Enc};
    use portcullis_testdata::{hex, vectors};

    use super::*;
    use crate::derive::tests::purpose;

    /// RFC 3962 §6, RFC 3961 §5.3.
    #[test]
    fn derives_the_usage_keys_of_the_vectors() {
        let mut seen = 0;
        for vector in vectors("derived_keys") {
            let (key, purpose) = (hex(&vector["base_key"]), purpose(&vector));
            let usage = KeyUsage::new(vector["usage"].as_u64().unwrap().try_into().unwrap());
            let folded = fold_usage(usage.constant(purpose));
            let derived = match vector["etype"].as_i64() {
                Some(17) => {
                    let base = Aes128Enc::new_from_slice(&key).unwrap();
                    usage_keys(&base, [folded])[0].to_vec()
                }
                Some(18) => {
                    let base = Aes256Enc::new_from_slice(&key).unwrap();
                    usage_keys(&base, [folded])[0].to_vec()
                }
                _ => continue,
            };
            assert_eq!(derived, hex(&vector["derived"]), "{vector}");
            seen += 1;
        }
        assert_eq!(seen, 6);
    }
}
