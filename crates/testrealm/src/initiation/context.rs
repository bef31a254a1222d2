//! [`InitiatorContext`]: the initiator's end of a security context (RFC 4121 §2, §4.2).

use super::InitiationError;
use portcullis_crypto::{Key, KeyUsage};
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
    /// [`InitiationError::NoMessageTokens`] with a key of RC4 or DES3.
    pub fn mic(&mut self, message: &[u8]) -> Result<Vec<u8>, InitiationError> {
        let key = self.key()?;
        let flags = match self.acceptor_subkey {
            Some(_) => TokenFlags::ACCEPTOR_SUBKEY,
            None => TokenFlags(0),
        };
        let token = MicToken {
            flags,
            sequence: self.sending,
            checksum: &[],
        };
        let checksum = key
            .mac(KeyUsage::INITIATOR_SIGN)
            .checksum(&[message, &token.header()]);
        self.sending = self.sending.wrapping_add(1);
        Ok(MicToken {
            checksum: checksum.as_ref(),
            ..token
        }
        .encode())
    }

    /// Verifies the acceptor's next MIC over `message`.
    ///
    /// # Errors
    /// [`InitiationError::Mic`] when it is not that; [`InitiationError::NoMessageTokens`] with a
    /// key of RC4 or DES3.
    pub fn verify_mic(&mut self, message: &[u8], token: &[u8]) -> Result<(), InitiationError> {
        let key = self.key()?;
        let token = MicToken::decode(token)?;
        let subkey = token.flags.contains(TokenFlags::ACCEPTOR_SUBKEY);
        let expected = token.flags.contains(TokenFlags::SENT_BY_ACCEPTOR)
            && subkey == self.acceptor_subkey.is_some()
            && token.sequence == self.receiving;
        key.mac(KeyUsage::ACCEPTOR_SIGN)
            .verify(&[message, &token.header()], token.checksum)
            .ok()
            .filter(|()| expected)
            .ok_or(InitiationError::Mic)?;
        self.receiving = self.receiving.wrapping_add(1);
        Ok(())
    }

    fn key(&self) -> Result<&Key, InitiationError> {
        let key = self.acceptor_subkey.as_ref().unwrap_or(&self.initiator_key);
        match key.enctype().is_cfx() {
            true => Ok(key),
            false => Err(InitiationError::NoMessageTokens),
        }
    }
}
