//! Hot path. The fixed part of a structure that is long enough: nothing in it can be missing.

use super::{Pointer, TextHeader};
use crate::pac::FileTime;

/// What is left of a fixed part in which everything stands at multiples of its size, one after the
/// other. Its length is known when this is compiled, so reading it is loading it.
pub(in crate::pac) struct FixedPart<'a>(&'a [u8]);

impl<'a> FixedPart<'a> {
    #[inline]
    pub(in crate::pac) const fn new<const N: usize>(octets: &'a [u8; N]) -> Self {
        Self(octets)
    }

    /// The next octets; zeros beyond the end, where no structure of ours reads.
    #[inline]
    pub(in crate::pac) fn octets<const N: usize>(&mut self) -> [u8; N] {
        let (octets, rest) = self.0.split_first_chunk().unwrap_or((&[0; N], &[]));
        self.0 = rest;
        *octets
    }

    #[inline]
    pub(in crate::pac) fn uint16(&mut self) -> u16 {
        u16::from_le_bytes(self.octets())
    }

    #[inline]
    pub(in crate::pac) fn uint32(&mut self) -> u32 {
        u32::from_le_bytes(self.octets())
    }

    /// Two numbers of four octets, the lower half first.
    #[inline]
    pub(in crate::pac) fn file_time(&mut self) -> FileTime {
        FileTime(u64::from_le_bytes(self.octets()))
    }

    /// A pointer.
    #[inline]
    pub(in crate::pac) fn pointer(&mut self) -> Pointer {
        Pointer::of(self.uint32())
    }

    /// The fixed part of an RPC_UNICODE_STRING.
    #[inline]
    pub(in crate::pac) fn text_header(&mut self) -> TextHeader {
        let length = self.uint16();
        self.uint16(); // MaximumLength: the room the sender had
        TextHeader::new(length, self.pointer())
    }

    /// The number of elements, and the pointer to them.
    #[inline]
    pub(in crate::pac) fn list(&mut self) -> (u32, Pointer) {
        (self.uint32(), self.pointer())
    }
}
