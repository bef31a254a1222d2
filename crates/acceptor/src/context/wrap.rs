//! Wrap tokens of RFC 4121 §4.2.6.2: messages with a checksum, or sealed.

use super::{MessageError, Order, SecurityContext};
use portcullis_crypto::{Key, KeyUsage};
use portcullis_formats::gss::{TokenFlags, WrapHeader};

/// What a Wrap token does to its message.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// It shows who wrote the message, which everybody can read.
    Integrity,
    /// Only the peer can read it.
    Confidentiality,
}

/// A message that the peer wrapped.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unwrapped<'t> {
    /// The message, where it lay in the token.
    pub message: &'t [u8],
    /// What was done to it. A peer may send less than was agreed: look.
    pub protection: Protection,
    /// Where it stands among the others.
    pub order: Order,
}

impl SecurityContext {
    /// Wraps `message` for the initiator.
    ///
    /// # Errors
    /// [`MessageError::Unsupported`] when the context's key is of RC4 or DES3;
    /// [`MessageError::Entropy`] when there is no randomness to seal with.
    pub fn wrap(
        &mut self,
        message: &[u8],
        protection: Protection,
    ) -> Result<Vec<u8>, MessageError> {
        let established = &mut *self.established;
        let key = established.keys.rfc4121_sending()?;
        let header = Header {
            acceptor_subkey: established.keys.has_acceptor_subkey(),
            sequence: established.next_sequence,
        };
        let token = match protection {
            Protection::Integrity => sign(key, header, message),
            Protection::Confidentiality => {
                let mut confounder = [0; 16];
                established
                    .entropy
                    .fill(&mut confounder)
                    .map_err(|_| MessageError::Entropy)?;
                seal(key, header, &confounder, message)
            }
        };
        established.next_sequence = header.sequence.wrapping_add(1);
        Ok(token)
    }

    /// Verifies the initiator's Wrap token and opens it where it lies. On an error nothing of the
    /// token can be used, and the sequence of messages stays as it was.
    ///
    /// # Errors
    /// [`MessageError`].
    pub fn unwrap<'t>(&mut self, token: &'t mut [u8]) -> Result<Unwrapped<'t>, MessageError> {
        let established = &mut *self.established;
        let (header, data) = WrapHeader::split(token).map_err(MessageError::Malformed)?;
        let key = established.keys.rfc4121_receiving(header.flags)?;
        // RFC 4121 §4.2.5: the count may exceed the length; Windows sends 28.
        let rotated = usize::from(header.right_rotation_count).checked_rem(data.len());
        data.rotate_left(rotated.unwrap_or(0));
        let (message, protection) = match header.flags.contains(TokenFlags::SEALED) {
            true => (open(key, header, data)?, Protection::Confidentiality),
            false => (verify(key, header, data)?, Protection::Integrity),
        };
        let order = established.received.note(header.sequence);
        Ok(Unwrapped {
            message,
            protection,
            order,
        })
    }
}

/// What both forms of our tokens have in their headers.
#[derive(Clone, Copy)]
struct Header {
    acceptor_subkey: bool,
    sequence: u64,
}

impl Header {
    fn with(self, sealed: TokenFlags, extra_count: u16) -> WrapHeader {
        let subkey = if self.acceptor_subkey {
            TokenFlags::ACCEPTOR_SUBKEY.0
        } else {
            0
        };
        WrapHeader {
            flags: TokenFlags(TokenFlags::SENT_BY_ACCEPTOR.0 | sealed.0 | subkey),
            extra_count,
            right_rotation_count: 0,
            sequence: self.sequence,
        }
    }
}

/// header | Encrypt(message | header)
fn seal(key: &Key, header: Header, confounder: &[u8; 16], message: &[u8]) -> Vec<u8> {
    let header = header.with(TokenFlags::SEALED, 0).octets();
    let length = key
        .enctype()
        .sealed_length(message.len().saturating_add(header.len()));
    let mut token = Vec::with_capacity(length.saturating_add(header.len()));
    token.extend_from_slice(&header);
    key.seal(
        KeyUsage::ACCEPTOR_SEAL,
        confounder,
        &[message, &header],
        &mut token,
    );
    token
}

/// header | message | checksum(message | header with EC and RRC zero)
fn sign(key: &Key, header: Header, message: &[u8]) -> Vec<u8> {
    let signed = header.with(TokenFlags(0), 0);
    let checksum = key
        .mac(KeyUsage::ACCEPTOR_SEAL)
        .checksum(&[message, &signed.octets()]);
    let length = u16::try_from(checksum.as_ref().len()).unwrap_or(u16::MAX); // 24 at most
    let sent = WrapHeader {
        extra_count: length,
        ..signed
    };
    [sent.octets().as_slice(), message, checksum.as_ref()].concat()
}

fn open<'t>(key: &Key, header: WrapHeader, data: &'t mut [u8]) -> Result<&'t [u8], MessageError> {
    let plaintext = key
        .open(KeyUsage::INITIATOR_SEAL, data)
        .map_err(|_| MessageError::Integrity)?;
    let (rest, copy) = plaintext
        .split_last_chunk::<{ WrapHeader::LENGTH }>()
        .ok_or(MessageError::Header)?;
    // CVE-2024-37370: the header in clear counts only as far as the sealed copy says the same.
    if *copy != header.unrotated().octets() {
        return Err(MessageError::Header);
    }
    let length = rest
        .len()
        .checked_sub(header.extra_count.into())
        .ok_or(MessageError::Header)?;
    rest.get(..length).ok_or(MessageError::Header)
}

fn verify<'t>(key: &Key, header: WrapHeader, data: &'t mut [u8]) -> Result<&'t [u8], MessageError> {
    let expected = key.enctype().checksum_length();
    if usize::from(header.extra_count) != expected {
        return Err(MessageError::Header);
    }
    let length = data
        .len()
        .checked_sub(expected)
        .ok_or(MessageError::Integrity)?;
    let (message, checksum) = data
        .split_at_checked(length)
        .ok_or(MessageError::Integrity)?;
    let signed = WrapHeader {
        extra_count: 0,
        ..header.unrotated()
    };
    key.mac(KeyUsage::INITIATOR_SEAL)
        .verify(&[message, &signed.octets()], checksum)
        .map_err(|_| MessageError::Integrity)?;
    Ok(message)
}
