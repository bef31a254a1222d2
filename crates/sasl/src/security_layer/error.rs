//! [`LayerError`]: why a buffer was refused or could not be made.

use portcullis::context::{MessageError, Order};

/// Why a buffer was refused or could not be made.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LayerError {
    /// A buffer of no octets.
    #[error("buffer without a token")]
    Empty,
    /// A buffer that is longer than we agreed to.
    #[error("buffer of {found} octets, at most {limit} are taken")]
    TooLong {
        /// The bound.
        limit: usize,
        /// The length that was announced.
        found: u32,
    },
    /// The token does not verify, or cannot be made.
    #[error("{0}")]
    Message(MessageError),
    /// The token is not the next one: one is missing, or here again.
    #[error("buffer out of order: {0:?}")]
    Order(Order),
    /// The token is only signed, where messages are to be sealed.
    #[error("buffer that everybody can read, where confidentiality was agreed")]
    NotSealed,
    /// The client did not ask for messages in sequence, so that nobody would see which are missing
    /// or came twice.
    #[error("no layer for a client that asks for no messages in sequence")]
    NoSequence,
    /// The key is of RC4, under which anybody can change the numbers of messages that are only
    /// signed, and send ours back as the client's: there is a layer only if it seals, and if the
    /// client asked for mutual authentication.
    #[error("no layer with a key of RC4 unless it seals, and authentication is mutual")]
    OpenNumbers,
    /// The peer's buffers are so small that a message would be many times as long in them.
    #[error("the peer takes buffers of {limit} octets, at least {least} are needed")]
    PeerMaximum {
        /// What it takes.
        limit: usize,
        /// What a peer has to take.
        least: usize,
    },
    /// There was an error before.
    #[error("the layer has failed before")]
    Broken,
}
