//! [`WrappingHalf`]: from messages to buffers.

use super::{LENGTH, LayerError};
use portcullis::context::{Protection, SealingHalf};

/// The longest token that a peer has to take at least. No enctype adds more than 72 octets to a
/// message, so that nothing becomes half as long again.
const LEAST_TOKEN: usize = 256;

/// The half of a [`SecurityLayer`](super::SecurityLayer) for what goes to the peer.
#[derive(Debug)]
pub struct WrappingHalf {
    sealing: SealingHalf,
    protection: Protection,
    /// The longest message that one token for the peer holds.
    max_message: usize,
    broken: bool,
}

impl WrappingHalf {
    /// RFC 4752 §3.3: what the peer announced bounds the token, so the message has less.
    ///
    /// A peer that takes hardly more than a token of no octets would make us send an answer many
    /// times as long as it is.
    pub(super) fn new(
        sealing: SealingHalf,
        protection: Protection,
        max_token: usize,
    ) -> Result<Self, LayerError> {
        if max_token < LEAST_TOKEN {
            return Err(LayerError::PeerMaximum {
                limit: max_token,
                least: LEAST_TOKEN,
            });
        }
        Ok(Self {
            max_message: sealing.wrap_size_limit(protection, max_token),
            sealing,
            protection,
            broken: false,
        })
    }

    /// As [`SecurityLayer::wrap`](super::SecurityLayer::wrap).
    ///
    /// # Errors
    /// As there.
    pub fn wrap(&mut self, message: &[u8], buffers: &mut Vec<u8>) -> Result<(), LayerError> {
        if self.broken {
            return Err(LayerError::Broken);
        }
        let before = buffers.len();
        let wrapped = self.wrap_parts(message, buffers);
        if wrapped.is_err() {
            buffers.truncate(before);
            self.broken = true;
        }
        wrapped
    }

    fn wrap_parts(&mut self, message: &[u8], buffers: &mut Vec<u8>) -> Result<(), LayerError> {
        for part in message.chunks(self.max_message) {
            let token = self.sealing.wrap(part, self.protection);
            let token = token.map_err(LayerError::Message)?;
            let length: [u8; LENGTH] = u32::try_from(token.len())
                .unwrap_or(u32::MAX) // the peer's maximum is less
                .to_be_bytes();
            buffers.extend_from_slice(&length);
            buffers.extend_from_slice(&token);
        }
        Ok(())
    }

    /// What is done to each message.
    #[must_use]
    pub const fn protection(&self) -> Protection {
        self.protection
    }
}
