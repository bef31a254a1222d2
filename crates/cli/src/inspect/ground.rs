//! [`Ground`]: where offsets count from, and how a structure is read with its errors told.

use super::outline;
use super::page::Fields;
use portcullis::formats::der::{Decode, DecodeError};

/// The octets that offsets count from: the whole token, or the plaintext of something sealed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ground<'g>(pub(super) &'g [u8]);

impl Ground<'_> {
    /// Where `part` begins, which must be borrowed from the ground.
    pub(super) fn offset(self, part: &[u8]) -> usize {
        let offset = part.as_ptr().addr().checked_sub(self.0.as_ptr().addr());
        offset.unwrap_or_default()
    }

    /// Reads what `octets` are; if they are not, says why, and shows what they are instead.
    pub(super) fn decode<'a, T: Decode<'a>>(self, octets: &'a [u8], to: &mut Fields) -> Option<T> {
        T::from_der(octets).map_or_else(|error| self.tell(error, octets, to), Some)
    }

    /// The same for a plaintext, which may end with the padding of its cipher.
    pub(super) fn decode_padded<'a, T: Decode<'a>>(
        self,
        octets: &'a [u8],
        to: &mut Fields,
    ) -> Option<T> {
        T::from_padded_der(octets).map_or_else(|error| self.tell(error, octets, to), Some)
    }

    /// Says what is wrong with `octets`, where, and what they are instead.
    pub(super) fn tell<T>(self, error: DecodeError, octets: &[u8], to: &mut Fields) -> Option<T> {
        let offset = self.offset(octets);
        to.error(error.shifted(offset));
        to.list("DER", outline::elements(octets, offset));
        None
    }
}
