//! camellia128-cts-cmac and camellia256-cts-cmac (RFC 6803): how their keys are derived.
//!
//! Encryption itself is the simplified profile, with CMAC for its MAC.

use alloc::vec::Vec;

use ::camellia::{Camellia, Camellia128, Camellia256};
use cipher::KeyInit;
use cipher::array::{Array, ArraySize};
use cmac::Cmac;

use crate::Wiped;
use crate::key_usage::{KeyUsage, Purpose};
use crate::mac::compute;
use crate::simplified_profile::Cipher;

const TAG: usize = 16;

pub(crate) type Cmac128 = Cmac<Camellia128>;
pub(crate) type Cmac256 = Cmac<Camellia256>;
pub(crate) type Cipher128 = Cipher<Camellia128, Cmac128>;
pub(crate) type Cipher256 = Cipher<Camellia256, Cmac256>;

/// Ke and Ki of `usage`.
pub(crate) fn cipher<N: ArraySize, const RK: usize>(
    base: &Cmac<Camellia<N, RK>>,
    usage: KeyUsage,
) -> Cipher<Camellia<N, RK>, Cmac<Camellia<N, RK>>>
where
    Camellia<N, RK>: KeyInit<KeySize = N>,
{
    let ke = derive_key(base, &usage.constant(Purpose::Encryption));
    let ki = derive_key(base, &usage.constant(Purpose::Integrity));
    Cipher {
        cipher: Camellia::new(&ke),
        integrity: Cmac::new(&ki),
        tag_length: TAG,
    }
}

/// Kc of `usage`.
pub(crate) fn mac<N: ArraySize, const RK: usize>(
    base: &Cmac<Camellia<N, RK>>,
    usage: KeyUsage,
) -> Cmac<Camellia<N, RK>>
where
    Camellia<N, RK>: KeyInit<KeySize = N>,
{
    Cmac::new(&derive_key(base, &usage.constant(Purpose::Checksum)))
}

/// The pseudo-random function (RFC 6803 §6): 16 octets.
pub(crate) fn prf<N: ArraySize, const RK: usize>(
    base: &Cmac<Camellia<N, RK>>,
    input: &[u8],
) -> Vec<u8>
where
    Camellia<N, RK>: KeyInit<KeySize = N>,
{
    let keyed = Cmac::<Camellia<N, RK>>::new(&derive_key(base, b"prf"));
    compute(&keyed, &[input]).to_vec()
}

/// DK: KDF-FEEDBACK-CMAC (RFC 6803 §3), the feedback mode of NIST SP 800-108, for a key of the
/// size of the base key.
pub(crate) fn derive_key<N: ArraySize, const RK: usize>(
    base: &Cmac<Camellia<N, RK>>,
    constant: &[u8],
) -> Wiped<Array<u8, N>> {
    let bits = N::U32.saturating_mul(8).to_be_bytes();
    let mut key = Wiped::new(Array::default());
    let mut feedback = Wiped::new([0; 16]);
    for (chunk, counter) in key.chunks_mut(16).zip(1_u32..) {
        let input: [&[u8]; 5] = [&*feedback, &counter.to_be_bytes(), constant, &[0], &bits];
        *feedback = compute(base, &input).into();
        chunk
            .iter_mut()
            .zip(feedback.iter())
            .for_each(|(to, from)| *to = *from);
    }
    key
}

#[cfg(test)]
mod tests {
    use portcullis_testdata::{hex, vectors};

    use super::*;

    /// NIST SP 800-38B with Camellia.
    #[test]
    fn computes_the_cmac_of_the_vectors() {
        for vector in vectors("camellia_cmac") {
            let keyed = Cmac128::new_from_slice(&hex(&vector["key"])).unwrap();
            let mac = compute(&keyed, &[&hex(&vector["data"])]);
            assert_eq!(mac.to_vec(), hex(&vector["cmac"]), "{vector}");
        }
    }

    /// RFC 6803 §10.
    #[test]
    fn derives_the_usage_keys_of_the_vectors() {
        let mut seen = 0;
        for vector in vectors("derived_keys") {
            let (key, constant) = (hex(&vector["base_key"]), hex(&vector["constant"]));
            let derived = match vector["etype"].as_i64() {
                Some(25) => {
                    let base = Cmac128::new_from_slice(&key).unwrap();
                    derive_key(&base, &constant).to_vec()
                }
                Some(26) => {
                    let base = Cmac256::new_from_slice(&key).unwrap();
                    derive_key(&base, &constant).to_vec()
                }
                _ => continue,
            };
            assert_eq!(derived, hex(&vector["derived"]), "{vector}");
            seen += 1;
        }
        assert_eq!(seen, 6);
    }
}
