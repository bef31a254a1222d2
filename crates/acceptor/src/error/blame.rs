//! [`Blame`]: who has to act.

use super::{AuthenticatorError, Error, TicketError, Unsupported};
use crate::channel_bindings::BindingsMismatch;

/// Who has to act, for logs and alerts.
///
/// Anybody can cause any of the three at will, but for `Environment`: a stranger's ticket, or none,
/// looks like a service that lacks a key. Alert on rates, not on single ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "there is nobody else")]
pub enum Blame {
    /// The peer sent something wrong.
    Peer,
    /// The service, its keytab, its account or the client's settings want mending.
    Configuration,
    /// A clock, a store or the machine.
    Environment,
}

impl Blame {
    /// `peer`, `configuration` or `environment`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Peer => "peer",
            Self::Configuration => "configuration",
            Self::Environment => "environment",
        }
    }
}

impl Error {
    /// Who has to act.
    #[must_use]
    pub const fn blame(&self) -> Blame {
        match self {
            Self::TooLarge(_)
            | Self::Malformed(_)
            | Self::Negotiation(_)
            | Self::AuthorizationData(_)
            | Self::Replayed { .. } => Blame::Peer,
            Self::Unsupported(unsupported) => unsupported.blame(),
            Self::NoKey(_) => Blame::Configuration,
            Self::Ticket(error) => error.blame(),
            Self::Authenticator(error) => error.blame(),
            Self::Pac(error) => error.blame(),
            Self::ReplayCache(_) | Self::Entropy => Blame::Environment,
        }
    }
}

impl Unsupported {
    const fn blame(&self) -> Blame {
        match self {
            Self::TokenId(_)
            | Self::BareApReq
            | Self::FramedDceStyle
            | Self::UserToUser
            | Self::UserToUserRequired => Blame::Peer,
            // The client has no ticket for us, or a ticket of a kind that nobody wants any more.
            Self::Ntlm
            | Self::NegoEx
            | Self::Mechanism { .. }
            | Self::Enctype { .. }
            | Self::EnctypeNotPermitted { .. }
            | Self::MessageTokens { .. } => Blame::Configuration,
        }
    }
}

impl TicketError {
    const fn blame(&self) -> Blame {
        match self {
            Self::Integrity(_) | Self::Transited(_) => Blame::Configuration,
            Self::NotYetValid { .. } => Blame::Environment,
            Self::ServiceName(_)
            | Self::Malformed(_)
            | Self::SessionKeyLength { .. }
            | Self::ClientName
            | Self::Address
            | Self::Expired { .. }
            | Self::Invalid { .. }
            | Self::Anonymous
            | Self::ArmorOnly => Blame::Peer,
        }
    }
}

impl AuthenticatorError {
    const fn blame(&self) -> Blame {
        match self {
            Self::Skew { .. } => Blame::Environment,
            Self::ChannelBindings(BindingsMismatch::NoneOfOurOwn) => Blame::Configuration,
            Self::Integrity
            | Self::Malformed(_)
            | Self::Enctype { .. }
            | Self::WrongClient { .. }
            | Self::StampedBeforeStart { .. }
            | Self::SubkeyLength { .. }
            | Self::ChecksumType { .. }
            | Self::Checksum
            | Self::GssChecksum(_)
            | Self::ChannelBindings(_)
            | Self::Delegation(_) => Blame::Peer,
        }
    }
}
