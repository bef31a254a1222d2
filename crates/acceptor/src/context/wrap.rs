//! Hot path. Wrap tokens of RFC 4121 §4.2.6.2: messages with a checksum, or sealed.

use super::parts::CONFOUNDER;
use super::prepared::Prepared;
use super::receiving::{Receiving, refusal};
use super::{ContextKeys, MessageError, Order};
use crate::entropy::Entropy;
use core::ops::Range;
use portcullis_crypto::{CipherKey, Enctype, MacKey};
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
    /// Where it stands among the others. What is only signed with a key of RC4 shows no order that
    /// can be relied on ([`SecurityContext::signs_numbers`](super::SecurityContext::signs_numbers)).
    pub order: Order,
}

/// What a token that verifies has.
pub(super) struct Opened {
    /// Where the message lies in the token.
    pub(super) message: Range<usize>,
    pub(super) protection: Protection,
    pub(super) number: u64,
}

/// The octets of header, and of all that is sealed or signed but the message, in a token of
/// [`wrap`].
pub(super) const fn overhead(enctype: Enctype, protection: Protection) -> usize {
    match protection {
        Protection::Integrity => WrapHeader::LENGTH.saturating_add(enctype.checksum_length()),
        Protection::Confidentiality => {
            WrapHeader::LENGTH.saturating_add(enctype.sealed_length(WrapHeader::LENGTH))
        }
    }
}

pub(super) fn wrap(
    prepared: &mut Prepared,
    keys: &ContextKeys,
    number: u64,
    entropy: &dyn Entropy,
    message: &[u8],
    protection: Protection,
) -> Result<Vec<u8>, MessageError> {
    let header = header(keys, number, protection, 0);
    Ok(match protection {
        Protection::Integrity => sign(prepared.wrap_mac(keys.sending()), header, message),
        Protection::Confidentiality => {
            let mut confounder = [0; 16];
            entropy
                .fill(&mut confounder)
                .map_err(|_| MessageError::Entropy)?;
            seal(
                prepared.cipher(keys.sending()),
                header,
                &confounder,
                message,
            )
        }
    })
}

/// The header that is sealed or signed with a message.
pub(super) const fn header(
    keys: &ContextKeys,
    number: u64,
    protection: Protection,
    extra_count: u16,
) -> WrapHeader {
    let TokenFlags(flags) = keys.flags();
    let sealed = match protection {
        Protection::Integrity => 0,
        Protection::Confidentiality => TokenFlags::SEALED.0,
    };
    WrapHeader {
        flags: TokenFlags(flags | sealed),
        extra_count,
        right_rotation_count: 0,
        sequence: number,
    }
}

/// The header of a signed message as it is sent.
pub(super) fn counting(signed: WrapHeader, checksum: usize) -> WrapHeader {
    WrapHeader {
        extra_count: u16::try_from(checksum).unwrap_or(u16::MAX), // 24 at most
        ..signed
    }
}

/// header | Encrypt(message | header)
fn seal(key: &CipherKey, header: WrapHeader, confounder: &[u8; 16], message: &[u8]) -> Vec<u8> {
    let header = header.octets();
    let overhead = overhead(key.enctype(), Protection::Confidentiality);
    let mut token = Vec::with_capacity(message.len().saturating_add(overhead));
    token.extend_from_slice(&header);
    key.seal(confounder, &[message, &header], &mut token);
    token
}

/// header | message | checksum(message | header with EC and RRC zero)
fn sign(key: &MacKey, signed: WrapHeader, message: &[u8]) -> Vec<u8> {
    let checksum = key.checksum(&[message, &signed.octets()]);
    let sent = counting(signed, checksum.as_ref().len());
    [sent.octets().as_slice(), message, checksum.as_ref()].concat()
}

/// Verifies an initiator's token where it lies, and opens what is sealed.
pub(super) fn unwrap(
    receiving: &mut Receiving,
    keys: &ContextKeys,
    token: &mut [u8],
) -> Result<Opened, MessageError> {
    // Looked at by itself, because `refusal` wants the token whole, and data borrows it to the end.
    if let Err(error) = WrapHeader::split(token) {
        return Err(refusal(token, error));
    }
    let (header, data) = WrapHeader::split(token).map_err(MessageError::Malformed)?;
    let rotated = rotation(header, receiving.dce_style);
    let (prepared, key) = receiving.rfc4121(keys, header.flags)?;
    // RFC 4121 §4.2.5: the count may exceed the length.
    if let Some(rotated @ 1..) = rotated.checked_rem(data.len()) {
        data.rotate_left(rotated);
    }
    let (start, length, protection) = match header.flags.contains(TokenFlags::SEALED) {
        true => (
            WrapHeader::LENGTH.saturating_add(CONFOUNDER),
            open(prepared.cipher(key), header, data)?,
            Protection::Confidentiality,
        ),
        false => (
            WrapHeader::LENGTH,
            verify(prepared.wrap_mac(key), header, data)?,
            Protection::Integrity,
        ),
    };
    Ok(Opened {
        message: start..start.saturating_add(length),
        protection,
        number: header.sequence,
    })
}

/// By how much the data is rotated. In DCE style Windows and Heimdal rotate the filler of a sealed
/// message, too, and do not count it (\[MS-KILE\] §3.4.5.4.1); MIT krb5 has none in one piece.
fn rotation(header: WrapHeader, dce_style: bool) -> usize {
    let counted = usize::from(header.right_rotation_count); // Windows: 28
    match dce_style && header.flags.contains(TokenFlags::SEALED) {
        true => counted.saturating_add(header.extra_count.into()),
        false => counted,
    }
}

/// Decrypts the data; gives the message's length.
fn open(key: &CipherKey, header: WrapHeader, data: &mut [u8]) -> Result<usize, MessageError> {
    let plaintext = key.open(data).map_err(|_| MessageError::Integrity)?;
    let (rest, copy) = plaintext
        .split_last_chunk::<{ WrapHeader::LENGTH }>()
        .ok_or(MessageError::Header)?;
    // CVE-2024-37370: the header in clear counts only as far as the sealed copy says the same.
    if *copy != header.unrotated().octets() {
        return Err(MessageError::Header);
    }
    rest.len()
        .checked_sub(header.extra_count.into())
        .ok_or(MessageError::Header)
}

/// Verifies the data; gives the message's length.
fn verify(key: &MacKey, header: WrapHeader, data: &[u8]) -> Result<usize, MessageError> {
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
    key.verify(&[message, &signed(header).octets()], checksum)
        .map_err(|_| MessageError::Integrity)?;
    Ok(length)
}

/// The header that was signed with a message, of the one that was sent.
pub(super) const fn signed(sent: WrapHeader) -> WrapHeader {
    WrapHeader {
        extra_count: 0,
        ..sent.unrotated()
    }
}
