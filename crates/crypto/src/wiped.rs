//! Hot path. [`Wiped`]: secret octets, wiped when they go.

use core::fmt;
use core::ops::{Deref, DerefMut};

use zeroize::{ZeroizeOnDrop, optimization_barrier};

/// Octets that are wiped when they are dropped, in whole words; of a `Vec` those up to its length.
///
/// `Zeroizing` wipes octet by octet, each with an instruction of its own: of all that an accept does not spend on
/// ciphers that was a fiftieth, and more of its code.
#[derive(Clone, Default)]
pub struct Wiped<T: AsMut<[u8]>>(T);

impl<T: AsMut<[u8]>> Wiped<T> {
    /// Keeps `octets`.
    pub const fn new(octets: T) -> Self {
        Self(octets)
    }

    fn wipe(&mut self) {
        self.0.as_mut().fill(0);
        optimization_barrier(&self.0);
    }
}

impl<T: AsMut<[u8]>> Deref for Wiped<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: AsMut<[u8]>> DerefMut for Wiped<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: AsMut<[u8]>> Drop for Wiped<T> {
    #[inline]
    fn drop(&mut self) {
        self.wipe();
    }
}

impl<T: AsMut<[u8]>> ZeroizeOnDrop for Wiped<T> {}

impl<T: AsMut<[u8]>> fmt::Debug for Wiped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wiped").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wiping_leaves_zeros() {
        let mut octets = Wiped::new([7_u8; 37]);
        octets.wipe();
        assert_eq!(*octets, [0; 37]);
    }

    #[test]
    fn what_goes_is_wiped() {
        let mut octets = [7_u8; 37];
        drop(Wiped::new(octets.as_mut_slice()));
        assert_eq!(octets, [0; 37]);
    }
}
