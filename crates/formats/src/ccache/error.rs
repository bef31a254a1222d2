//! What can be wrong with a credential cache, and where.

use crate::file_cursor::PastEnd;
use core::fmt;

/// Octets that are not a credential cache.
///
/// Printed for an operator: `credential cache: ticket of 300 octets, 12 left (at octet 77)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CcacheError {
    /// Where, in octets from the beginning of the file.
    pub offset: usize,
    /// In which field.
    pub field: &'static str,
    /// What is wrong.
    pub kind: CcacheErrorKind,
}

/// What is wrong.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CcacheErrorKind {
    /// Another version than 05 01 to 05 04.
    Version {
        /// The first two octets.
        found: [u8; 2],
    },
    /// The file, or the header, ends within the field.
    Cut {
        /// How many octets the field wants.
        needed: usize,
        /// How many are left.
        found: usize,
    },
    /// A principal without components.
    NoComponents,
    /// A principal with more components than any real one.
    TooManyComponents,
}

impl CcacheError {
    pub(super) const fn cut(offset: usize, field: &'static str, past: PastEnd) -> Self {
        let PastEnd { needed, found } = past;
        Self {
            offset,
            field,
            kind: CcacheErrorKind::Cut { needed, found },
        }
    }
}

impl fmt::Display for CcacheError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            offset,
            field,
            kind,
        } = *self;
        write!(f, "credential cache: {field} ")?;
        match kind {
            CcacheErrorKind::Version { found: [a, b] } => write!(f, "{a:02x} {b:02x} is unknown")?,
            CcacheErrorKind::Cut { needed, found } => {
                write!(f, "of {needed} octets, {found} left")?;
            }
            CcacheErrorKind::NoComponents => f.write_str("without components")?,
            CcacheErrorKind::TooManyComponents => f.write_str("has too many components")?,
        }
        write!(f, " (at octet {offset})")
    }
}

impl core::error::Error for CcacheError {}
