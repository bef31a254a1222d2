//! [`LayerError`]: why a buffer was refused or could not be made.

use portcullis::context::{MessageError, Order};

/// Why a buffer was refused or could not be made.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
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
    /// The peer's buffers are too small for any message.
    #[error("the peer takes buffers of {limit} octets, too small for a message")]
    PeerMaximum {
        /// What it takes.
        limit: usize,
    },
    /// There was an error before.
    #[error("the layer has failed before")]
    Broken,
}
