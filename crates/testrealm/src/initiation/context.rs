//! [`InitiatorContext`]: the initiator's end of a security context (RFC 4121 §2, §4.2).

use super::{InitiationError, rc4_mic};
use portcullis_crypto::{Enctype, Key, KeyUsage};
use portcullis_formats::gss::{MicToken, TokenFlags};
use portcullis_formats::registry::EtypeNumber;

/// The initiator's end of a security context.
#[derive(Debug)]
pub struct InitiatorContext {
    initiator_key: Key,
    acceptor_subkey: Option<Key>,
    sending: u64,
    receiving: u64,
}

impl InitiatorContext {
    pub(super) fn new(
        initiator_key: Key,
        acceptor_subkey: Option<Key>,
        sending: u32,
        receiving: u32,
    ) -> Self {
        Self {
            initiator_key,
            acceptor_subkey,
            sending: sending.into(),
            receiving: receiving.into(),
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
    /// [`InitiationError::NoMessageTokens`] with a key of DES3.
    pub fn mic(&mut self, message: &[u8]) -> Result<Vec<u8>, InitiationError> {
        let token = match self.key().enctype() {
            Enctype::Rc4Hmac => rc4_mic::make(self.key(), self.sending, message)?,
            enctype if enctype.is_cfx() => self.make_mic(message),
            _ => return Err(InitiationError::NoMessageTokens),
        };
        self.sending = self.sending.wrapping_add(1);
        Ok(token)
    }

    /// Verifies the acceptor's next MIC over `message`.
    ///
    /// # Errors
    /// [`InitiationError::Mic`] when it is not that; [`InitiationError::NoMessageTokens`] with a
    /// key of DES3.
    pub fn verify_mic(&mut self, message: &[u8], token: &[u8]) -> Result<(), InitiationError> {
        match self.key().enctype() {
            Enctype::Rc4Hmac => rc4_mic::verify(self.key(), self.receiving, message, token)?,
            enctype if enctype.is_cfx() => self.verify_rfc4121_mic(message, token)?,
            _ => return Err(InitiationError::NoMessageTokens),
        }
        self.receiving = self.receiving.wrapping_add(1);
        Ok(())
    }

    fn make_mic(&self, message: &[u8]) -> Vec<u8> {
        let flags = match self.acceptor_subkey {
            Some(_) => TokenFlags::ACCEPTOR_SUBKEY,
            None => TokenFlags(0),
        };
        let token = MicToken {
            flags,
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
        let subkey = token.flags.contains(TokenFlags::ACCEPTOR_SUBKEY);
        let expected = token.flags.contains(TokenFlags::SENT_BY_ACCEPTOR)
            && subkey == self.acceptor_subkey.is_some()
            && token.sequence == self.receiving;
        let key = self.key().mac(KeyUsage::ACCEPTOR_SIGN);
        let verified = key
            .verify(&[message, &token.header()], token.checksum)
            .is_ok();
        match verified && expected {
            true => Ok(()),
            false => Err(InitiationError::Mic),
        }
    }

    fn key(&self) -> &Key {
        self.acceptor_subkey.as_ref().unwrap_or(&self.initiator_key)
    }
}
