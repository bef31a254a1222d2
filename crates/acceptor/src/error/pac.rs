//! [`PacError`]: why a PAC does not count.

use super::Blame;
use core::fmt;
use portcullis_formats::der::DecodeError;
use portcullis_formats::messages::KerberosTime;
use portcullis_formats::pac::{FileTime, PacBufferType, Sid};
use portcullis_formats::principal::Principal;
use portcullis_formats::registry::{ChecksumTypeNumber, ErrorCode};

/// Why the ticket's PAC does not count, in the order in which it meets the checks.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PacError {
    /// There is none, and one is required.
    NoPac,
    /// There are two.
    SecondPac,
    /// It is not what [MS-PAC] says it must be. The offset counts from the start of the PAC.
    Malformed(DecodeError),
    /// A buffer that must be there is not.
    NoBuffer(PacBufferType),
    /// The service's signature is not of the type that the service's key makes.
    SignatureType {
        /// The type it must have.
        expected: ChecksumTypeNumber,
        /// The type it has.
        found: ChecksumTypeNumber,
    },
    /// A signature does not verify.
    Signature(PacBufferType),
    /// None of the KDC's keys that the service was given makes signatures of this type.
    NoKdcKey {
        /// The type.
        checksum_type: ChecksumTypeNumber,
    },
    /// It was made at another login than the ticket.
    Authtime {
        /// When the client logged in, by the ticket.
        ticket: KerberosTime,
        /// By the PAC.
        pac: FileTime,
    },
    /// It was made for another client than the ticket.
    Client {
        /// Whose the ticket is.
        ticket: Box<Principal>,
        /// Whose the PAC is.
        pac: String,
    },
    /// Account or groups without the domain that they are of, or with none that can be.
    NoDomain,
    /// A buffer names another account than LOGON_INFO.
    UserSid {
        /// Which.
        buffer: PacBufferType,
        /// Whom it names.
        found: Box<Sid>,
        /// Whom LOGON_INFO names.
        user: Box<Sid>,
    },
    /// The client's realm may not vouch for an account with this SID.
    ForeignSid(Box<Sid>),
}

impl PacError {
    pub(super) const fn code(&self) -> ErrorCode {
        match self {
            Self::Signature(_) => ErrorCode::MODIFIED,
            Self::SignatureType { .. } => ErrorCode::INAPP_CKSUM,
            Self::Authtime { .. } | Self::Client { .. } | Self::UserSid { .. } => {
                ErrorCode::BADMATCH
            }
            Self::NoPac
            | Self::SecondPac
            | Self::Malformed(_)
            | Self::NoBuffer(_)
            | Self::NoKdcKey { .. }
            | Self::NoDomain
            | Self::ForeignSid(_) => ErrorCode::GENERIC,
        }
    }

    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::NoPac => "no-pac",
            _ => "pac",
        }
    }

    pub(super) const fn blame(&self) -> Blame {
        match self {
            Self::NoPac | Self::NoKdcKey { .. } | Self::ForeignSid(_) => Blame::Configuration,
            Self::SecondPac
            | Self::Malformed(_)
            | Self::NoBuffer(_)
            | Self::SignatureType { .. }
            | Self::Signature(_)
            | Self::Authtime { .. }
            | Self::Client { .. }
            | Self::NoDomain
            | Self::UserSid { .. } => Blame::Peer,
        }
    }

    pub(super) const fn remedy(&self) -> &'static str {
        match self {
            Self::NoPac => {
                "Let the KDC issue PACs for this service (in Active Directory clear NO_AUTH_DATA_REQUIRED of its account) and the client ask for one, or require it no longer."
            }
            Self::SignatureType { .. } => {
                "Let the domain controllers sign with the type of the service's key: bring their patches up to date and give the service account AES keys; if that is so, the PAC is forged."
            }
            Self::NoKdcKey { .. }
            | Self::Signature(
                PacBufferType::KDC_CHECKSUM
                | PacBufferType::FULL_CHECKSUM
                | PacBufferType::TICKET_CHECKSUM,
            ) => {
                "Give this service the present keys of krbtgt, of the realm and of its read-only domain controllers, in all encryption types; if it has them, the PAC is forged."
            }
            Self::ForeignSid(_) => {
                "Name the domain of the account in the SID filter if its realm may vouch for it; if it may not, somebody there tries to be one of your own."
            }
            Self::SecondPac
            | Self::Malformed(_)
            | Self::NoBuffer(_)
            | Self::Signature(_)
            | Self::Authtime { .. }
            | Self::Client { .. }
            | Self::NoDomain
            | Self::UserSid { .. } => {
                "The PAC was tampered with, or the KDC's software is broken: look at the client first, then at the KDC's version and patches."
            }
        }
    }
}

impl fmt::Display for PacError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPac => f.write_str("ticket without a PAC"),
            Self::SecondPac => f.write_str("ticket with two PACs"),
            Self::Malformed(error) => write!(f, "malformed PAC: {error}"),
            Self::NoBuffer(buffer) => write!(f, "PAC without {buffer}"),
            Self::SignatureType { expected, found } => write!(
                f,
                "PAC signed for the service with {found}, its key makes {expected}"
            ),
            Self::Signature(buffer) => write!(f, "PAC's {buffer} does not verify"),
            Self::NoKdcKey { checksum_type } => {
                write!(f, "no key of the KDC for a signature of {checksum_type}")
            }
            Self::Authtime { ticket, pac } => match pac.as_unix().map(KerberosTime::from_unix) {
                Some(pac) => write!(
                    f,
                    "PAC of a login at {pac}, the ticket is of one at {ticket}"
                ),
                None => write!(f, "PAC of no login, the ticket is of one at {ticket}"),
            },
            Self::Client { ticket, pac } => {
                let (pac, ticket) = (super::display::Brief(pac), super::display::Brief(ticket));
                write!(f, "PAC of {pac}, the ticket is {ticket}'s")
            }
            Self::NoDomain => f.write_str("PAC of an account or groups without a domain"),
            Self::UserSid {
                buffer,
                found,
                user,
            } => write!(
                f,
                "PAC's {buffer} names {found}, its LOGON_INFO names {user}"
            ),
            Self::ForeignSid(user) => {
                write!(f, "the client's realm may not vouch for {user}")
            }
        }
    }
}

impl core::error::Error for PacError {}
