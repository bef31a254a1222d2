//! KDF-HMAC-SHA2 (RFC 8009 §3), one round of the counter mode of NIST SP 800-108.
//!
//! Hot path: the HMAC state of the base key is prepared once per key and cloned here.

use cipher::array::{Array, ArraySize};
use hmac::{EagerHash, Hmac, Mac};

use crate::Wiped;

/// The leftmost `N` octets of HMAC(base, 1 | label | 0 | context | bits).
///
/// `N` is at most the output of the hash: RFC 8009 needs no second round.
pub(crate) fn derive<D, N>(base: &Hmac<D>, label: &[u8], context: &[u8]) -> Wiped<Array<u8, N>>
where
    D: EagerHash,
    N: ArraySize,
{
    let mut hmac = base.clone();
    hmac.update(&1_u32.to_be_bytes());
    hmac.update(label);
    hmac.update(&[0]);
    hmac.update(context);
    hmac.update(&N::U32.saturating_mul(8).to_be_bytes());
    let output = Wiped::new(hmac.finalize().into_bytes());

    let mut key = Wiped::new(Array::default());
    for (to, from) in key.iter_mut().zip(output.iter()) {
        *to = *from;
    }
    key
}
