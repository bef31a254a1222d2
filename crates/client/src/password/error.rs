//! [`PasswordError`]: why a name and a password prove nobody.

use crate::ClientError;
use core::time::Duration;
use portcullis::error::Blame;
use portcullis::{Principal, Rejection};

/// Why a name and a password prove nobody. For the log: the peer is told no more than that they do
/// not.
#[non_exhaustive]
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// The name is no principal's.
    #[error("the name is that of no principal")]
    Name,
    /// Users of this realm may not log in with passwords.
    #[error("no passwords are taken from the realm of {0}")]
    Realm(Principal),
    /// Too many tried in vain, with this name or from this address.
    #[error("too many vain attempts; the next in {} s", .wait.as_secs())]
    TooMany {
        /// When the next may be made.
        wait: Duration,
    },
    /// It is not the password, or nobody has this name.
    #[error("the KDC knows no such name and password")]
    Wrong,
    /// There is no ticket: the account is locked or has expired, or the KDC is not there.
    #[error("no ticket: {0}")]
    Client(#[from] ClientError),
    /// The acceptor refuses the ticket for its own service. If the key does not fit, whoever gave it
    /// was not the KDC.
    #[error("the KDC does not prove itself: {0}")]
    Unproven(Box<Rejection>),
    /// The ticket is somebody else's.
    #[error("the KDC gave a ticket of {0}")]
    OtherClient(Principal),
    /// The acceptor wants more than a ticket.
    #[error("the acceptor wants another token")]
    Incomplete,
}

impl PasswordError {
    /// Who has to act.
    #[must_use]
    pub fn blame(&self) -> Blame {
        match self {
            Self::Name | Self::Realm(_) | Self::TooMany { .. } | Self::Wrong => Blame::Peer,
            Self::Client(ClientError::Refused { .. }) => Blame::Peer,
            Self::Client(_) | Self::OtherClient(_) => Blame::Environment,
            Self::Unproven(_) | Self::Incomplete => Blame::Configuration,
        }
    }

    /// Whether the attempt counts among those in vain: not if no KDC was there to judge it.
    pub(super) const fn is_vain(&self) -> bool {
        !matches!(self, Self::Client(ClientError::Kdc(_)))
    }
}
