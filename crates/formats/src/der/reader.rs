//! Hot path. Reads DER where it lies: a cursor that knows where it stands and what it reads.

use super::tag::{
    APPLICATION, BIT_STRING, BOOLEAN, CONTEXT, ENUMERATED, GENERAL_STRING, GENERALIZED_TIME,
    INTEGER, NUMBER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE,
};
use super::{Decode, DecodeError, DecodeErrorKind, Result, SequenceOf};
use core::fmt;

/// Levels of elements inside each other; the deepest message of Kerberos has fewer than half.
const MAX_DEPTH: u8 = 32;

/// A cursor over DER that borrows what it reads.
///
/// Each error carries the offset from the start of the input and the innermost structure and field that
/// were being read. It gets their names on its way out, so that what is well-formed does not pay for
/// them.
#[derive(Clone)]
pub struct Reader<'a> {
    rest: &'a [u8],
    /// Where `rest` ends, from the start of the input.
    end: usize,
    depth: u8,
    /// The context tags below this number are behind us.
    next_field: u8,
}

impl<'a> Reader<'a> {
    /// Starts at the first of `octets`.
    #[must_use]
    pub const fn new(octets: &'a [u8]) -> Self {
        Self {
            rest: octets,
            end: octets.len(),
            depth: 0,
            next_field: 0,
        }
    }

    /// What is not yet read.
    #[must_use]
    #[inline]
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Whether all is read.
    #[must_use]
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The identifier octet of the next element.
    #[must_use]
    #[inline]
    pub fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// Whether the next element is `[APPLICATION number]`.
    #[must_use]
    pub fn next_is_application(&self, number: u8) -> bool {
        self.peek() == Some(APPLICATION | number)
    }

    /// The error of `kind` at the place where the reader stands.
    #[must_use]
    #[cold]
    #[inline(never)]
    pub fn error(&self, kind: DecodeErrorKind) -> DecodeError {
        DecodeError::new(kind, self.offset())
    }

    const fn offset(&self) -> usize {
        self.end.saturating_sub(self.rest.len())
    }

    /// Ends the reading: nothing may be left over.
    ///
    /// # Errors
    /// [`DecodeErrorKind::TrailingData`].
    #[inline]
    pub fn finish(self) -> Result<()> {
        match self.rest.len() {
            0 => Ok(()),
            octets => Err(self.error(DecodeErrorKind::TrailingData { octets })),
        }
    }

    /// `[APPLICATION number] SEQUENCE { … }`, called `name` in errors.
    ///
    /// # Errors
    /// [`DecodeError`] of the tags, of `fields`, or of what they leave over.
    #[inline]
    pub fn application<T>(
        &mut self,
        number: u8,
        name: &'static str,
        fields: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        self.around(APPLICATION | number, |inside| inside.sequence(name, fields))
            .map_err(|error| error.in_structure(name))
    }

    /// `SEQUENCE { … }`, called `name` in errors.
    ///
    /// Unknown fields after the last known one are skipped as long as their tags ascend: later
    /// versions of a type may add fields (RFC 4120 §1.5), and MIT krb5 skips them likewise.
    ///
    /// # Errors
    /// [`DecodeError`] of the tag, of `fields`, or of what they leave over.
    #[inline]
    pub fn sequence<T>(
        &mut self,
        name: &'static str,
        fields: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let all = |inside: &mut Self| {
            let value = fields(inside)?;
            if !inside.is_empty() {
                inside.skip_unknown_fields()?;
            }
            Ok(value)
        };
        self.around(SEQUENCE, all)
            .map_err(|error| error.in_structure(name))
    }

    /// The field `[number]`, called `name` in errors.
    ///
    /// # Errors
    /// [`DecodeError`] of the tag, of `value`, or of what it leaves over.
    #[inline]
    pub fn field<T>(
        &mut self,
        number: u8,
        name: &'static str,
        value: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        self.next_field = number.saturating_add(1);
        self.around(CONTEXT | number, value)
            .map_err(|error| error.in_field(name))
    }

    /// The field `[number] OPTIONAL`, called `name` in errors.
    ///
    /// # Errors
    /// [`DecodeError`] of `value`, or of what it leaves over.
    #[inline]
    pub fn optional<T>(
        &mut self,
        number: u8,
        name: &'static str,
        value: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<Option<T>> {
        if self.peek() != Some(CONTEXT | number) {
            return Ok(None);
        }
        self.field(number, name, value).map(Some)
    }

    /// The field `[number] SEQUENCE OF … OPTIONAL`, called `name` in errors.
    ///
    /// A list with no elements is as good as none (RFC 4120 §5.1.3).
    ///
    /// # Errors
    /// [`DecodeError`] of the list or of an element.
    pub fn optional_list<T: Decode<'a>>(
        &mut self,
        number: u8,
        name: &'static str,
    ) -> Result<Option<SequenceOf<'a, T>>> {
        let list = self.optional(number, name, SequenceOf::decode)?;
        Ok(list.filter(|list| !list.is_empty()))
    }

    /// Reads the contents of the element with the identifier octet `tag` to their end.
    #[inline]
    fn around<T>(&mut self, tag: u8, contents: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let mut inside = self.enter(tag)?;
        let value = contents(&mut inside)?;
        inside.finish()?;
        Ok(value)
    }

    /// Enters the element with the identifier octet `tag`.
    ///
    /// # Errors
    /// [`DecodeErrorKind::UnexpectedTag`], or what is wrong with its length.
    #[inline]
    pub fn enter(&mut self, tag: u8) -> Result<Self> {
        if self.depth >= MAX_DEPTH {
            return Err(self.error(DecodeErrorKind::TooDeep));
        }
        Ok(Self {
            rest: self.element(tag)?,
            end: self.offset(),
            depth: self.depth.saturating_add(1),
            next_field: 0,
        })
    }

    /// The contents of the element with the identifier octet `tag`.
    ///
    /// # Errors
    /// [`DecodeErrorKind::UnexpectedTag`], or what is wrong with its length.
    #[inline]
    pub fn element(&mut self, tag: u8) -> Result<&'a [u8]> {
        let low = tag & NUMBER != NUMBER;
        match low.then(|| self.take(tag)).flatten() {
            Some(contents) => Ok(contents),
            None => Err(self.wrong_element(tag)),
        }
    }

    /// Any element: its identifier octet and its contents.
    ///
    /// # Errors
    /// What is wrong with its tag or length.
    #[inline]
    pub fn any(&mut self) -> Result<(u8, &'a [u8])> {
        let tag = self.peek().filter(|tag| tag & NUMBER != NUMBER);
        match tag.and_then(|tag| Some((tag, self.take(tag)?))) {
            Some(element) => Ok(element),
            None => Err(self.wrong_header()),
        }
    }

    /// The contents of the next element, if it is one of this tag, whose number is below 31. What is wrong
    /// with it otherwise is found out later: errors are large, and most elements are good. Not inlined: the
    /// answer fits into registers, and what calls it stays small enough to be inlined itself.
    #[inline(never)]
    fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (&[found, length], rest) = self.rest.split_first_chunk()?;
        if found != tag {
            return None;
        }
        if length > 0x7f {
            return self.take_long(length);
        }
        let (contents, rest) = rest.split_at_checked(length.into())?;
        self.rest = rest;
        Some(contents)
    }

    /// The same for an element whose length has octets of its own, of which `first` says how many.
    #[inline(never)]
    fn take_long(&mut self, first: u8) -> Option<&'a [u8]> {
        let (header, length) = match (first, self.rest.get(2..)?) {
            (0x81, [a @ 0x80..=0xff, ..]) => (3_usize, usize::from(*a)),
            (0x82, [a @ 1..=0xff, b, ..]) => (4, usize::from(u16::from_be_bytes([*a, *b]))),
            (0x83, [a @ 1..=0xff, b, c, ..]) => {
                let length = u32::from_be_bytes([0, *a, *b, *c]);
                (5, usize::try_from(length).ok()?)
            }
            _ => return None,
        };
        let end = header.saturating_add(length);
        let (element, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        element.get(header..)
    }

    /// Why [`Reader::take`] finds no element of this tag.
    #[cold]
    fn wrong_element(&self, tag: u8) -> DecodeError {
        match self.peek() {
            Some(found) if found == tag => self.wrong_header(),
            found => self.error(DecodeErrorKind::UnexpectedTag {
                expected: tag,
                found,
            }),
        }
    }

    /// What is wrong with the tag or length of the next element.
    #[cold]
    fn wrong_header(&self) -> DecodeError {
        match self.header() {
            Err(error) => error,
            Ok((_, header, length)) => self.error(DecodeErrorKind::Truncated {
                needed: length,
                found: self.rest.len().saturating_sub(header),
            }),
        }
    }

    /// The next element whole, with its tag and length, whatever it is.
    ///
    /// # Errors
    /// What is wrong with its tag or length.
    pub fn whole(&mut self) -> Result<&'a [u8]> {
        let before = self.rest;
        self.any()?;
        let length = before.len().saturating_sub(self.rest.len());
        Ok(before.get(..length).unwrap_or_default())
    }

    /// `OCTET STRING`.
    ///
    /// # Errors
    /// As [`Reader::element`].
    #[inline]
    pub fn octet_string(&mut self) -> Result<&'a [u8]> {
        self.element(OCTET_STRING)
    }

    /// `GeneralString`: octets, in whatever encoding the peer uses (RFC 4120 §5.2.1 says ASCII;
    /// Active Directory, MIT and Heimdal send UTF-8).
    ///
    /// # Errors
    /// As [`Reader::element`].
    #[inline]
    pub fn general_string(&mut self) -> Result<&'a [u8]> {
        self.element(GENERAL_STRING)
    }

    /// `BOOLEAN`.
    ///
    /// # Errors
    /// [`DecodeErrorKind::Boolean`], or as [`Reader::element`].
    pub fn boolean(&mut self) -> Result<bool> {
        let start = self.clone();
        match self.element(BOOLEAN)? {
            [0] => Ok(false),
            [0xff] => Ok(true),
            _ => Err(start.error(DecodeErrorKind::Boolean)),
        }
    }

    /// `INTEGER (-2147483648..2147483647)`, Kerberos' Int32.
    ///
    /// # Errors
    /// [`DecodeErrorKind::IntegerOutOfRange`], [`DecodeErrorKind::NonMinimalInteger`], or as
    /// [`Reader::element`].
    #[inline]
    pub fn int32(&mut self) -> Result<i32> {
        let start = self.clone();
        i32::try_from(self.integer(INTEGER)?)
            .map_err(|_| start.error(DecodeErrorKind::IntegerOutOfRange))
    }

    /// `INTEGER (0..4294967295)`, Kerberos' UInt32.
    ///
    /// # Errors
    /// As [`Reader::int32`].
    #[inline]
    pub fn uint32(&mut self) -> Result<u32> {
        let start = self.clone();
        u32::try_from(self.integer(INTEGER)?)
            .map_err(|_| start.error(DecodeErrorKind::IntegerOutOfRange))
    }

    /// A UInt32 that peers send as a signed one, read modulo 2³².
    ///
    /// PEER Windows sends key version numbers of read-only domain controllers as negative
    /// numbers, and MIT krb5 before 1.11 sequence numbers; RFC 4120 §5.5.1 asks for tolerance.
    ///
    /// # Errors
    /// As [`Reader::int32`].
    pub fn uint32_sent_signed(&mut self) -> Result<u32> {
        let start = self.clone();
        let value = self.integer(INTEGER)?;
        u32::try_from(value)
            .or_else(|_| i32::try_from(value).map(i32::cast_unsigned))
            .map_err(|_| start.error(DecodeErrorKind::IntegerOutOfRange))
    }

    /// `ENUMERATED` of one octet's values.
    ///
    /// # Errors
    /// As [`Reader::int32`].
    pub fn enumerated(&mut self) -> Result<u8> {
        let start = self.clone();
        u8::try_from(self.integer(ENUMERATED)?)
            .map_err(|_| start.error(DecodeErrorKind::IntegerOutOfRange))
    }

    /// An Int32 that must be `expected`: a version or a message type.
    ///
    /// # Errors
    /// [`DecodeErrorKind::Constant`], or as [`Reader::int32`].
    #[inline]
    pub fn constant(&mut self, expected: i32) -> Result<()> {
        let start = self.clone();
        let found = self.int32()?;
        if found == expected {
            return Ok(());
        }
        Err(start.error(DecodeErrorKind::Constant {
            expected: expected.into(),
            found: found.into(),
        }))
    }

    /// `KerberosFlags`: the first 32 bits, bit 0 the highest.
    ///
    /// RFC 4120 §5.2.8 wants at least 32 bits; fewer are read as if followed by zeros and those
    /// beyond are ignored, as MIT krb5 and Heimdal do.
    ///
    /// # Errors
    /// [`DecodeErrorKind::BitString`], or as [`Reader::element`].
    pub fn flags(&mut self) -> Result<u32> {
        let start = self.clone();
        let (unused, bits) = match self.element(BIT_STRING)?.split_first() {
            Some((unused @ 0..=7, bits)) if *unused == 0 || !bits.is_empty() => (*unused, bits),
            _ => return Err(start.error(DecodeErrorKind::BitString)),
        };
        let mut word = [0; 4];
        for (to, from) in word.iter_mut().zip(bits) {
            *to = *from;
        }
        if let Some(last) = bits
            .len()
            .checked_sub(1)
            .and_then(|last| word.get_mut(last))
        {
            *last &= 0xff_u8.unbounded_shl(unused.into());
        }
        Ok(u32::from_be_bytes(word))
    }

    /// `KerberosTime`: the contents of a GeneralizedTime; [`crate::messages::KerberosTime`] reads
    /// them.
    ///
    /// # Errors
    /// As [`Reader::element`].
    pub fn generalized_time(&mut self) -> Result<&'a [u8]> {
        self.element(GENERALIZED_TIME)
    }

    /// The contents of an `OBJECT IDENTIFIER`: at least one octet, the last arc complete.
    ///
    /// # Errors
    /// [`DecodeErrorKind::ObjectIdentifier`], or as [`Reader::element`].
    pub fn object_identifier(&mut self) -> Result<&'a [u8]> {
        let start = self.clone();
        match self.element(OBJECT_IDENTIFIER)? {
            oid @ [.., last] if last & 0x80 == 0 => Ok(oid),
            _ => Err(start.error(DecodeErrorKind::ObjectIdentifier)),
        }
    }

    #[inline]
    fn integer(&mut self, tag: u8) -> Result<i64> {
        let start = self.offset();
        let octets = self.element(tag)?;
        let minimal = match octets {
            [small @ ..=0x7f] => return Ok((*small).into()), // most are
            [] => false,
            [0, next, ..] => next & 0x80 != 0,
            [0xff, next, ..] => next & 0x80 == 0,
            _ => true,
        };
        if !minimal {
            return Err(DecodeError::new(DecodeErrorKind::NonMinimalInteger, start));
        }
        // Nobody reads more than 32 bits: four octets, and one before them for the sign.
        if octets.len() > 5 {
            return Err(DecodeError::new(DecodeErrorKind::IntegerOutOfRange, start));
        }
        let negative = octets.first().is_some_and(|first| first & 0x80 != 0);
        let sign: i64 = if negative { -1 } else { 0 };
        Ok(octets
            .iter()
            .fold(sign, |value, octet| (value << 8) | i64::from(*octet)))
    }

    /// The identifier octet, how long tag and length are together, and the length of the contents.
    fn header(&self) -> Result<(u8, usize, usize)> {
        let (tag, header, length) = match *self.rest {
            [tag, length @ 0..=0x7f, ..] => (tag, 2, usize::from(length)),
            [_, 0x80, ..] => return Err(self.error(DecodeErrorKind::IndefiniteLength)),
            [tag, 0x81, a, ..] => (tag, 3, usize::from(a)),
            [tag, 0x82, a, b, ..] => (tag, 4, usize::from(u16::from_be_bytes([a, b]))),
            [tag, 0x83, a, b, c, ..] => {
                let length = u32::from_be_bytes([0, a, b, c]);
                (tag, 5, usize::try_from(length).unwrap_or(usize::MAX))
            }
            [_, 0x84..=0xff, ..] => return Err(self.error(DecodeErrorKind::LengthTooLarge)),
            _ => {
                let needed = match *self.rest {
                    [_, 0x81, ..] => 3,
                    [_, 0x82, ..] => 4,
                    [_, 0x83, ..] => 5,
                    _ => 2,
                };
                let found = self.rest.len();
                return Err(self.error(DecodeErrorKind::Truncated { needed, found }));
            }
        };
        if tag & NUMBER == NUMBER {
            return Err(self.error(DecodeErrorKind::HighTagNumber));
        }
        let minimal = match header {
            3 => length > 0x7f,
            4 => length > 0xff,
            5 => length > 0xffff,
            _ => true,
        };
        if !minimal {
            return Err(self.error(DecodeErrorKind::NonMinimalLength));
        }
        Ok((tag, header, length))
    }

    #[cold]
    #[inline(never)]
    fn skip_unknown_fields(&mut self) -> Result<()> {
        while let Some(tag) = self.peek() {
            let number = tag & NUMBER;
            if tag & !NUMBER != CONTEXT || number < self.next_field {
                return Err(self.error(DecodeErrorKind::TrailingData {
                    octets: self.rest.len(),
                }));
            }
            self.any()?;
            self.next_field = number.saturating_add(1);
        }
        Ok(())
    }
}

/// Says where it stands; what it reads may be secret.
impl fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("offset", &self.offset())
            .field("octets_left", &self.rest.len())
            .finish_non_exhaustive()
    }
}
