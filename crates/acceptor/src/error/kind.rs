//! [`Error::kind`]: one stable word for each sort of refusal.

use super::{AuthenticatorError, Error, TicketError, Unsupported};

impl Error {
    /// One word for metrics, logs and `portcullis accept`; stable across releases.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::TooLarge(_) => "too-large",
            Self::Malformed(_) => "malformed",
            Self::Unsupported(unsupported) => unsupported.kind(),
            Self::Negotiation(_) => "negotiation",
            Self::NoKey(_) => "no-key",
            Self::Ticket(error) => error.kind(),
            Self::Authenticator(error) => error.kind(),
            Self::AuthorizationData(_) => "authorization-data",
            Self::Pac(error) => error.kind(),
            Self::Replayed { .. } => "replay",
            Self::ReplayCache(_) => "replay-cache",
            Self::Entropy => "entropy",
        }
    }
}

impl Unsupported {
    const fn kind(&self) -> &'static str {
        match self {
            Self::Ntlm => "ntlm",
            Self::NegoEx => "negoex",
            Self::Mechanism { .. } => "mechanism",
            Self::TokenId(_) | Self::BareApReq | Self::FramedDceStyle => "token",
            Self::UserToUser | Self::UserToUserRequired => "user-to-user",
            Self::Enctype { .. }
            | Self::EnctypeNotPermitted { .. }
            | Self::MessageTokens { .. } => "enctype",
        }
    }
}

impl TicketError {
    const fn kind(&self) -> &'static str {
        match self {
            Self::Integrity(_) => "wrong-key",
            Self::Malformed(_) => "malformed",
            Self::ServiceName(_) | Self::SessionKeyLength { .. } | Self::ClientName => "ticket",
            Self::Address => "address",
            Self::NotYetValid { .. } => "not-yet-valid",
            Self::Expired { .. } => "expired",
            Self::Invalid { .. } => "invalid-ticket",
            Self::Anonymous => "anonymous",
            Self::Transited(_) => "transited",
            Self::ArmorOnly => "armor-only",
        }
    }
}

impl AuthenticatorError {
    const fn kind(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "malformed",
            Self::Integrity | Self::Enctype { .. } | Self::SubkeyLength { .. } => "authenticator",
            Self::WrongClient { .. } => "wrong-client",
            Self::Skew { .. } => "skew",
            Self::StampedBeforeStart { .. } => "replay",
            Self::ChecksumType { .. } | Self::Checksum | Self::GssChecksum(_) => "checksum",
            Self::ChannelBindings(_) => "channel-bindings",
            Self::Delegation(_) => "delegation",
        }
    }
}
