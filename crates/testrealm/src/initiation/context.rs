//! [`InitiatorContext`]: the initiator's end of a security context (RFC 4121 §2, §4.2).

use super::{Conversation, InitiationError};
use crate::random::Octets;
use portcullis_crypto::{Key, KeyUsage};
use portcullis_formats::gss::{MicToken, TokenFlags};
use portcullis_formats::registry::EtypeNumber;
use std::sync::Arc;

/// The initiator's end of a security context.
#[derive(Debug)]
pub struct InitiatorContext {
    initiator_key: Key,
    acceptor_subkey: Option<Key>,
    pub(super) sending: u64,
    pub(super) receiving: u64,
    /// Where confounders come from.
    pub(super) random: Arc<Octets>,
}

impl InitiatorContext {
    pub(super) fn new(
        conversation: &Conversation,
        acceptor_subkey: Option<Key>,
        receiving: u32,
    ) -> Self {
        Self {
            initiator_key: conversation.base_key().clone(),
            acceptor_subkey,
            sending: conversation.sequence.into(),
            receiving: receiving.into(),
            random: conversation.random.clone(),
        }
    }

    /// The encryption type of the subkey that the acceptor proposed, if it did.
    #[must_use]
    pub fn acceptor_subkey(&self) -> Option<EtypeNumber> {
        let subkey = self.acceptor_subkey.as_ref();
        subkey.map(|key| EtypeNumber(key.enctype().number()))
    }

    /// The sequence number of our next token.
    #[must_use]
    pub const fn sending(&self) -> u64 {
        self.sending
    }

    /// The sequence number that the acceptor's next token must have.
    #[must_use]
    pub const fn receiving(&self) -> u64 {
        self.receiving
    }

    /// A MIC over `message`.
    ///
    /// # Errors
    /// [`InitiationError::NoMessageTokens`] with a key of no known kind.
    pub fn mic(&mut self, message: &[u8]) -> Result<Vec<u8>, InitiationError> {
        let token = match self.key().enctype().is_cfx() {
            true => self.make_mic(message),
            false => self.rfc1964_mic(message)?,
        };
        self.sending = self.sending.wrapping_add(1);
        Ok(token)
    }

    /// Verifies the acceptor's next MIC over `message`.
    ///
    /// # Errors
    /// [`InitiationError::Mic`] when it is not that; [`InitiationError::NoMessageTokens`] with a
    /// key of no known kind.
    pub fn verify_mic(&mut self, message: &[u8], token: &[u8]) -> Result<(), InitiationError> {
        match self.key().enctype().is_cfx() {
            true => self.verify_rfc4121_mic(message, token)?,
            false => self.verify_rfc1964_mic(message, token)?,
        }
        self.receiving = self.receiving.wrapping_add(1);
        Ok(())
    }

    fn make_mic(&self, message: &[u8]) -> Vec<u8> {
        let token = MicToken {
            flags: self.flags(),
            sequence: self.sending,
            checksum: &[],
        };
        let key = self.key().mac(KeyUsage::INITIATOR_SIGN);
        let checksum = key.checksum(&[message, &token.header()]);
        MicToken {
            checksum: checksum.as_ref(),
            ..token
        }
        .encode()
    }

    fn verify_rfc4121_mic(&self, message: &[u8], token: &[u8]) -> Result<(), InitiationError> {
        let token = MicToken::decode(token)?;
        let expected = self.expects(token.flags, token.sequence);
        let key = self.key().mac(KeyUsage::ACCEPTOR_SIGN);
        let verified = key
            .verify(&[message, &token.header()], token.checksum)
            .is_ok();
        match verified && expected {
            true => Ok(()),
            false => Err(InitiationError::Mic),
        }
    }

    /// The flags of our tokens: no direction, and whose key it is.
    pub(super) const fn flags(&self) -> TokenFlags {
        match self.acceptor_subkey {
            Some(_) => TokenFlags::ACCEPTOR_SUBKEY,
            None => TokenFlags(0),
        }
    }

    /// Whether these stand in the acceptor's next token.
    pub(super) fn expects(&self, flags: TokenFlags, sequence: u64) -> bool {
        flags.contains(TokenFlags::SENT_BY_ACCEPTOR)
            && flags.contains(TokenFlags::ACCEPTOR_SUBKEY) == self.acceptor_subkey.is_some()
            && sequence == self.receiving
    }

    /// What protects the messages of both sides (RFC 4121 §2).
    pub(super) fn key(&self) -> &Key {
        self.acceptor_subkey.as_ref().unwrap_or(&self.initiator_key)
    }
}
