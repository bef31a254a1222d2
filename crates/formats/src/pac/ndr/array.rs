//! Arrays behind a pointer: sent ones are decoded as somebody iterates, others are ours.

use super::{NdrReader, NdrWriter};
use crate::der::Result;
use core::fmt;

/// Reads an element: its fixed part, and apart from it what its pointers point to.
pub(in crate::pac) type DecodeElement<'a, T> =
    fn(fixed: &mut NdrReader<'a>, deferred: &mut NdrReader<'a>) -> Result<T>;

/// A type whose values are elements of an [`NdrArray`] that is read.
pub(in crate::pac) trait Element<'a>: Copy {
    /// How many octets its fixed part takes.
    const FIXED_OCTETS: usize;
    /// Whether any octets are an element, and none points to more: hundreds of groups need not be
    /// looked at one by one.
    const ANY_OCTETS: bool = false;

    /// Reads it.
    fn decode(fixed: &mut NdrReader<'a>, deferred: &mut NdrReader<'a>) -> Result<Self>;
}

/// A type whose values are elements of an [`NdrArray`] that is written.
pub(in crate::pac) trait EncodeElement: Copy {
    /// Writes it.
    fn encode(&self, output: &mut NdrWriter);
}

/// A list in a PAC: as it was sent, or a slice that is to be ([`NdrArray::from`]).
///
/// A sent one has been decoded once, so that no element is found wrong later.
pub struct NdrArray<'a, T>(Source<'a, T>);

#[derive(Clone, Copy)]
enum Source<'a, T> {
    Sent(Sent<'a, T>),
    Slice(&'a [T]),
}

#[derive(Clone, Copy)]
struct Sent<'a, T> {
    count: u32,
    fixed: NdrReader<'a>,
    deferred: NdrReader<'a>,
    decode: DecodeElement<'a, T>,
}

impl<'a, T> NdrArray<'a, T> {
    /// No elements.
    pub const EMPTY: Self = Self(Source::Slice(&[]));

    /// How many elements there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.0 {
            Source::Sent(sent) => usize::try_from(sent.count).unwrap_or(usize::MAX),
            Source::Slice(slice) => slice.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) const fn sent(
        count: u32,
        fixed: NdrReader<'a>,
        deferred: NdrReader<'a>,
        decode: DecodeElement<'a, T>,
    ) -> Self {
        Self(Source::Sent(Sent {
            count,
            fixed,
            deferred,
            decode,
        }))
    }
}

impl<'a, T: Copy> NdrArray<'a, T> {
    /// The elements, in order.
    #[must_use]
    pub const fn iter(&self) -> NdrElements<'a, T> {
        NdrElements(self.0)
    }
}

impl<T> Clone for NdrArray<'_, T>
where
    T: Copy,
{
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Copy> Copy for NdrArray<'_, T> {}

impl<'a, T> From<&'a [T]> for NdrArray<'a, T> {
    fn from(slice: &'a [T]) -> Self {
        Self(Source::Slice(slice))
    }
}

impl<T> Default for NdrArray<'_, T> {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl<T: Copy + PartialEq> PartialEq for NdrArray<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<T: Copy + Eq> Eq for NdrArray<'_, T> {}

impl<T: Copy + fmt::Debug> fmt::Debug for NdrArray<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<'a, T: Copy> IntoIterator for NdrArray<'a, T> {
    type Item = T;
    type IntoIter = NdrElements<'a, T>;

    fn into_iter(self) -> NdrElements<'a, T> {
        self.iter()
    }
}

/// The elements of an [`NdrArray`].
#[derive(Clone)]
pub struct NdrElements<'a, T>(Source<'a, T>);

impl<T: Copy> Iterator for NdrElements<'_, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        match &mut self.0 {
            Source::Slice(slice) => {
                let (first, rest) = slice.split_first()?;
                *slice = rest;
                Some(*first)
            }
            Source::Sent(sent) => {
                sent.count = sent.count.checked_sub(1)?;
                (sent.decode)(&mut sent.fixed, &mut sent.deferred).ok() // decoded before: none fails now
            }
        }
    }
}

impl<T> fmt::Debug for NdrElements<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NdrElements").finish_non_exhaustive()
    }
}
