//! [`Passwords`]: for clients that know no Negotiate, if the service wants such.

use crate::hooks::Boxed;
use core::fmt;
use core::time::Duration;
use http::Extensions;
use portcullis::Identity;
use std::sync::Arc;
use std::time::SystemTime;
use zeroize::Zeroizing;

/// Proves clients by name and password, as HTTP's Basic (RFC 7617) brings them.
///
/// There is no way to an [`Identity`] but through an acceptor: that a KDC takes a password proves
/// nothing, as whoever answers in its place takes any (CVE-2015-3206). So the implementation gets a
/// ticket for this service with the password and has its own acceptor judge that.
pub trait Passwords: Send + Sync {
    /// Whom these are from. It bounds how long it takes, and how often somebody may try.
    ///
    /// # Errors
    /// [`PasswordRefusal`].
    fn verify(
        &self,
        attempt: Attempt,
    ) -> impl Future<Output = Result<Identity, PasswordRefusal>> + Send;
}

/// A name and a password that came with a request.
#[non_exhaustive]
pub struct Attempt {
    /// The name, as it was typed.
    pub user: String,
    /// The password.
    pub password: Zeroizing<String>,
    /// The host that the request is for.
    pub host: Option<String>,
    /// The request's extensions: where the server says whence it comes.
    pub extensions: Extensions,
    /// The time.
    pub now: SystemTime,
}

/// Why a name and a password prove nobody. The texts are for the operator.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasswordRefusal {
    /// They are wrong: 401.
    Wrong(String),
    /// Somebody has tried too often: 429 with `Retry-After`.
    TooOften {
        /// Who, and how often.
        reason: String,
        /// When the next attempt may be made.
        wait: Duration,
    },
    /// Nobody can tell: 503.
    Unavailable(String),
}

impl PasswordRefusal {
    /// One word for metrics and logs; stable across releases.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Wrong(_) => "password",
            Self::TooOften { .. } => "password-attempts",
            Self::Unavailable(_) => "password-unavailable",
        }
    }
}

impl fmt::Display for PasswordRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Wrong(reason) | Self::TooOften { reason, .. } | Self::Unavailable(reason)) =
            self;
        f.write_str(reason)
    }
}

impl core::error::Error for PasswordRefusal {}

/// Without the password, and without the extensions.
impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt")
            .field("user", &self.user)
            .field("host", &self.host)
            .finish_non_exhaustive()
    }
}

pub(crate) type SharedPasswords = Arc<dyn ErasedPasswords>;

pub(crate) trait ErasedPasswords: Send + Sync {
    fn verify_boxed(&self, attempt: Attempt) -> Boxed<'_, Result<Identity, PasswordRefusal>>;
}

impl<T: Passwords> ErasedPasswords for T {
    fn verify_boxed(&self, attempt: Attempt) -> Boxed<'_, Result<Identity, PasswordRefusal>> {
        Box::pin(self.verify(attempt))
    }
}
