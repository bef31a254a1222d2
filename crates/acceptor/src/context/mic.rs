//! MIC tokens (RFC 4121 §4.2.6.1).

use super::{Order, SecurityContext};
use core::fmt;
use portcullis_crypto::{Key, KeyUsage};
use portcullis_formats::der::DecodeError;
use portcullis_formats::gss::{MicToken, TokenFlags};
use portcullis_formats::registry::EtypeNumber;

/// Why a per-message token was refused or could not be made.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageError {
    /// It is no token of the kind that is due.
    Malformed(DecodeError),
    /// It was sent by an acceptor: one of ours, come back.
    Direction,
    /// It claims a subkey that we never proposed.
    NoSubkey,
    /// It does not verify.
    Integrity,
    /// A key of this encryption type makes no such tokens here.
    Unsupported(EtypeNumber),
}

impl SecurityContext {
    /// A MIC over `message`.
    ///
    /// # Errors
    /// [`MessageError::Unsupported`] when the context's key is of RC4 or DES3.
    pub fn mic(&mut self, message: &[u8]) -> Result<Vec<u8>, MessageError> {
        let key = cfx(self.established.keys.sending())?;
        let subkey = if self.established.keys.has_acceptor_subkey() {
            TokenFlags::ACCEPTOR_SUBKEY.0
        } else {
            0
        };
        let flags = TokenFlags(TokenFlags::SENT_BY_ACCEPTOR.0 | subkey);
        let token = MicToken {
            flags,
            sequence: self.established.next_sequence,
            checksum: &[],
        };
        let checksum = key
            .mac(KeyUsage::ACCEPTOR_SIGN)
            .checksum(&[message, &token.header()]);
        self.established.next_sequence = self.established.next_sequence.wrapping_add(1);
        Ok(MicToken {
            checksum: checksum.as_ref(),
            ..token
        }
        .encode())
    }

    /// Verifies the initiator's MIC over `message` and tells its place among the others.
    ///
    /// # Errors
    /// [`MessageError`]; the sequence of messages stays as it was.
    pub fn verify_mic(&mut self, message: &[u8], token: &[u8]) -> Result<Order, MessageError> {
        let token = MicToken::decode(token).map_err(MessageError::Malformed)?;
        if token.flags.contains(TokenFlags::SENT_BY_ACCEPTOR) {
            return Err(MessageError::Direction);
        }
        let acceptor_subkey = token.flags.contains(TokenFlags::ACCEPTOR_SUBKEY);
        let key = self
            .established
            .keys
            .receiving(acceptor_subkey)
            .ok_or(MessageError::NoSubkey)?;
        cfx(key)?
            .mac(KeyUsage::INITIATOR_SIGN)
            .verify(&[message, &token.header()], token.checksum)
            .map_err(|_| MessageError::Integrity)?;
        Ok(self.established.received.note(token.sequence))
    }
}

fn cfx(key: &Key) -> Result<&Key, MessageError> {
    match key.enctype().is_cfx() {
        true => Ok(key),
        false => Err(MessageError::Unsupported(EtypeNumber(
            key.enctype().number(),
        ))),
    }
}

impl fmt::Display for MessageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(error) => error.fmt(f),
            Self::Direction => {
                f.write_str("message token of an acceptor, one of an initiator is due")
            }
            Self::NoSubkey => f.write_str("message token with a subkey that was never proposed"),
            Self::Integrity => f.write_str("message token does not verify"),
            Self::Unsupported(etype) => write!(f, "no message tokens with a key of {etype}"),
        }
    }
}

impl core::error::Error for MessageError {}
