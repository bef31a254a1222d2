//! [`SecurityLayer`]: messages in buffers of four octets of length and a Wrap token (RFC 4422 §3.7).

use core::fmt;
use portcullis::context::{MessageError, Order, Protection};
use portcullis::{Identity, SecurityContext};

/// The octets of a buffer's length.
const LENGTH: usize = 4;

/// What every octet goes through after a login that chose a layer.
///
/// It reads and writes nothing: [`SecurityLayer::wrap`] appends to a buffer that goes to the peer,
/// [`SecurityLayer::unwrap`] opens what has come from it. A layer that has refused one buffer
/// refuses all that follow: in a stream there is no way back (RFC 4752 §3.3).
pub struct SecurityLayer {
    context: SecurityContext,
    protection: Protection,
    /// The longest token that is opened.
    max_receive: usize,
    /// The longest message that one token for the peer holds.
    max_message: usize,
    broken: bool,
}

/// The longest Wrap tokens, each without the four octets of its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "there are two directions")]
pub struct MaxTokens {
    /// That we open.
    pub receive: usize,
    /// That the peer opens.
    pub send: usize,
}

/// What has come so far.
#[derive(Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a buffer is whole or it is not")]
pub enum Received<'b> {
    /// A whole buffer.
    Message {
        /// What the peer wrapped in it, where it lay.
        message: &'b [u8],
        /// The octets that are done with, counted from the beginning.
        consumed: usize,
    },
    /// The beginning of a buffer, as it came.
    Partial {
        /// The octets that are missing at least.
        missing: usize,
    },
}

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
    /// An earlier buffer was refused.
    #[error("an earlier buffer was refused")]
    Broken,
}

impl SecurityLayer {
    /// A layer over an established context. A login makes its own; this is for protocols that
    /// frame their messages likewise and agree otherwise, as PostgreSQL's GSS encryption does.
    ///
    /// # Errors
    /// [`LayerError::PeerMaximum`].
    pub fn new(
        context: SecurityContext,
        protection: Protection,
        max: MaxTokens,
    ) -> Result<Self, LayerError> {
        let max_message = max.send.checked_sub(OVERHEAD).filter(|room| *room > 0);
        Ok(Self {
            context,
            protection,
            max_receive: max.receive,
            max_message: max_message.ok_or(LayerError::PeerMaximum { limit: max.send })?,
            broken: false,
        })
    }

    /// Wraps `message` and appends it to `buffers`: as many of them as the peer's maximum asks, and
    /// none for a message without octets.
    ///
    /// # Errors
    /// [`LayerError`]; then nothing of `buffers` may be sent, and nothing more can be.
    pub fn wrap(&mut self, message: &[u8], buffers: &mut Vec<u8>) -> Result<(), LayerError> {
        self.guarded(|layer| {
            for part in message.chunks(layer.max_message) {
                let token = layer.context.wrap(part, layer.protection);
                let token = token.map_err(LayerError::Message)?;
                let length = u32::try_from(token.len()).unwrap_or(u32::MAX);
                buffers.extend_from_slice(&length.to_be_bytes());
                buffers.extend_from_slice(&token);
            }
            Ok(())
        })
    }

    /// Opens the first buffer of `octets`, which are what has come from the peer and was not
    /// consumed yet. A length that is too large is refused as soon as its four octets are there, so
    /// nobody makes room for it.
    ///
    /// # Errors
    /// [`LayerError`]; then nothing that comes can be opened any more.
    pub fn unwrap<'b>(&mut self, octets: &'b mut [u8]) -> Result<Received<'b>, LayerError> {
        self.guarded(|layer| layer.unwrap_first(octets))
    }

    fn unwrap_first<'b>(&mut self, octets: &'b mut [u8]) -> Result<Received<'b>, LayerError> {
        let available = octets.len();
        let partial = |whole: usize| Received::Partial {
            missing: whole.saturating_sub(available),
        };
        let Some((length, rest)) = octets.split_first_chunk_mut::<LENGTH>() else {
            return Ok(partial(LENGTH));
        };
        let length = self.token_length(u32::from_be_bytes(*length))?;
        let whole = LENGTH.saturating_add(length);
        let Some(token) = rest.get_mut(..length) else {
            return Ok(partial(whole));
        };
        let unwrapped = self.context.unwrap(token).map_err(LayerError::Message)?;
        if unwrapped.order != Order::InOrder {
            return Err(LayerError::Order(unwrapped.order));
        }
        let sealed = unwrapped.protection == Protection::Confidentiality;
        if self.protection == Protection::Confidentiality && !sealed {
            return Err(LayerError::NotSealed);
        }
        Ok(Received::Message {
            message: unwrapped.message,
            consumed: whole,
        })
    }

    fn token_length(&self, announced: u32) -> Result<usize, LayerError> {
        match usize::try_from(announced) {
            Ok(0) => Err(LayerError::Empty),
            Ok(length) if length <= self.max_receive => Ok(length),
            _ => Err(LayerError::TooLong {
                limit: self.max_receive,
                found: announced,
            }),
        }
    }

    fn guarded<T>(
        &mut self,
        act: impl FnOnce(&mut Self) -> Result<T, LayerError>,
    ) -> Result<T, LayerError> {
        if self.broken {
            return Err(LayerError::Broken);
        }
        let result = act(self);
        self.broken = result.is_err();
        result
    }

    /// The proven client.
    #[must_use]
    pub const fn identity(&self) -> &Identity {
        self.context.identity()
    }

    /// What is done to each message.
    #[must_use]
    pub const fn protection(&self) -> Protection {
        self.protection
    }
}

impl fmt::Debug for SecurityLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecurityLayer")
            .field("identity", self.identity())
            .field("protection", &self.protection)
            .field("max_receive", &self.max_receive)
            .field("max_message", &self.max_message)
            .field("broken", &self.broken)
            .finish_non_exhaustive()
    }
}

/// More octets than a Wrap token of any encryption type has beyond its message.
const OVERHEAD: usize = 128;
