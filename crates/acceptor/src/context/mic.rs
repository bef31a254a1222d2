//! MIC tokens of RFC 4121 §4.2.6.1, and the choice between them and those of RFC 4757.

#[cfg(feature = "legacy-enctypes")]
use super::mic_rc4;
use super::{Order, SecurityContext};
use core::fmt;
#[cfg(feature = "legacy-enctypes")]
use portcullis_crypto::Enctype;
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
    /// Its header says another thing than the copy that is sealed with the message, or counts
    /// octets that are not there.
    Header,
    /// There is no randomness to seal with.
    Entropy,
    /// A key of this encryption type makes no such tokens here.
    Unsupported(EtypeNumber),
}

/// The form that the tokens of a key have.
enum Form {
    Rfc4121,
    #[cfg(feature = "legacy-enctypes")]
    Rc4,
}

impl SecurityContext {
    /// A MIC over `message`.
    ///
    /// # Errors
    /// [`MessageError::Unsupported`] when the context's key is of DES3.
    pub fn mic(&mut self, message: &[u8]) -> Result<Vec<u8>, MessageError> {
        let established = &mut *self.established;
        let key = established.keys.sending();
        let subkey = established.keys.has_acceptor_subkey();
        let number = established.next_sequence;
        let token = match form(key)? {
            Form::Rfc4121 => mic(key, subkey, number, message),
            #[cfg(feature = "legacy-enctypes")]
            Form::Rc4 => mic_rc4::mic(key, number, message)?,
        };
        established.next_sequence = number.wrapping_add(1);
        Ok(token)
    }

    /// Verifies the initiator's MIC over `message` and tells its place among the others.
    ///
    /// # Errors
    /// [`MessageError`]; the sequence of messages stays as it was.
    pub fn verify_mic(&mut self, message: &[u8], token: &[u8]) -> Result<Order, MessageError> {
        let number = match form(self.established.keys.sending())? {
            Form::Rfc4121 => self.verify_rfc4121_mic(message, token)?,
            #[cfg(feature = "legacy-enctypes")]
            Form::Rc4 => mic_rc4::verify(self.established.keys.sending(), message, token)?,
        };
        Ok(self.established.received.note(number))
    }

    fn verify_rfc4121_mic(&self, message: &[u8], token: &[u8]) -> Result<u64, MessageError> {
        let token = MicToken::decode(token).map_err(MessageError::Malformed)?;
        let key = self.established.keys.rfc4121_receiving(token.flags)?;
        key.mac(KeyUsage::INITIATOR_SIGN)
            .verify(&[message, &token.header()], token.checksum)
            .map_err(|_| MessageError::Integrity)?;
        Ok(token.sequence)
    }
}

fn form(key: &Key) -> Result<Form, MessageError> {
    match key.enctype() {
        enctype if enctype.is_cfx() => Ok(Form::Rfc4121),
        #[cfg(feature = "legacy-enctypes")]
        Enctype::Rc4Hmac => Ok(Form::Rc4),
        other => Err(MessageError::Unsupported(EtypeNumber(other.number()))),
    }
}

fn mic(key: &Key, acceptor_subkey: bool, number: u64, message: &[u8]) -> Vec<u8> {
    let subkey = if acceptor_subkey {
        TokenFlags::ACCEPTOR_SUBKEY.0
    } else {
        0
    };
    let flags = TokenFlags(TokenFlags::SENT_BY_ACCEPTOR.0 | subkey);
    let token = MicToken {
        flags,
        sequence: number,
        checksum: &[],
    };
    let checksum = key
        .mac(KeyUsage::ACCEPTOR_SIGN)
        .checksum(&[message, &token.header()]);
    MicToken {
        checksum: checksum.as_ref(),
        ..token
    }
    .encode()
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
            Self::Header => f.write_str("message token's header is not the one that was sealed"),
            Self::Entropy => f.write_str("no randomness to seal with"),
            Self::Unsupported(etype) => write!(f, "no message tokens with a key of {etype}"),
        }
    }
}

impl core::error::Error for MessageError {}
