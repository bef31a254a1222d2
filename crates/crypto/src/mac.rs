//! Keyed states that are prepared once and cloned for each message.
//!
//! Hot path: SHA-1 is the floor of a whole accept.

use hmac::{EagerHash, Hmac, KeyInit, Mac, digest::Output};
use sha2::Sha384;

use crate::sha::{Sha1, Sha256};
use crate::{OpenError, Wiped};

#[cfg(feature = "legacy-enctypes")]
pub(crate) type HmacMd5 = Hmac<md5::Md5>;
pub(crate) type HmacSha1 = Hmac<Sha1>;
pub(crate) type HmacSha256 = Hmac<Sha256>;
pub(crate) type HmacSha384 = Hmac<Sha384>;

/// HMAC keyed with `key`, which is no longer than a block of the hash: no key here is.
pub(crate) fn hmac<D: EagerHash>(key: &[u8]) -> Hmac<D> {
    // HMAC itself pads with zeros (RFC 2104 §2), so this is the same key, and cannot fail.
    let mut padded = Wiped::new(hmac::digest::Key::<Hmac<D>>::default());
    for (to, from) in padded.iter_mut().zip(key) {
        *to = *from;
    }
    Hmac::new(&padded)
}

/// The whole MAC of the concatenated `parts`.
pub(crate) fn compute<M: Mac + Clone>(keyed: &M, parts: &[&[u8]]) -> Output<M> {
    let mut mac = keyed.clone();
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes()
}

/// Compares, in constant time, `tag` with the leftmost octets of the MAC of `parts`.
pub(crate) fn verify<M: Mac + Clone>(
    keyed: &M,
    parts: &[&[u8]],
    tag: &[u8],
) -> Result<(), OpenError> {
    let mut mac = keyed.clone();
    for part in parts {
        mac.update(part);
    }
    mac.verify_truncated_left(tag).map_err(|_| OpenError)
}
