//! [`Octets`]: octets that look random and are always the same.

use core::sync::atomic::{AtomicU64, Ordering};
use portcullis_crypto::{Enctype, Key};

/// Octets that look random and are always the same: the pseudo-random function of a key that
/// everybody knows.
#[derive(Debug)]
pub(crate) struct Octets {
    key: Key,
    drawn: AtomicU64,
}

impl Octets {
    /// Other octets for each `name`.
    pub(crate) fn of(name: &str) -> Self {
        Self::of_seed(name, &[0x7e; 32])
    }

    /// Other octets for each `name` and `seed`, as secret as `seed` is.
    pub(crate) fn of_seed(name: &str, seed: &[u8; 32]) -> Self {
        let key = Key::from_random(Enctype::Aes256CtsHmacSha384_192, seed);
        let seed = first(&key.prf(name.as_bytes()));
        Self {
            key: Key::from_random(Enctype::Aes256CtsHmacSha384_192, &seed),
            drawn: AtomicU64::new(0),
        }
    }

    /// The octets that belong to `parts`: the same at each call.
    pub(crate) fn fixed(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut input = Vec::new();
        for part in parts {
            let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
            input.extend_from_slice(&length.to_be_bytes());
            input.extend_from_slice(part);
        }
        first(&self.key.prf(&input))
    }

    /// Octets that were not drawn before.
    pub(crate) fn draw(&self) -> [u8; 32] {
        let drawn = self.drawn.fetch_add(1, Ordering::Relaxed);
        self.fixed(&[b"drawn", &drawn.to_be_bytes()])
    }

    /// A key that was not drawn before.
    pub(crate) fn key(&self, enctype: Enctype) -> Key {
        Key::from_random(enctype, &self.draw())
    }

    /// A confounder that was not drawn before.
    pub(crate) fn confounder(&self) -> [u8; 16] {
        first(&self.draw())
    }

    /// A sequence number that was not drawn before, as small as MIT krb5's are.
    pub(crate) fn sequence(&self) -> u32 {
        u32::from_be_bytes(first(&self.draw())) & 0x3fff_ffff
    }
}

/// The first octets of a longer piece.
fn first<const N: usize>(octets: &[u8]) -> [u8; N] {
    octets.first_chunk().copied().unwrap_or([0; N])
}
