//! Writes DER forwards; a length is put before its contents when they are known.

use super::tag::{
    APPLICATION, BIT_STRING, BOOLEAN, CONTEXT, ENUMERATED, GENERAL_STRING, GENERALIZED_TIME,
    INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE,
};
use super::{Encode, SequenceOf};
use alloc::vec::Vec;
use core::fmt;

/// Collects DER: the mirror image of [`super::Reader`].
///
/// Contents move up by a few octets once per level; nothing larger than a ticket is written.
#[derive(Default)]
pub struct Writer {
    octets: Vec<u8>,
}

impl Writer {
    /// Starts with nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self { octets: Vec::new() }
    }

    /// Starts with room for `octets`: a secret that never outgrows it is never copied.
    #[must_use]
    pub fn with_capacity(octets: usize) -> Self {
        Self {
            octets: Vec::with_capacity(octets),
        }
    }

    /// What was written.
    #[must_use]
    pub fn into_vec(self) -> Vec<u8> {
        self.octets
    }

    /// `[APPLICATION number] SEQUENCE { … }`.
    pub fn application(&mut self, number: u8, fields: impl FnOnce(&mut Self)) {
        self.nested(APPLICATION | number, |inside| inside.sequence(fields));
    }

    /// `SEQUENCE { … }`.
    pub fn sequence(&mut self, fields: impl FnOnce(&mut Self)) {
        self.nested(SEQUENCE, fields);
    }

    /// The field `[number]`.
    pub fn field(&mut self, number: u8, value: impl FnOnce(&mut Self)) {
        self.nested(CONTEXT | number, value);
    }

    /// The field `[number]` that holds `value`.
    pub fn value(&mut self, number: u8, value: &impl Encode) {
        self.field(number, |inside| value.encode(inside));
    }

    /// The field `[number] OPTIONAL` that holds `value`.
    pub fn optional(&mut self, number: u8, value: Option<&impl Encode>) {
        if let Some(value) = value {
            self.value(number, value);
        }
    }

    /// The field `[number] INTEGER OPTIONAL`.
    pub fn optional_integer(&mut self, number: u8, value: Option<u32>) {
        if let Some(value) = value {
            self.field(number, |inside| inside.integer(value));
        }
    }

    /// The field `[number] OCTET STRING OPTIONAL`.
    pub fn optional_octet_string(&mut self, number: u8, octets: Option<&[u8]>) {
        if let Some(octets) = octets {
            self.field(number, |inside| inside.octet_string(octets));
        }
    }

    /// The field `[number] SEQUENCE OF … OPTIONAL`; a list with no elements is left out
    /// (RFC 4120 §5.1.3).
    pub fn optional_list<T>(&mut self, number: u8, list: Option<&SequenceOf<'_, T>>) {
        self.optional(number, list.filter(|list| !list.is_empty()));
    }

    /// An element with the identifier octet `tag`, its contents written by `contents`.
    pub fn nested(&mut self, tag: u8, contents: impl FnOnce(&mut Self)) {
        let start = self.begin(tag);
        contents(self);
        self.end(tag, start);
    }

    /// Writes the tag and leaves a place for the length; tells where.
    #[inline(never)]
    fn begin(&mut self, tag: u8) -> usize {
        let start = self.octets.len();
        self.octets.extend_from_slice(&[tag, 0]);
        start
    }

    /// Writes the length of what came since.
    #[inline(never)]
    fn end(&mut self, tag: u8, start: usize) {
        let Some([_, place, contents @ ..]) = self.octets.get_mut(start..) else {
            return; // never: it was begun
        };
        let length = contents.len();
        match u8::try_from(length) {
            Ok(short @ ..=0x7f) => *place = short,
            _ => self.put_long_header(tag, start, length),
        }
    }

    /// Moves the contents at the end up and puts tag and length, for which there were two octets,
    /// before them: the length of contents that have more than 127. Not inlined: most are short.
    #[inline(never)]
    fn put_long_header(&mut self, tag: u8, start: usize, length: usize) {
        let (header, used) = header(tag, length);
        let header = header.get(..used).unwrap_or_default();
        let contents = start.saturating_add(2)..self.octets.len();
        let contents_start = start.saturating_add(used);
        self.octets.resize(contents_start.saturating_add(length), 0);
        self.octets.copy_within(contents, contents_start);
        if let Some(place) = self.octets.get_mut(start..contents_start) {
            place.copy_from_slice(header);
        }
    }

    /// An element with the identifier octet `tag` and these contents.
    pub fn element(&mut self, tag: u8, contents: &[u8]) {
        match u8::try_from(contents.len()) {
            Ok(short @ ..=0x7f) => {
                self.octets.reserve(contents.len().saturating_add(2));
                self.octets.extend_from_slice(&[tag, short]);
                self.octets.extend_from_slice(contents);
            }
            _ => self.nested(tag, |inside| inside.raw(contents)),
        }
    }

    /// Octets that are DER already.
    pub fn raw(&mut self, octets: &[u8]) {
        self.octets.extend_from_slice(octets);
    }

    /// `OCTET STRING`.
    pub fn octet_string(&mut self, octets: &[u8]) {
        self.element(OCTET_STRING, octets);
    }

    /// `GeneralString`.
    pub fn general_string(&mut self, octets: &[u8]) {
        self.element(GENERAL_STRING, octets);
    }

    /// The contents of a `GeneralizedTime`.
    pub fn generalized_time(&mut self, text: &[u8]) {
        self.element(GENERALIZED_TIME, text);
    }

    /// The contents of an `OBJECT IDENTIFIER`.
    pub fn object_identifier(&mut self, oid: &[u8]) {
        self.element(OBJECT_IDENTIFIER, oid);
    }

    /// `BOOLEAN`.
    pub fn boolean(&mut self, value: bool) {
        self.element(BOOLEAN, if value { &[0xff] } else { &[0] });
    }

    /// `INTEGER`.
    pub fn integer(&mut self, value: impl Into<i64>) {
        self.shortest_integer(INTEGER, value.into());
    }

    /// `ENUMERATED`.
    pub fn enumerated(&mut self, value: u8) {
        self.shortest_integer(ENUMERATED, value.into());
    }

    /// `KerberosFlags`, 32 bits, bit 0 the highest.
    pub fn flags(&mut self, word: u32) {
        self.nested(BIT_STRING, |inside| {
            inside.raw(&[0]); // no unused bits
            inside.raw(&word.to_be_bytes());
        });
    }

    fn shortest_integer(&mut self, tag: u8, value: i64) {
        let octets = value.to_be_bytes();
        // Of the bits that all equal the sign one must stay.
        let redundant = (value ^ (value >> 63)).leading_zeros().saturating_sub(1);
        let first = usize::try_from(redundant / 8).unwrap_or_default();
        self.element(tag, octets.get(first..).unwrap_or_default());
    }
}

/// Says how much was written; what was may be secret.
impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer")
            .field("octets_written", &self.octets.len())
            .finish()
    }
}

/// Tag and length in more octets than one each, and how many octets they fill.
fn header(tag: u8, length: usize) -> ([u8; 6], usize) {
    let length = u32::try_from(length).unwrap_or(u32::MAX); // no message is that large
    let [a, b, c, d] = length.to_be_bytes();
    match length {
        ..=0xff => ([tag, 0x81, d, 0, 0, 0], 3),
        0x100..=0xffff => ([tag, 0x82, c, d, 0, 0], 4),
        0x1_0000..=0xff_ffff => ([tag, 0x83, b, c, d, 0], 5),
        _ => ([tag, 0x84, a, b, c, d], 6),
    }
}
