//! [`Rejection`]: a refusal, and what the peer gets to hear of it.

use crate::error::Error;
use core::fmt;

/// A refusal: why, and the reply that the peer must get all the same.
///
/// The reply depends on [`Error::code`], the time and what the request said in clear, and on
/// nothing secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    error: Error,
    reply: Option<Vec<u8>>,
}

impl Rejection {
    pub(crate) const fn new(error: Error, reply: Option<Vec<u8>>) -> Self {
        Self { error, reply }
    }

    /// Why.
    #[must_use]
    pub const fn error(&self) -> &Error {
        &self.error
    }

    /// What to send to the peer, if anything.
    #[must_use]
    pub fn reply(&self) -> Option<&[u8]> {
        self.reply.as_deref()
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl core::error::Error for Rejection {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        Some(&self.error)
    }
}
