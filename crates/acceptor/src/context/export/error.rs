//! [`ImportError`]: why octets are no context.

use crate::error::PacError;
use core::fmt;
use portcullis_formats::der::DecodeError;
use portcullis_formats::principal::Principal;
use portcullis_formats::registry::EtypeNumber;

/// Why octets are no context that was exported with this key.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportError {
    /// They are more than a context has.
    TooLong {
        /// The most that are read.
        limit: usize,
        /// How many they are.
        found: usize,
    },
    /// They do not begin as an exported context does.
    NotExported,
    /// A context of another version of this library.
    Version {
        /// The format's version.
        found: u8,
    },
    /// They were exported with another key, or changed since.
    Integrity,
    /// What the key seals is no context.
    Malformed(DecodeError),
    /// The ticket, or a key of the context, is of an encryption type that is not permitted here.
    EnctypeNotPermitted(EtypeNumber),
    /// It is of a service that is not expected here.
    Service(Box<Principal>),
    /// The client's PAC does not count here, or it has none.
    Pac(PacError),
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { limit, found } => {
                write!(
                    f,
                    "exported context of {found} octets, at most {limit} are read"
                )
            }
            Self::NotExported => f.write_str("no exported context"),
            Self::Version { found } => {
                write!(f, "exported context of version {found}, 1 is wanted")
            }
            Self::Integrity => f.write_str("exported context does not verify with this key"),
            Self::Malformed(error) => error.fmt(f),
            Self::EnctypeNotPermitted(etype) => {
                write!(
                    f,
                    "exported context with a key of {etype}, which is not permitted"
                )
            }
            Self::Service(service) => {
                write!(f, "exported context of {service}, which is not expected")
            }
            Self::Pac(error) => write!(f, "exported context: {error}"),
        }
    }
}

impl core::error::Error for ImportError {}
