//! `SEQUENCE OF`: checked when it is decoded, read element by element when somebody asks.

use super::tag::SEQUENCE;
use super::{Decode, DecodeErrorKind, Encode, Reader, Result, Writer};
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

/// A `SEQUENCE OF T`, borrowed: the octets of its elements, each of which has been decoded once.
pub struct SequenceOf<'a, T> {
    elements: &'a [u8],
    element: PhantomData<fn() -> T>,
}

impl<'a, T: Decode<'a>> SequenceOf<'a, T> {
    /// The elements, in order, decoded again as they are asked for.
    #[must_use]
    pub const fn iter(&self) -> Elements<'a, T> {
        Elements {
            input: Reader::new(self.elements),
            element: PhantomData,
        }
    }

    /// Reads a list of so many elements at most, and none after them.
    pub(crate) fn decode_at_most(most: usize, input: &mut Reader<'a>) -> Result<Self> {
        let mut inside = input.enter(SEQUENCE)?;
        let elements = inside.rest();
        let mut left = most;
        while !inside.is_empty() {
            left = match left.checked_sub(1) {
                Some(left) => left,
                None => return Err(inside.error(DecodeErrorKind::TooMany { most })),
            };
            T::decode(&mut inside)?;
        }
        Ok(Self {
            elements,
            element: PhantomData,
        })
    }
}

impl<'a, T> SequenceOf<'a, T> {
    /// A list with no elements.
    pub const EMPTY: Self = Self {
        elements: &[],
        element: PhantomData,
    };

    /// The list of elements that were decoded before, or encoded by us.
    pub(crate) const fn of_decoded(elements: &'a [u8]) -> Self {
        Self {
            elements,
            element: PhantomData,
        }
    }

    /// Whether there are no elements.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.elements.is_empty()
    }

    /// The encoded elements, one after the other, without the tag and length around them.
    #[must_use]
    pub const fn encoded_elements(&self) -> &'a [u8] {
        self.elements
    }
}

impl<'a, T: Decode<'a>> Decode<'a> for SequenceOf<'a, T> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        Self::decode_at_most(usize::MAX, input)
    }
}

impl<T> Encode for SequenceOf<'_, T> {
    fn encode(&self, output: &mut Writer) {
        output.nested(SEQUENCE, |inside| inside.raw(self.elements));
    }
}

impl<'a, T: Decode<'a>> IntoIterator for SequenceOf<'a, T> {
    type Item = T;
    type IntoIter = Elements<'a, T>;

    fn into_iter(self) -> Elements<'a, T> {
        self.iter()
    }
}

impl<T> Clone for SequenceOf<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for SequenceOf<'_, T> {}

impl<T> PartialEq for SequenceOf<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        self.elements == other.elements // minimal DER: equal values have equal octets
    }
}

impl<T> Eq for SequenceOf<'_, T> {}

impl<'a, T: Decode<'a> + fmt::Debug> fmt::Debug for SequenceOf<'a, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// The elements of a [`SequenceOf`].
#[derive(Clone, Debug)]
pub struct Elements<'a, T> {
    input: Reader<'a>,
    element: PhantomData<fn() -> T>,
}

impl<'a, T: Decode<'a>> Iterator for Elements<'a, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        if self.input.is_empty() {
            return None;
        }
        T::decode(&mut self.input).ok() // each was decoded before; none fails now
    }
}

/// A `SEQUENCE OF` under construction: owns the octets that a [`SequenceOf`] borrows.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SequenceOfBuf {
    elements: Vec<u8>,
}

impl SequenceOfBuf {
    /// Encodes `elements`.
    pub fn of<'t, T: Encode + 't>(elements: impl IntoIterator<Item = &'t T>) -> Self {
        let mut output = Writer::new();
        for element in elements {
            element.encode(&mut output);
        }
        Self {
            elements: output.into_vec(),
        }
    }

    /// The list, borrowed. `T` must be the type whose values were encoded.
    #[must_use]
    pub fn borrow<T>(&self) -> SequenceOf<'_, T> {
        SequenceOf {
            elements: &self.elements,
            element: PhantomData,
        }
    }
}

impl<T> From<SequenceOf<'_, T>> for SequenceOfBuf {
    fn from(list: SequenceOf<'_, T>) -> Self {
        Self {
            elements: list.elements.to_vec(),
        }
    }
}

/// Says how long it is; an element may hold a key.
impl fmt::Debug for SequenceOfBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SequenceOfBuf")
            .field("octets", &self.elements.len())
            .finish()
    }
}
