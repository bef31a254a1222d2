//! [`SecurityContext`]: a proven client, the keys that the two share, and where the sequence
//! numbers stand (RFC 4121 §2).
//!
//! What the two directions do stands in `sending.rs` and `receiving.rs`, so that a context and its
//! [`SealingHalf`] and [`OpeningHalf`] do the same.

mod export;
mod halves;
mod in_place;
mod keys;
mod message_error;
mod mic;
mod order;
mod parts;
mod prepared;
mod prf;
mod receiving;
#[cfg(feature = "legacy-enctypes")]
mod rfc1964;
mod sending;
mod wrap;

pub use export::{ExportKey, ImportError};
pub use halves::{Halves, OpeningHalf, SealingHalf};
pub use in_place::UnwrappedInPlace;
pub(crate) use keys::ContextKeys;
pub use message_error::MessageError;
pub use order::Order;
pub use parts::{InPlace, Layout, TokenLengths};
pub use prf::{PrfKey, PrfTooLong};
pub use wrap::{Protection, Unwrapped};

use crate::entropy::Entropy;
use crate::identity::Identity;
use core::fmt;
use order::{Asked, Window};
use portcullis_formats::gss::ContextFlags;
use receiving::Receiving;
use sending::Sending;
use std::sync::Arc;
use std::time::SystemTime;

/// What both sides have when the context is established.
///
/// The keys are wiped when it is dropped; [`SecurityContext::into_identity`] keeps what can be
/// kept without them.
pub struct SecurityContext {
    /// One allocation: it is moved from hand to hand while a negotiation ends.
    established: Box<Established>,
}

struct Established {
    identity: Identity,
    keys: ContextKeys,
    /// Where confounders come from.
    entropy: Arc<dyn Entropy>,
    sending: Sending,
    receiving: Receiving,
}

/// The first sequence number of each side.
pub(crate) struct FirstNumbers {
    pub(crate) ours: u32,
    pub(crate) theirs: u32,
}

impl SecurityContext {
    /// `remembered` is how many sequence numbers behind the latest are.
    pub(crate) fn new(
        identity: Identity,
        keys: ContextKeys,
        entropy: Arc<dyn Entropy>,
        first: &FirstNumbers,
        remembered: u32,
    ) -> Self {
        let bits = keys.form().sequence_bits();
        let window = Window::new(first.theirs.into(), bits, asked(&identity), remembered);
        let dce_style = identity.flags().contains(ContextFlags::DCE_STYLE);
        Self {
            established: Box::new(Established {
                identity,
                keys,
                entropy,
                sending: Sending::new(first.ours.into(), dce_style),
                receiving: Receiving::new(window, dce_style),
            }),
        }
    }

    /// The proven client.
    #[must_use]
    pub const fn identity(&self) -> &Identity {
        &self.established.identity
    }

    /// The proven client; the keys are wiped.
    #[must_use]
    pub fn into_identity(self) -> Identity {
        self.established.identity
    }

    /// Until when the ticket counts; the clock's skew is not added.
    #[must_use]
    pub fn expires_at(&self) -> SystemTime {
        self.established.identity.expires_at()
    }

    /// Whether a message that is signed and not sealed shows its number and who sent it. Under RC4
    /// it does not: there whoever sits between can write another number, and make a token of ours
    /// one of the peer's, so that order and direction are theirs to choose.
    #[must_use]
    pub fn signs_numbers(&self) -> bool {
        self.established.keys.sign_numbers()
    }

    /// A MIC over `message`.
    ///
    /// # Errors
    /// [`MessageError::Unsupported`] when keys of this kind are not compiled in.
    pub fn mic(&mut self, message: &[u8]) -> Result<Vec<u8>, MessageError> {
        let established = &mut *self.established;
        established.sending.mic(&established.keys, message)
    }

    /// Verifies the initiator's MIC over `message` and tells its place among the others. Under RC4
    /// that place, and whether the MIC is the initiator's or our own over the same message, can be
    /// changed by anybody ([`SecurityContext::signs_numbers`]).
    ///
    /// # Errors
    /// [`MessageError`]; the sequence of messages stays as it was.
    pub fn verify_mic(&mut self, message: &[u8], token: &[u8]) -> Result<Order, MessageError> {
        let established = &mut *self.established;
        established
            .receiving
            .verify_mic(&established.keys, message, token)
    }

    /// Verifies the initiator's MIC that a negotiation ends with.
    pub(crate) fn verify_first_mic(
        &mut self,
        message: &[u8],
        token: &[u8],
    ) -> Result<Order, MessageError> {
        let established = &mut *self.established;
        established
            .receiving
            .verify_first_mic(&established.keys, message, token)
    }

    /// Wraps `message` for the initiator. It is copied once.
    ///
    /// # Errors
    /// [`MessageError::Entropy`] when there is no randomness to seal with.
    pub fn wrap(
        &mut self,
        message: &[u8],
        protection: Protection,
    ) -> Result<Vec<u8>, MessageError> {
        let established = &mut *self.established;
        let (keys, entropy) = (&established.keys, &*established.entropy);
        established.sending.wrap(keys, entropy, message, protection)
    }

    /// Verifies the initiator's Wrap token and opens it where it lies. On an error the token is
    /// wiped, and the sequence of messages stays as it was.
    ///
    /// # Errors
    /// [`MessageError`].
    pub fn unwrap<'t>(&mut self, token: &'t mut [u8]) -> Result<Unwrapped<'t>, MessageError> {
        let established = &mut *self.established;
        established.receiving.unwrap(&established.keys, token)
    }

    /// The longest message whose token from [`SecurityContext::wrap`] has `max_token` octets at
    /// most; 0 also when none fits.
    #[must_use]
    pub fn wrap_size_limit(&self, protection: Protection, max_token: usize) -> usize {
        sending::wrap_size_limit(&self.established.keys, protection, max_token)
    }

    /// How many octets [`SecurityContext::wrap_in_place`] needs around a message.
    ///
    /// # Errors
    /// [`MessageError::Unsupported`] when the context's key is of RC4 or DES3.
    pub fn token_lengths(
        &self,
        protection: Protection,
        layout: Layout,
    ) -> Result<TokenLengths, MessageError> {
        let established = &*self.established;
        established
            .sending
            .token_lengths(&established.keys, protection, layout)
    }

    /// Wraps a message where it lies: no octet of it is moved.
    ///
    /// ```no_run
    /// # use portcullis::context::{InPlace, Layout, MessageError, Protection};
    /// # fn send(context: &mut portcullis::SecurityContext) -> Result<(), MessageError> {
    /// let sealed = Protection::Confidentiality;
    /// let lengths = context.token_lengths(sealed, Layout::HeaderAndTrailer)?;
    /// let mut buffer = vec![0; lengths.header];
    /// buffer.extend_from_slice(b"a message that was written to its place");
    /// let end = buffer.len();
    /// buffer.resize(end + lengths.trailer, 0);
    ///
    /// let (header, rest) = buffer.split_at_mut(lengths.header);
    /// let (message, trailer) = rest.split_at_mut(end - lengths.header);
    /// let token = InPlace { header, clear_before: &[], message, clear_after: &[], trailer };
    /// context.wrap_in_place(token, sealed)?; // the whole buffer is the token now
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`MessageError::Length`] when header or trailer are not as long as
    /// [`SecurityContext::token_lengths`] says; [`MessageError::Unsupported`] when the context's
    /// key is of RC4 or DES3; [`MessageError::Entropy`].
    pub fn wrap_in_place(
        &mut self,
        token: InPlace<'_>,
        protection: Protection,
    ) -> Result<(), MessageError> {
        let established = &mut *self.established;
        let (keys, entropy) = (&established.keys, &*established.entropy);
        established
            .sending
            .wrap_in_place(keys, entropy, token, protection)
    }

    /// Verifies an initiator's token and opens it where its message lies. On an error the message
    /// is wiped, and the sequence of messages stays as it was.
    ///
    /// # Errors
    /// [`MessageError`]: [`MessageError::Length`] when header or trailer are not as long as a token
    /// of this kind has them.
    pub fn unwrap_in_place(
        &mut self,
        token: InPlace<'_>,
    ) -> Result<UnwrappedInPlace, MessageError> {
        let established = &mut *self.established;
        established
            .receiving
            .unwrap_in_place(&established.keys, token)
    }

    /// The first sequence number of our tokens: what the third leg of DCE style repeats.
    pub(crate) const fn next_sequence(&self) -> u64 {
        self.established.sending.next_sequence()
    }
}

fn asked(identity: &Identity) -> Asked {
    Asked {
        replay: identity.flags().contains(ContextFlags::REPLAY),
        sequence: identity.flags().contains(ContextFlags::SEQUENCE),
    }
}

impl fmt::Debug for SecurityContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecurityContext")
            .field("identity", &self.established.identity)
            .finish_non_exhaustive()
    }
}
