//! [`Receiving`]: the initiator's tokens, each of which has its place among the others.

use super::keys::Proposer;
use super::order::Window;
use super::prepared::{Form, Prepared, Usages};
#[cfg(feature = "legacy-enctypes")]
use super::rfc1964;
use super::{ContextKeys, MessageError, Order, Unwrapped, mic, wrap};
use portcullis_crypto::Key;
use portcullis_formats::der::DecodeError;
use portcullis_formats::gss::{InitialContextToken, TokenFlags, TokenId};

/// Where the initiator's half of the conversation stands.
pub(super) struct Receiving {
    pub(super) window: Window,
    from_initiator: Prepared,
    from_acceptor: Prepared,
    pub(super) dce_style: bool,
}

impl Receiving {
    pub(super) const fn new(window: Window, dce_style: bool) -> Self {
        Self {
            window,
            from_initiator: Prepared::new(Usages::INITIATOR),
            from_acceptor: Prepared::new(Usages::INITIATOR),
            dce_style,
        }
    }

    pub(super) fn verify_mic(
        &mut self,
        keys: &ContextKeys,
        message: &[u8],
        token: &[u8],
    ) -> Result<Order, MessageError> {
        let number = self.number_of_mic(keys, message, token)?;
        Ok(self.window.note(number))
    }

    /// Verifies the initiator's first MIC. Where numbers are not signed, the one that is due is all
    /// that tells it from a MIC of ours over the same message: both have the same checksum.
    pub(super) fn verify_first_mic(
        &mut self,
        keys: &ContextKeys,
        message: &[u8],
        token: &[u8],
    ) -> Result<Order, MessageError> {
        let number = self.number_of_mic(keys, message, token)?;
        match keys.sign_numbers() || number == self.window.due() {
            true => Ok(self.window.note(number)),
            false => Err(MessageError::Direction),
        }
    }

    fn number_of_mic(
        &mut self,
        keys: &ContextKeys,
        message: &[u8],
        token: &[u8],
    ) -> Result<u64, MessageError> {
        match keys.form() {
            Form::Rfc4121 => mic::verify(self, keys, message, token),
            #[cfg(feature = "legacy-enctypes")]
            Form::Rfc1964 => {
                rfc1964::verify_mic(&mut self.from_initiator, keys.sending(), message, token)
            }
        }
    }

    /// Whatever is wrong, no octet of the token can be used afterwards.
    pub(super) fn unwrap<'t>(
        &mut self,
        keys: &ContextKeys,
        token: &'t mut [u8],
    ) -> Result<Unwrapped<'t>, MessageError> {
        let opened = match keys.form() {
            Form::Rfc4121 => wrap::unwrap(self, keys, token),
            #[cfg(feature = "legacy-enctypes")]
            Form::Rfc1964 => rfc1964::unwrap(&mut self.from_initiator, keys.sending(), token),
        };
        let opened = opened.inspect_err(|_| token.fill(0))?;
        Ok(Unwrapped {
            message: token.get(opened.message).ok_or(MessageError::Header)?,
            protection: opened.protection,
            order: self.window.note(opened.number),
        })
    }

    /// The key that an initiator's token of RFC 4121 with these flags was made with, and what was
    /// derived from it.
    pub(super) fn rfc4121<'k>(
        &mut self,
        keys: &'k ContextKeys,
        flags: TokenFlags,
    ) -> Result<(&mut Prepared, &'k Key), MessageError> {
        let (proposer, key) = keys.receiving(flags)?;
        let prepared = match proposer {
            Proposer::Initiator => &mut self.from_initiator,
            Proposer::Acceptor => &mut self.from_acceptor,
        };
        Ok((prepared, key))
    }
}

/// Why `token`, which is none that was due, is refused.
pub(super) fn refusal(token: &[u8], error: DecodeError) -> MessageError {
    let inner = InitialContextToken::decode(token).map_or(token, |framed| framed.inner);
    let id = inner.first_chunk().map(|id| TokenId(*id));
    match id {
        Some(TokenId::RFC1964_DELETE | TokenId::DELETE) => MessageError::ContextDeletion,
        _ => MessageError::Malformed(error),
    }
}
