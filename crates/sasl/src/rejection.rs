//! [`Rejection`]: a refusal, and what the client gets to hear of it.

use crate::error::Error;
use core::fmt;

/// A refusal: why, and the token for the client if there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    error: Error,
    reply: Option<Vec<u8>>,
}

impl Rejection {
    pub(crate) fn of_token(rejection: &portcullis::Rejection) -> Self {
        Self {
            error: Error::Token(rejection.error().clone()),
            reply: rejection.reply().map(<[u8]>::to_vec),
        }
    }

    /// Why.
    #[must_use]
    pub const fn error(&self) -> &Error {
        &self.error
    }

    /// The token that tells the client why. SASL has no place for it (RFC 4422 §3.6); a protocol
    /// that has, as LDAP with `serverSaslCreds`, may send it with the failure.
    #[must_use]
    pub fn reply(&self) -> Option<&[u8]> {
        self.reply.as_deref()
    }
}

impl From<Error> for Rejection {
    fn from(error: Error) -> Self {
        Self { error, reply: None }
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
