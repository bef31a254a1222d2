//! What can be wrong with a keytab, and where.

use core::fmt;

/// Octets that are no keytab at all.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeytabError {
    /// Fewer octets than the two of the version.
    TooShort {
        /// How many.
        found: usize,
    },
    /// Another version than 05 01 and 05 02.
    Version {
        /// The first two octets.
        found: [u8; 2],
    },
}

impl fmt::Display for KeytabError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::TooShort { found } => write!(f, "not a keytab: {found} octets long"),
            Self::Version { found: [a, b] } => {
                write!(
                    f,
                    "not a keytab: begins {a:02x} {b:02x}, not 05 01 or 05 02"
                )
            }
        }
    }
}

impl core::error::Error for KeytabError {}

/// A record that cannot be read.
///
/// Printed for an operator: `record at octet 77: key ends 3 octets past the record`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Where the record begins, with its length, in octets from the beginning of the file.
    pub offset: usize,
    /// What is wrong with it.
    pub kind: DamageKind,
}

/// What is wrong with a record.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DamageKind {
    /// The file ends within the record's length.
    LengthCut {
        /// How many of its four octets there are.
        found: usize,
    },
    /// The file ends within the record.
    RecordCut {
        /// How many octets the record has.
        needed: usize,
        /// How many are left.
        found: usize,
    },
    /// The file ends within a hole.
    HoleCut {
        /// How many octets the hole has.
        needed: usize,
        /// How many are left.
        found: usize,
    },
    /// A length of 0, which ends the file, with more than zeros after it.
    AfterEnd {
        /// How many octets.
        octets: usize,
    },
    /// A field ends beyond its record.
    PastRecord {
        /// Which.
        field: &'static str,
        /// By how many octets.
        by: usize,
    },
    /// A principal without components, which no key can belong to.
    NoComponents,
    /// A principal with more components than any real one.
    TooManyComponents {
        /// How many.
        found: u16,
    },
    /// A realm, component or key of no octets.
    Empty {
        /// Which.
        field: &'static str,
    },
}

impl DamageKind {
    /// Whether the place of the next record is lost, so that nothing after it can be read.
    #[must_use]
    pub const fn ends_the_file(self) -> bool {
        matches!(
            self,
            Self::LengthCut { .. }
                | Self::RecordCut { .. }
                | Self::HoleCut { .. }
                | Self::AfterEnd { .. }
        )
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "record at octet {}: {}", self.offset, self.kind)
    }
}

impl fmt::Display for DamageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::LengthCut { found } => write!(f, "length of 4 octets, {found} left in the file"),
            Self::RecordCut { needed, found } => {
                write!(f, "entry of {needed} octets, {found} left in the file")
            }
            Self::HoleCut { needed, found } => {
                write!(f, "hole of {needed} octets, {found} left in the file")
            }
            Self::AfterEnd { octets } => {
                write!(f, "length 0 ends the file, and {octets} octets follow")
            }
            Self::PastRecord { field, by } => write!(f, "{field} ends {by} octets past the record"),
            Self::NoComponents => f.write_str("principal without components"),
            Self::TooManyComponents { found } => write!(f, "principal of {found} components"),
            Self::Empty { field } => write!(f, "empty {field}"),
        }
    }
}

impl core::error::Error for Damage {}
