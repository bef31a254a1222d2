//! Hot path. [`Scratch`]: where a ciphertext is copied to and decrypted.

use core::ops::{Deref, DerefMut};
use zeroize::optimization_barrier;

/// Octets that are wiped when they are dropped, in whole words: `Zeroizing<Vec<u8>>` does it octet by
/// octet, which for a large ticket takes as long as decrypting it.
#[derive(Default)]
pub(crate) struct Scratch(Vec<u8>);

impl Scratch {
    /// Holds a copy of `octets` from now on, and nothing else.
    pub(crate) fn hold(&mut self, octets: &[u8]) {
        self.wipe();
        self.0.clear();
        self.0.extend_from_slice(octets);
    }

    fn wipe(&mut self) {
        self.0.fill(0);
        optimization_barrier(self.0.as_slice());
    }
}

impl Deref for Scratch {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl DerefMut for Scratch {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.wipe();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_holds_what_it_was_given_last() {
        let mut scratch = Scratch::default();
        scratch.hold(b"a long plaintext");
        scratch.hold(b"short");
        assert_eq!(*scratch, *b"short");
    }

    #[test]
    fn wiping_leaves_zeros() {
        let mut scratch = Scratch::default();
        scratch.hold(b"secret");
        scratch.wipe();
        assert_eq!(*scratch, [0; 6]);
    }
}
