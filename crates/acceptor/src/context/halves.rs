//! [`SealingHalf`] and [`OpeningHalf`]: a context's two directions, for two tasks.

use super::receiving::Receiving;
use super::sending::{self, Sending};
use super::{
    ContextKeys, Established, InPlace, Layout, MessageError, Order, Protection, SecurityContext,
    TokenLengths, Unwrapped, UnwrappedInPlace,
};
use crate::entropy::Entropy;
use crate::identity::Identity;
use core::fmt;
use std::sync::Arc;

/// A context's parts, which can go different ways.
#[non_exhaustive]
#[derive(Debug)]
pub struct Halves {
    /// The proven client.
    pub identity: Identity,
    /// Makes our tokens.
    pub sealing: SealingHalf,
    /// Reads the initiator's.
    pub opening: OpeningHalf,
}

/// The half of a [`SecurityContext`] that makes tokens.
pub struct SealingHalf {
    keys: Arc<ContextKeys>,
    entropy: Arc<dyn Entropy>,
    sending: Box<Sending>,
}

/// The half of a [`SecurityContext`] that reads tokens.
pub struct OpeningHalf {
    keys: Arc<ContextKeys>,
    receiving: Box<Receiving>,
}

impl SecurityContext {
    /// Its two directions, which need nothing of each other: for a task that sends and another one
    /// that receives.
    #[must_use]
    pub fn split(self) -> Halves {
        // Copied, and wiped where they are: what is moved out of a box stays in it, too.
        let keys = Arc::new(self.established.keys.clone());
        let Established {
            identity,
            entropy,
            sending,
            receiving,
            keys: _,
        } = *self.established;
        Halves {
            identity,
            sealing: SealingHalf {
                keys: keys.clone(),
                entropy,
                sending: Box::new(sending),
            },
            opening: OpeningHalf {
                keys,
                receiving: Box::new(receiving),
            },
        }
    }
}

impl SealingHalf {
    /// As [`SecurityContext::mic`].
    ///
    /// # Errors
    /// As there.
    pub fn mic(&mut self, message: &[u8]) -> Result<Vec<u8>, MessageError> {
        self.sending.mic(&self.keys, message)
    }

    /// As [`SecurityContext::wrap`].
    ///
    /// # Errors
    /// As there.
    pub fn wrap(
        &mut self,
        message: &[u8],
        protection: Protection,
    ) -> Result<Vec<u8>, MessageError> {
        self.sending
            .wrap(&self.keys, &*self.entropy, message, protection)
    }

    /// As [`SecurityContext::wrap_in_place`].
    ///
    /// # Errors
    /// As there.
    pub fn wrap_in_place(
        &mut self,
        token: InPlace<'_>,
        protection: Protection,
    ) -> Result<(), MessageError> {
        self.sending
            .wrap_in_place(&self.keys, &*self.entropy, token, protection)
    }

    /// As [`SecurityContext::token_lengths`].
    ///
    /// # Errors
    /// As there.
    pub fn token_lengths(
        &self,
        protection: Protection,
        layout: Layout,
    ) -> Result<TokenLengths, MessageError> {
        self.sending.token_lengths(&self.keys, protection, layout)
    }

    /// As [`SecurityContext::wrap_size_limit`].
    #[must_use]
    pub fn wrap_size_limit(&self, protection: Protection, max_token: usize) -> usize {
        sending::wrap_size_limit(&self.keys, protection, max_token)
    }
}

impl OpeningHalf {
    /// As [`SecurityContext::verify_mic`].
    ///
    /// # Errors
    /// As there.
    pub fn verify_mic(&mut self, message: &[u8], token: &[u8]) -> Result<Order, MessageError> {
        self.receiving.verify_mic(&self.keys, message, token)
    }

    /// As [`SecurityContext::unwrap`].
    ///
    /// # Errors
    /// As there.
    pub fn unwrap<'t>(&mut self, token: &'t mut [u8]) -> Result<Unwrapped<'t>, MessageError> {
        self.receiving.unwrap(&self.keys, token)
    }

    /// As [`SecurityContext::unwrap_in_place`].
    ///
    /// # Errors
    /// As there.
    pub fn unwrap_in_place(
        &mut self,
        token: InPlace<'_>,
    ) -> Result<UnwrappedInPlace, MessageError> {
        self.receiving.unwrap_in_place(&self.keys, token)
    }
}

/// Prints no key.
impl fmt::Debug for SealingHalf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealingHalf").finish_non_exhaustive()
    }
}

/// Prints no key.
impl fmt::Debug for OpeningHalf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpeningHalf").finish_non_exhaustive()
    }
}
