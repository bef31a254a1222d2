//! [`Sending`]: our own tokens, each of which takes the next sequence number.

use super::prepared::{Form, Prepared, Usages};
#[cfg(feature = "legacy-enctypes")]
use super::rfc1964;
use super::{ContextKeys, MessageError, Protection, mic, wrap};
use crate::entropy::Entropy;

/// Where our half of the conversation stands.
pub(super) struct Sending {
    next_sequence: u64,
    prepared: Prepared,
    /// What is wrapped in place has filler then, which Windows expects.
    pub(super) dce_style: bool,
}

impl Sending {
    pub(super) const fn new(next_sequence: u64, dce_style: bool) -> Self {
        Self {
            next_sequence,
            prepared: Prepared::new(Usages::ACCEPTOR),
            dce_style,
        }
    }

    /// The number of our next token.
    pub(super) const fn next_sequence(&self) -> u64 {
        self.next_sequence
    }

    pub(super) fn mic(
        &mut self,
        keys: &ContextKeys,
        message: &[u8],
    ) -> Result<Vec<u8>, MessageError> {
        self.numbered(keys, |prepared, number| match keys.form() {
            Form::Rfc4121 => Ok(mic::make(
                prepared.mic(keys.sending()),
                keys,
                number,
                message,
            )),
            #[cfg(feature = "legacy-enctypes")]
            Form::Rfc1964 => rfc1964::mic(prepared, keys.sending(), number, message),
        })
    }

    pub(super) fn wrap(
        &mut self,
        keys: &ContextKeys,
        entropy: &dyn Entropy,
        message: &[u8],
        protection: Protection,
    ) -> Result<Vec<u8>, MessageError> {
        self.numbered(keys, |prepared, number| match keys.form() {
            Form::Rfc4121 => wrap::wrap(prepared, keys, number, entropy, message, protection),
            #[cfg(feature = "legacy-enctypes")]
            Form::Rfc1964 => rfc1964::wrap(
                prepared,
                keys.sending(),
                number,
                entropy,
                message,
                protection,
            ),
        })
    }

    /// A token takes a number when it is made, not when it is not.
    pub(super) fn numbered<T>(
        &mut self,
        keys: &ContextKeys,
        make: impl FnOnce(&mut Prepared, u64) -> Result<T, MessageError>,
    ) -> Result<T, MessageError> {
        let token = make(&mut self.prepared, self.next_sequence)?;
        self.next_sequence = self.next_sequence.wrapping_add(1) & keys.form().sequence_bits();
        Ok(token)
    }
}

/// The longest message whose token has `most` octets at most.
pub(super) fn wrap_size_limit(keys: &ContextKeys, protection: Protection, most: usize) -> usize {
    let key = keys.sending();
    match keys.form() {
        Form::Rfc4121 => most.saturating_sub(wrap::overhead(key.enctype(), protection)),
        #[cfg(feature = "legacy-enctypes")]
        Form::Rfc1964 => rfc1964::longest_message(key, most),
    }
}
