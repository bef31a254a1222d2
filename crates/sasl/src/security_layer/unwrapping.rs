//! [`UnwrappingHalf`]: from buffers to messages.

use super::{LENGTH, LayerError};
use portcullis::context::{OpeningHalf, Order, Protection};

/// The half of a [`SecurityLayer`](super::SecurityLayer) for what comes from the peer.
#[derive(Debug)]
pub struct UnwrappingHalf {
    opening: OpeningHalf,
    protection: Protection,
    /// The longest token that is opened.
    max_token: usize,
    broken: bool,
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

impl UnwrappingHalf {
    pub(super) const fn new(
        opening: OpeningHalf,
        protection: Protection,
        max_token: usize,
    ) -> Self {
        Self {
            opening,
            protection,
            max_token,
            broken: false,
        }
    }

    /// As [`SecurityLayer::unwrap`](super::SecurityLayer::unwrap).
    ///
    /// # Errors
    /// As there.
    pub fn unwrap<'b>(&mut self, octets: &'b mut [u8]) -> Result<Received<'b>, LayerError> {
        if self.broken {
            return Err(LayerError::Broken);
        }
        let received = self.unwrap_first(octets);
        self.broken = received.is_err();
        received
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
        Ok(Received::Message {
            message: self.open(token)?,
            consumed: whole,
        })
    }

    fn token_length(&self, announced: u32) -> Result<usize, LayerError> {
        match usize::try_from(announced) {
            Ok(0) => Err(LayerError::Empty),
            Ok(length) if length <= self.max_token => Ok(length),
            _ => Err(LayerError::TooLong {
                limit: self.max_token,
                found: announced,
            }),
        }
    }

    /// RFC 4752 §3.3: any status of GSS_Unwrap but GSS_S_COMPLETE is fatal, and a token out of order
    /// has another. A peer may send more protection than was agreed, never less.
    fn open<'t>(&mut self, token: &'t mut [u8]) -> Result<&'t [u8], LayerError> {
        let unwrapped = self.opening.unwrap(token).map_err(LayerError::Message)?;
        if unwrapped.order != Order::InOrder {
            return Err(LayerError::Order(unwrapped.order));
        }
        let sealed = unwrapped.protection == Protection::Confidentiality;
        match self.protection == Protection::Confidentiality && !sealed {
            true => Err(LayerError::NotSealed),
            false => Ok(unwrapped.message),
        }
    }
}
