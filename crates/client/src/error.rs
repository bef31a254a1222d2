//! [`ClientError`]: why a client has no ticket.

use portcullis::Principal;
use portcullis::entropy::EntropyError;
use portcullis_formats::ccache::CcacheError;
use portcullis_formats::der::DecodeError;
use portcullis_formats::keytab::KeytabError;
use portcullis_formats::registry::ErrorCode;
use std::io;

/// Why a client has no ticket.
#[non_exhaustive]
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The octets are no keytab.
    #[error("{0}")]
    Keytab(KeytabError),
    /// The octets are no credential cache.
    #[error("{0}")]
    Ccache(CcacheError),
    /// The client has no ticket for this service that counts now.
    #[error("no ticket for {0}")]
    NoTicket(Principal),
    /// The client has no ticket-granting ticket, and neither a password nor a key to get one with.
    #[error("no password and no key of {0} that fits")]
    NoSecret(Principal),
    /// The KDC cannot be asked.
    #[error("KDC: {0}")]
    Kdc(io::Error),
    /// The KDC refuses with a KRB-ERROR.
    #[error("the KDC refuses: {code} {text}")]
    Refused {
        /// Its code.
        code: ErrorCode,
        /// Its text, often empty.
        text: String,
    },
    /// The answer is not what the protocol says it must be.
    #[error("malformed answer of the KDC: {0}")]
    Malformed(DecodeError),
    /// The answer is sealed with another key than the one that is due, or says that it is.
    #[error("the client's key does not open the KDC's answer")]
    Integrity,
    /// The answer is one to another request: this is different.
    #[error("the KDC's answer has another {0}")]
    OtherAnswer(&'static str),
    /// There was no randomness.
    #[error("{0}")]
    Entropy(EntropyError),
    /// The realms refer the client from one to the next without end.
    #[error("referred in circles")]
    Referrals,
}

impl From<EntropyError> for ClientError {
    fn from(error: EntropyError) -> Self {
        Self::Entropy(error)
    }
}

impl From<DecodeError> for ClientError {
    fn from(error: DecodeError) -> Self {
        Self::Malformed(error)
    }
}

impl From<CcacheError> for ClientError {
    fn from(error: CcacheError) -> Self {
        Self::Ccache(error)
    }
}

impl From<KeytabError> for ClientError {
    fn from(error: KeytabError) -> Self {
        Self::Keytab(error)
    }
}
