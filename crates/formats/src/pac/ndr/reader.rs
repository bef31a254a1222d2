//! Hot path. Reads NDR.
//!
//! Integers stand at multiples of their size. A pointer is a number, 0 for NULL, whose value means
//! nothing else; what it points to comes after the structure that has the pointer, in the order of
//! the pointers (for an array after all of its elements). So a structure is read twice over: its
//! fixed part, then what its pointers point to.

use super::{DecodeElement, Element, NdrArray};
use crate::der::{DecodeError, DecodeErrorKind, Result};
use crate::pac::flat_reader::FlatReader;
use crate::pac::{PacText, Sid};

/// The headers in front of the structure: offsets and alignment count from their end.
const HEADERS: usize = 16;
/// Version 1, little-endian, a header of eight octets; then filler.
const COMMON_HEADER: [u8; 4] = [1, 0x10, 8, 0];
/// Objects are padded to this.
const PADDING: usize = 8;

/// A place in an NDR object.
#[derive(Clone, Copy)]
pub(in crate::pac) struct NdrReader<'a> {
    object: &'a [u8],
    at: usize,
    structure: &'static str,
}

/// A pointer of a structure.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::pac) enum Pointer {
    /// It points to nothing.
    #[default]
    Null,
    /// What it points to follows the structure.
    Deferred,
}

impl Pointer {
    pub(super) const fn of(number: u32) -> Self {
        match number {
            0 => Self::Null,
            _ => Self::Deferred,
        }
    }
}

/// The fixed part of an RPC_UNICODE_STRING.
#[derive(Clone, Copy, Default)]
pub(in crate::pac) struct TextHeader {
    length: u16,
    buffer: Pointer,
}

impl TextHeader {
    pub(super) const fn new(length: u16, buffer: Pointer) -> Self {
        Self { length, buffer }
    }
}

/// How the fixed parts of an array's elements lie.
#[derive(Clone, Copy)]
pub(in crate::pac) struct ElementLayout {
    /// How many octets each takes, of which there is at least one.
    pub(in crate::pac) octets: usize,
    /// What the first stands at a multiple of.
    pub(in crate::pac) alignment: usize,
    /// Whether any octets are an element, and none points to more.
    pub(in crate::pac) any_octets: bool,
}

impl<'a> NdrReader<'a> {
    /// Stands at the structure that `octets`, headers and all, hold.
    pub(in crate::pac) fn open(octets: &'a [u8], structure: &'static str) -> Result<Self> {
        let mut headers = FlatReader::new(octets, structure);
        if headers.octets(4, "CommonHeader")? != COMMON_HEADER {
            return Err(headers.wrong("not little-endian NDR of version 1", "CommonHeader"));
        }
        headers.octets(4, "Filler")?;
        let length = headers.uint32("ObjectBufferLength")?;
        headers.octets(4, "Filler")?;
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let object = headers.octets(length, "ObjectBufferLength")?;
        let left = headers.rest().len();
        let mut reader = Self {
            object,
            at: 0,
            structure,
        };
        if left >= PADDING {
            return Err(reader.trailing(left));
        }
        if reader.pointer("")? == Pointer::Null {
            return Err(reader.wrong("no structure", ""));
        }
        Ok(reader)
    }

    /// Nothing but padding may be left.
    pub(in crate::pac) fn finish(self) -> Result<()> {
        match self.rest().len() {
            0..PADDING => Ok(()),
            left => Err(self.trailing(left)),
        }
    }

    /// Two octets.
    pub(in crate::pac) fn uint16(&mut self, field: &'static str) -> Result<u16> {
        self.integer(field).map(u16::from_le_bytes)
    }

    /// Four octets.
    pub(in crate::pac) fn uint32(&mut self, field: &'static str) -> Result<u32> {
        self.integer(field).map(u32::from_le_bytes)
    }

    /// Eight octets.
    pub(in crate::pac) fn uint64(&mut self, field: &'static str) -> Result<u64> {
        self.integer(field).map(u64::from_le_bytes)
    }

    /// The next `count` octets, wherever they stand.
    pub(in crate::pac) fn octets(&mut self, count: usize, field: &'static str) -> Result<&'a [u8]> {
        let rest = self.rest();
        let Some(octets) = rest.get(..count) else {
            return Err(self.truncated(count, field));
        };
        self.at = self.at.saturating_add(count);
        Ok(octets)
    }

    /// The fixed part of the structure, which begins here.
    pub(in crate::pac) fn fixed<const N: usize>(&mut self) -> Result<&'a [u8; N]> {
        self.chunk("")
    }

    /// A pointer.
    pub(in crate::pac) fn pointer(&mut self, field: &'static str) -> Result<Pointer> {
        self.uint32(field).map(Pointer::of)
    }

    /// The fixed part of an RPC_UNICODE_STRING.
    pub(in crate::pac) fn text_header(&mut self, field: &'static str) -> Result<TextHeader> {
        let length = self.uint16(field)?;
        self.uint16(field)?; // MaximumLength: the room the sender had
        let buffer = self.pointer(field)?;
        Ok(TextHeader::new(length, buffer))
    }

    /// What the pointer of an RPC_UNICODE_STRING points to.
    pub(in crate::pac) fn text(
        &mut self,
        header: TextHeader,
        field: &'static str,
    ) -> Result<PacText<'a>> {
        if header.buffer == Pointer::Null {
            return match header.length {
                0 => Ok(PacText::EMPTY),
                _ => Err(self.wrong("text is missing", field)),
            };
        }
        let text = self.varying_text(field)?;
        if text.octet_count() != usize::from(header.length) {
            return Err(self.wrong("text has two lengths", field));
        }
        Ok(text)
    }

    /// A conformant and varying array of UTF-16 code units.
    pub(in crate::pac) fn varying_text(&mut self, field: &'static str) -> Result<PacText<'a>> {
        self.at = self.at.next_multiple_of(4);
        let [r0, r1, r2, r3, o0, o1, o2, o3, c0, c1, c2, c3] = *self.chunk(field)?;
        let room = u32::from_le_bytes([r0, r1, r2, r3]);
        let offset = u32::from_le_bytes([o0, o1, o2, o3]);
        let count = u32::from_le_bytes([c0, c1, c2, c3]);
        if offset != 0 || count > room {
            return Err(self.wrong("text outside its own room", field));
        }
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let octets = self.octets(count.saturating_mul(2), field)?;
        PacText::from_utf16le(octets).ok_or_else(|| self.wrong("text of half a character", field))
    }

    /// The SID that a pointer points to, if any.
    pub(in crate::pac) fn optional_sid(
        &mut self,
        pointer: Pointer,
        field: &'static str,
    ) -> Result<Option<Sid>> {
        match pointer {
            Pointer::Null => Ok(None),
            Pointer::Deferred => self.sid(field).map(Some),
        }
    }

    /// An RPC_SID: the number of sub-authorities, then the SID, which says it again.
    pub(in crate::pac) fn sid(&mut self, field: &'static str) -> Result<Sid> {
        let count = self.uint32(field)?;
        let start = HEADERS.saturating_add(self.at);
        let (sid, rest) = Sid::decode_first(self.rest()).map_err(|error| error.shifted(start))?;
        if u32::from(sid.sub_authority_count()) != count {
            return Err(self.wrong("SID has two lengths", field));
        }
        self.at = self.object.len().saturating_sub(rest.len());
        Ok(sid)
    }

    /// The conformant array of `count` elements that a pointer points to.
    pub(in crate::pac) fn array<T: Element<'a>>(
        &mut self,
        count: u32,
        pointer: Pointer,
        field: &'static str,
    ) -> Result<NdrArray<'a, T>> {
        let layout = ElementLayout {
            octets: T::FIXED_OCTETS,
            alignment: 4,
            any_octets: T::ANY_OCTETS,
        };
        self.array_of(count, pointer, field, layout, T::decode)
    }

    /// The same, of elements that `decode` reads. Every element that can be wrong is decoded once, so
    /// that none fails later.
    pub(in crate::pac) fn array_of<T: Copy>(
        &mut self,
        count: u32,
        pointer: Pointer,
        field: &'static str,
        layout: ElementLayout,
        decode: DecodeElement<'a, T>,
    ) -> Result<NdrArray<'a, T>> {
        if pointer == Pointer::Null {
            return match count {
                0 => Ok(NdrArray::EMPTY),
                _ => Err(self.wrong("the elements are missing", field)),
            };
        }
        if self.uint32(field)? != count {
            return Err(self.wrong("list has two lengths", field));
        }
        let octets = usize::try_from(count)
            .unwrap_or(usize::MAX)
            .saturating_mul(layout.octets);
        self.at = self.at.next_multiple_of(layout.alignment);
        let mut fixed = *self;
        self.octets(octets, field)?;
        let array = NdrArray::sent(count, fixed, *self, decode);
        if !layout.any_octets {
            for _ in 0..count {
                decode(&mut fixed, self)?;
            }
        }
        Ok(array)
    }

    /// A value of `field`, which ends here, breaks `rule`.
    pub(in crate::pac) fn wrong(&self, rule: &'static str, field: &'static str) -> DecodeError {
        self.error(DecodeErrorKind::Value(rule), field)
    }

    /// An integer at a multiple of its own size.
    fn integer<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N]> {
        self.at = self.at.next_multiple_of(N);
        self.chunk(field).copied()
    }

    fn chunk<const N: usize>(&mut self, field: &'static str) -> Result<&'a [u8; N]> {
        match self.rest().first_chunk() {
            Some(octets) => {
                self.at = self.at.saturating_add(N);
                Ok(octets)
            }
            None => Err(self.truncated(N, field)),
        }
    }

    fn rest(&self) -> &'a [u8] {
        self.object.get(self.at..).unwrap_or_default()
    }

    fn truncated(&self, needed: usize, field: &'static str) -> DecodeError {
        let found = self.rest().len();
        self.error(DecodeErrorKind::Truncated { needed, found }, field)
    }

    fn trailing(&self, octets: usize) -> DecodeError {
        self.error(DecodeErrorKind::TrailingData { octets }, "")
    }

    fn error(&self, kind: DecodeErrorKind, field: &'static str) -> DecodeError {
        DecodeError::new(kind, HEADERS.saturating_add(self.at))
            .in_field(field)
            .in_structure(self.structure)
    }
}
