//! [`InitiationError`]: why an initiator does not believe the acceptor.

use portcullis_formats::der::DecodeError;
use portcullis_formats::messages::KerberosTime;
use portcullis_formats::registry::ErrorCode;

/// Why an initiator does not believe the acceptor, or what the acceptor refused it with.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InitiationError {
    /// The acceptor refuses with a KRB-ERROR.
    #[error("refused: {code}, at {stime}")]
    Refused {
        /// Its code.
        code: ErrorCode,
        /// The acceptor's time.
        stime: KerberosTime,
    },
    /// The acceptor refuses in SPNEGO, without a KRB-ERROR.
    #[error("the negotiation is refused")]
    Rejected,
    /// The answer is not what the protocol says it must be.
    #[error("malformed answer: {0}")]
    Malformed(DecodeError),
    /// The acceptor does not prove itself.
    #[error("no answer where one is due")]
    NoAnswer,
    /// An answer where none is due, or another than the one that is.
    #[error("not the answer that is due")]
    Unexpected,
    /// Another token is due.
    #[error("the conversation is not finished")]
    NotFinished,
    /// The answer is that of another mechanism than the token's.
    #[error("answer of another mechanism")]
    OtherMechanism,
    /// The AP-REP is not sealed with the session key, or says that it is not.
    #[error("AP-REP of another key")]
    OtherKey,
    /// The session key does not open the AP-REP.
    #[error("the session key does not open the AP-REP")]
    Integrity,
    /// The AP-REP does not repeat the authenticator's time.
    #[error("AP-REP to another authenticator")]
    OtherTime,
    /// The AP-REP has no sequence number, which RFC 4121 §2 wants.
    #[error("AP-REP without sequence number")]
    NoSequence,
    /// The AP-REP proposes something that is no key.
    #[error("AP-REP with an unusable subkey")]
    Subkey,
    /// A MIC is due and missing.
    #[error("MIC is due and missing")]
    NoMic,
    /// A MIC does not verify, or is not the next one of the acceptor's.
    #[error("MIC does not verify")]
    Mic,
    /// A wrapped message does not verify, or is not the next one of the acceptor's.
    #[error("wrapped message does not verify")]
    Wrap,
    /// There are no message tokens with a key of DES3 here.
    #[error("no message tokens with a key of DES3")]
    NoMessageTokens,
}

impl From<DecodeError> for InitiationError {
    fn from(error: DecodeError) -> Self {
        Self::Malformed(error)
    }
}
