//! [`Error::code`]: what the peer may be told.

use super::{AuthenticatorError, Error, NoKeyReason, TicketError, Unsupported};
use portcullis_formats::der::{DecodeError, DecodeErrorKind};
use portcullis_formats::registry::ErrorCode;

impl Error {
    /// The code of the KRB-ERROR that the peer may be told (RFC 4120 §7.5.9): no name, no number
    /// and no detail, by construction. `None` when there was no Kerberos message to answer.
    #[must_use]
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::TooLarge(_) | Self::Negotiation(_) => None,
            Self::Malformed(error) => Some(malformed(error)),
            Self::Unsupported(unsupported) => unsupported.code(),
            Self::NoKey(no_key) => Some(no_key.reason.code()),
            Self::Ticket(error) => Some(error.code()),
            Self::Authenticator(error) => Some(error.code()),
            Self::Pac(error) => Some(error.code()),
            Self::Replayed { .. } => Some(ErrorCode::REPEAT),
            Self::AuthorizationData(_) | Self::ReplayCache(_) | Self::Entropy => {
                Some(ErrorCode::GENERIC)
            }
        }
    }
}

/// The identifier octet of an AP-REQ.
const AP_REQ: u8 = 0x6e;

fn malformed(error: &DecodeError) -> ErrorCode {
    match (error.kind, error.field) {
        (
            DecodeErrorKind::UnexpectedTag {
                expected: AP_REQ, ..
            },
            "",
        ) => ErrorCode::MSG_TYPE,
        (DecodeErrorKind::Constant { .. }, "msg-type") => ErrorCode::MSG_TYPE,
        (DecodeErrorKind::Constant { .. }, "pvno" | "tkt-vno" | "authenticator-vno") => {
            ErrorCode::BADVERSION
        }
        _ => ErrorCode::GENERIC,
    }
}

impl Unsupported {
    const fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Ntlm | Self::NegoEx | Self::Mechanism { .. } => None,
            Self::TokenId(_) | Self::BareApReq => Some(ErrorCode::MSG_TYPE),
            Self::UserToUser => Some(ErrorCode::NOKEY),
            Self::UserToUserRequired => Some(ErrorCode::USER_TO_USER_REQUIRED),
            Self::FramedDceStyle
            | Self::Enctype { .. }
            | Self::EnctypeNotPermitted { .. }
            | Self::MessageTokens { .. } => Some(ErrorCode::GENERIC),
        }
    }
}

impl NoKeyReason {
    const fn code(&self) -> ErrorCode {
        match self {
            Self::NothingForExpectedService { .. } => ErrorCode::NOKEY,
            Self::OtherService { .. } | Self::Principal => ErrorCode::NOT_US,
            Self::Kvno | Self::Enctype => ErrorCode::BADKEYVER,
        }
    }
}

impl TicketError {
    const fn code(&self) -> ErrorCode {
        match self {
            Self::Integrity(_) => ErrorCode::BAD_INTEGRITY,
            Self::Address => ErrorCode::BADADDR,
            Self::NotYetValid { .. } | Self::Invalid { .. } => ErrorCode::TKT_NYV,
            Self::Expired { .. } => ErrorCode::TKT_EXPIRED,
            Self::Transited(_) => ErrorCode::ILL_CR_TKT,
            Self::ServiceName(_)
            | Self::Malformed(_)
            | Self::SessionKeyLength { .. }
            | Self::ClientName
            | Self::Anonymous
            | Self::ArmorOnly => ErrorCode::GENERIC,
        }
    }
}

impl AuthenticatorError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::Integrity => ErrorCode::BAD_INTEGRITY,
            Self::WrongClient { .. } => ErrorCode::BADMATCH,
            Self::Skew { .. } => ErrorCode::SKEW,
            Self::StampedBeforeStart { .. } => ErrorCode::REPEAT,
            Self::ChecksumType { .. } => ErrorCode::INAPP_CKSUM,
            Self::Checksum => ErrorCode::MODIFIED,
            Self::Malformed(error) => malformed(error),
            Self::Enctype { .. }
            | Self::SubkeyLength { .. }
            | Self::GssChecksum(_)
            | Self::ChannelBindings(_)
            | Self::Delegation(_) => ErrorCode::GENERIC,
        }
    }
}
