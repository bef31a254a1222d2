//! What no PAC can hold.

use core::fmt;

/// A field that is longer than its length can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PacEncodeError {
    /// Which, by its name in [MS-PAC].
    pub field: &'static str,
}

impl fmt::Display for PacEncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PAC: {} is too long", self.field)
    }
}

impl core::error::Error for PacEncodeError {}
