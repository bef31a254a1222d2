//! What was wrong with the octets, where, and in which field of which structure.

use alloc::boxed::Box;
use core::fmt;
use core::ops::Deref;

/// The outcome of reading DER.
pub type Result<T> = core::result::Result<T, DecodeError>;

/// Octets that are not what the protocol says they must be.
///
/// Printed for an operator: `AP-REQ.ticket: expected tag 0xa3, found 0x30 (at octet 17)`.
///
/// One word, so that the results of readers, which go up through many levels, fit into registers; the [`Fault`]
/// that it leads to is made when there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError(Box<Fault>);

/// What a [`DecodeError`] says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What was wrong.
    pub kind: DecodeErrorKind,
    /// Where, in octets from the start of what was decoded.
    pub offset: usize,
    /// The innermost structure being read, by its name in the specification; empty if it has none.
    pub structure: &'static str,
    /// The field of that structure, or an empty string between two of them.
    pub field: &'static str,
}

/// What was wrong.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeErrorKind {
    /// The octets end before the element does.
    Truncated {
        /// How many octets the element still wants.
        needed: usize,
        /// How many are left.
        found: usize,
    },
    /// Another element than the one that must stand here.
    UnexpectedTag {
        /// The identifier octet that must stand here.
        expected: u8,
        /// The one that does; `None` at the end of the structure.
        found: Option<u8>,
    },
    /// A tag number above 30, which Kerberos never uses.
    HighTagNumber,
    /// The indefinite form of BER (X.690 §8.1.3.6), which DER forbids.
    IndefiniteLength,
    /// A length in more octets than it needs (X.690 §10.1).
    NonMinimalLength,
    /// A length of more than three octets: nothing of 16 MiB is read.
    LengthTooLarge,
    /// Octets after the end of the element.
    TrailingData {
        /// How many.
        octets: usize,
    },
    /// More levels inside each other than any message has.
    TooDeep,
    /// More elements in a list than are read.
    TooMany {
        /// The most that are.
        most: usize,
    },
    /// An INTEGER that is empty or in more octets than it needs (X.690 §8.3.2).
    NonMinimalInteger,
    /// An INTEGER outside the range of its type (RFC 4120 §5.2.4).
    IntegerOutOfRange,
    /// A fixed field (version, message type) with another value.
    Constant {
        /// The value that must stand here.
        expected: i64,
        /// The one that does.
        found: i64,
    },
    /// A BIT STRING without its first octet, or one that claims more than seven unused bits.
    BitString,
    /// A KerberosTime that is not `YYYYMMDDHHMMSSZ`, or no day of the calendar.
    Time,
    /// A BOOLEAN that is not one octet.
    Boolean,
    /// An OBJECT IDENTIFIER that is empty or ends inside an arc.
    ObjectIdentifier,
    /// A value that the specification of the structure does not allow; the text says which rule.
    Value(&'static str),
}

impl DecodeError {
    /// An error of octets that nobody has named.
    #[cold]
    #[must_use]
    pub fn new(kind: DecodeErrorKind, offset: usize) -> Self {
        Self(Box::new(Fault {
            kind,
            offset,
            structure: "",
            field: "",
        }))
    }

    /// The same error, if nobody has named the structure, in one of this name.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn in_structure(mut self, name: &'static str) -> Self {
        if self.structure.is_empty() {
            self.0.structure = name;
        }
        self
    }

    /// The same error, if nobody has named the structure or the field, in a field of this name.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn in_field(mut self, name: &'static str) -> Self {
        if self.structure.is_empty() && self.field.is_empty() {
            self.0.field = name;
        }
        self
    }

    /// The same error, seen from `octets` further out: the offset counts from the start of the
    /// token that the decoded octets lie in.
    #[must_use]
    pub fn shifted(mut self, octets: usize) -> Self {
        self.0.offset = self.offset.saturating_add(octets);
        self
    }
}

impl Deref for DecodeError {
    type Target = Fault;

    fn deref(&self) -> &Fault {
        &self.0
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.structure {
            "" => "DER",
            structure => structure,
        })?;
        if !self.field.is_empty() {
            write!(f, ".{}", self.field)?;
        }
        write!(f, ": {} (at octet {})", self.kind, self.offset)
    }
}

impl fmt::Display for DecodeErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Truncated { needed, found } => {
                write!(f, "truncated, {needed} octets wanted and {found} left")
            }
            Self::UnexpectedTag {
                expected,
                found: Some(found),
            } => {
                write!(f, "expected tag {expected:#04x}, found {found:#04x}")
            }
            Self::UnexpectedTag {
                expected,
                found: None,
            } => {
                write!(f, "expected tag {expected:#04x}, found the end")
            }
            Self::HighTagNumber => f.write_str("tag number above 30"),
            Self::IndefiniteLength => f.write_str("indefinite length"),
            Self::NonMinimalLength => f.write_str("length not in its shortest form"),
            Self::LengthTooLarge => f.write_str("length of more than three octets"),
            Self::TrailingData { octets } => write!(f, "{octets} octets left over"),
            Self::TooDeep => f.write_str("nested too deeply"),
            Self::TooMany { most } => write!(f, "more than {most} elements"),
            Self::NonMinimalInteger => f.write_str("INTEGER not in its shortest form"),
            Self::IntegerOutOfRange => f.write_str("INTEGER out of range"),
            Self::Constant { expected, found } => write!(f, "must be {expected}, is {found}"),
            Self::BitString => f.write_str("malformed BIT STRING"),
            Self::Time => f.write_str("malformed KerberosTime"),
            Self::Boolean => f.write_str("malformed BOOLEAN"),
            Self::ObjectIdentifier => f.write_str("malformed OBJECT IDENTIFIER"),
            Self::Value(rule) => f.write_str(rule),
        }
    }
}

impl core::error::Error for DecodeError {}
