//! Hot path. [`Scratch`]: where a ciphertext is copied to and decrypted.

use core::ops::{Deref, DerefMut};
use zeroize::optimization_barrier;

/// Octets that are wiped when they are dropped, in whole words: `Zeroizing<Vec<u8>>` does it octet by
/// octet, which for a large ticket takes as long as decrypting it.
///
/// Up to `SHORT` octets lie in the value itself; more are allocated.
pub(crate) struct Scratch<const SHORT: usize = 0> {
    short: [u8; SHORT],
    /// How much of `short` is held; nothing if it lies in `long`.
    length: usize,
    long: Vec<u8>,
}

impl<const SHORT: usize> Scratch<SHORT> {
    pub(crate) const fn new() -> Self {
        Self {
            short: [0; SHORT],
            length: 0,
            long: Vec::new(),
        }
    }

    /// Holds a copy of `octets` from now on, and nothing else.
    pub(crate) fn hold(&mut self, octets: &[u8]) {
        if !self.is_empty() {
            self.wipe();
        }
        self.long.clear();
        self.length = 0;
        match self.short.get_mut(..octets.len()) {
            Some(short) => {
                short.copy_from_slice(octets);
                self.length = octets.len();
            }
            None => self.long.extend_from_slice(octets),
        }
    }

    fn wipe(&mut self) {
        self.short.fill(0);
        optimization_barrier(self.short.as_slice());
        self.long.fill(0);
        optimization_barrier(self.long.as_slice());
    }
}

impl<const SHORT: usize> Deref for Scratch<SHORT> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self.length {
            0 => &self.long,
            length => self.short.get(..length).unwrap_or_default(),
        }
    }
}

impl<const SHORT: usize> DerefMut for Scratch<SHORT> {
    fn deref_mut(&mut self) -> &mut [u8] {
        match self.length {
            0 => &mut self.long,
            length => self.short.get_mut(..length).unwrap_or_default(),
        }
    }
}

impl<const SHORT: usize> Drop for Scratch<SHORT> {
    fn drop(&mut self) {
        self.wipe();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_holds_what_it_was_given_last() {
        let mut scratch = Scratch::<8>::new();
        for octets in [
            b"a long plaintext".as_slice(),
            b"short",
            b"",
            b"just 8 o",
            b"9 octets!",
        ] {
            scratch.hold(octets);
            assert_eq!(*scratch, *octets);
            assert_eq!(*scratch, *octets.to_vec());
        }
    }

    #[test]
    fn wiping_leaves_zeros() {
        let mut scratch = Scratch::<8>::new();
        for octets in [b"secret".as_slice(), b"a long secret"] {
            scratch.hold(octets);
            scratch.wipe();
            assert!(scratch.iter().all(|octet| *octet == 0));
            assert_eq!(scratch.len(), octets.len());
        }
    }

    #[test]
    fn nothing_short_is_left_when_something_long_comes() {
        let mut scratch = Scratch::<8>::new();
        scratch.hold(b"secret");
        scratch.hold(b"a long plaintext");
        assert_eq!(scratch.short, [0; 8]);
    }
}
