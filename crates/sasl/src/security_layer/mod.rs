//! [`SecurityLayer`]: messages in buffers of four octets of length and a Wrap token (RFC 4422 §3.7).

mod error;
mod unwrapping;
mod wrapping;

pub use error::LayerError;
pub use unwrapping::{Received, UnwrappingHalf};
pub use wrapping::WrappingHalf;

use portcullis::context::Protection;
use portcullis::formats::gss::ContextFlags;
use portcullis::{Identity, SecurityContext};

/// The octets of a buffer's length.
const LENGTH: usize = 4;

/// What every octet goes through after a login that chose a layer.
///
/// It reads and writes nothing: [`SecurityLayer::wrap`] appends to what goes to the peer,
/// [`SecurityLayer::unwrap`] opens what has come from it. A direction that has refused once refuses
/// from then on: in a stream there is no way back (RFC 4752 §3.3).
#[derive(Debug)]
pub struct SecurityLayer {
    /// One allocation: it is moved from hand to hand while a login ends.
    halves: Box<LayerHalves>,
}

/// A layer's parts, which can go different ways.
#[non_exhaustive]
#[derive(Debug)]
pub struct LayerHalves {
    /// The proven client.
    pub identity: Identity,
    /// For what goes to the peer.
    pub wrapping: WrappingHalf,
    /// For what comes from it.
    pub unwrapping: UnwrappingHalf,
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

impl SecurityLayer {
    /// A layer over an established context. A login makes its own; this is for protocols that
    /// frame their messages likewise and agree otherwise, as PostgreSQL's GSS encryption does.
    /// Look whether the client asked for mutual authentication
    /// ([`ContextFlags::MUTUAL`]): without it all that it sent can be sent again, to another
    /// server with the same key.
    ///
    /// # Errors
    /// [`LayerError::NoSequence`], [`LayerError::OpenNumbers`], [`LayerError::PeerMaximum`].
    pub fn new(
        context: SecurityContext,
        protection: Protection,
        max: MaxTokens,
    ) -> Result<Self, LayerError> {
        let flags = context.identity().flags();
        if !flags.contains(ContextFlags::SEQUENCE) {
            return Err(LayerError::NoSequence);
        }
        // What is sealed keeps its number; without mutual authentication ours are the client's.
        let kept =
            protection == Protection::Confidentiality && flags.contains(ContextFlags::MUTUAL);
        if !kept && !context.signs_numbers() {
            return Err(LayerError::OpenNumbers);
        }
        let halves = context.split();
        Ok(Self {
            halves: Box::new(LayerHalves {
                identity: halves.identity,
                wrapping: WrappingHalf::new(halves.sealing, protection, max.send)?,
                unwrapping: UnwrappingHalf::new(halves.opening, protection, max.receive),
            }),
        })
    }

    /// Wraps `message` and appends it to `buffers`: as many of them as the peer's maximum asks, and
    /// none for a message without octets.
    ///
    /// # Errors
    /// [`LayerError`]; `buffers` are what they were, and nothing more can be sent.
    pub fn wrap(&mut self, message: &[u8], buffers: &mut Vec<u8>) -> Result<(), LayerError> {
        self.halves.wrapping.wrap(message, buffers)
    }

    /// Opens the first buffer of `octets`, which are what has come from the peer and was not
    /// consumed yet. A length that is too large is refused as soon as its four octets are there, so
    /// nobody makes room for it.
    ///
    /// ```no_run
    /// # use portcullis_sasl::{LayerError, Received, SecurityLayer};
    /// # fn open(layer: &mut SecurityLayer, mut arrived: Vec<u8>) -> Result<Vec<u8>, LayerError> {
    /// let mut clear = Vec::new();
    /// while let Received::Message { message, consumed } = layer.unwrap(&mut arrived)? {
    ///     clear.extend_from_slice(message);
    ///     arrived.drain(..consumed);
    /// }
    /// // What is left in `arrived` is the beginning of a buffer: read more behind it.
    /// # Ok(clear)
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`LayerError`]; nothing that comes can be opened any more.
    pub fn unwrap<'b>(&mut self, octets: &'b mut [u8]) -> Result<Received<'b>, LayerError> {
        self.halves.unwrapping.unwrap(octets)
    }

    /// Its two directions, which need nothing of each other: for a task that sends and another one
    /// that receives.
    #[must_use]
    pub fn split(self) -> LayerHalves {
        *self.halves
    }

    /// The proven client.
    #[must_use]
    pub const fn identity(&self) -> &Identity {
        &self.halves.identity
    }

    /// What is done to each message.
    #[must_use]
    pub const fn protection(&self) -> Protection {
        self.halves.wrapping.protection()
    }
}
