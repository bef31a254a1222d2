//! Tokens of RFC 1964 §1.2 under keys of RC4 and DES3: as RFC 4757 §7 has them for the one, and MIT
//! krb5 for the other; as Windows and MIT krb5 have them where the text of an RFC errs.

use super::prepared::Prepared;
use super::receiving::refusal;
use super::wrap::Opened;
use super::{MessageError, Protection};
use crate::entropy::Entropy;
use core::ops::Range;
use portcullis_crypto::{Key, Rfc1964Key, Rfc1964Kind};
use portcullis_formats::der::{DecodeErrorKind, Reader};
use portcullis_formats::gss::{InitialContextToken, Mechanism, Rfc1964Head, TokenId, frame};
use portcullis_formats::registry::EtypeNumber;

/// RFC 4757 §7.2 has these two the wrong way round.
const FROM_INITIATOR: u8 = 0;
const FROM_ACCEPTOR: u8 = 0xff;
const CONFOUNDER: usize = 8;
/// Identifier and length of the frame, of which Kerberos' own OID takes 11 more octets.
const LONGEST_FRAME_HEADER: usize = 6;
const OID: usize = 11;

pub(super) fn mic(
    prepared: &mut Prepared,
    key: &Key,
    number: u64,
    message: &[u8],
) -> Result<Vec<u8>, MessageError> {
    let key = ready(prepared, key)?;
    let head = head(key, TokenId::RFC1964_MIC, Rfc1964Head::NOT_SEALED);
    let checksum = key.checksum(Rfc1964Kind::Mic, &[&head.header(), message]);
    Ok(frame(
        Mechanism::Krb5.oid(),
        &numbered(head, key, number, checksum.as_ref()).encode(),
    ))
}

pub(super) fn wrap(
    prepared: &mut Prepared,
    key: &Key,
    number: u64,
    entropy: &dyn Entropy,
    message: &[u8],
    protection: Protection,
) -> Result<Vec<u8>, MessageError> {
    let key = ready(prepared, key)?;
    let seal_alg = match protection {
        Protection::Integrity => Rfc1964Head::NOT_SEALED,
        Protection::Confidentiality => key.seal_alg(),
    };
    let head = head(key, TokenId::RFC1964_WRAP, seal_alg);
    let mut confounder = [0; CONFOUNDER];
    entropy
        .fill(&mut confounder)
        .map_err(|_| MessageError::Entropy)?;
    let padding = [key.padding(message.len()); CONFOUNDER];
    let padding = padding
        .get(..key.padding(message.len()).into())
        .unwrap_or_default();
    let parts = [&head.header()[..], &confounder, message, padding];
    let checksum = key.checksum(Rfc1964Kind::Wrap, &parts);
    let mut token = numbered(head, key, number, checksum.as_ref()).encode();
    let start = token.len();
    token.reserve(
        message
            .len()
            .saturating_add(CONFOUNDER)
            .saturating_add(padding.len()),
    );
    for part in [&confounder, message, padding] {
        token.extend_from_slice(part);
    }
    if protection == Protection::Confidentiality {
        key.seal(low(number), token.get_mut(start..).unwrap_or_default());
    }
    Ok(frame(Mechanism::Krb5.oid(), &token))
}

/// Verifies an initiator's MIC and gives its sequence number. The checksum of this form covers
/// neither that nor the direction: under RC4 somebody in between can change both, not the message.
pub(super) fn verify_mic(
    prepared: &mut Prepared,
    key: &Key,
    message: &[u8],
    token: &[u8],
) -> Result<u64, MessageError> {
    let key = ready(prepared, key)?;
    let framed = unframed(token)?;
    let head =
        Rfc1964Head::decode(TokenId::RFC1964_MIC, framed).map_err(MessageError::Malformed)?;
    made_with(key, &head)?;
    key.verify(Rfc1964Kind::Mic, &[&head.header(), message], head.sgn_cksum)
        .map_err(|_| MessageError::Integrity)?;
    let (number, direction) = key
        .open_sequence(head.snd_seq, head.sgn_cksum)
        .map_err(|_| MessageError::Integrity)?;
    from_initiator(direction)?;
    Ok(number.into())
}

/// Verifies an initiator's Wrap token where it lies, and opens what is sealed.
pub(super) fn unwrap(
    prepared: &mut Prepared,
    key: &Key,
    token: &mut [u8],
) -> Result<Opened, MessageError> {
    let key = ready(prepared, key)?;
    let start = token.len().saturating_sub(unframed(token)?.len());
    let length = Rfc1964Head::LENGTH.saturating_add(key.checksum_length());
    let head_end = start.saturating_add(length).min(token.len());
    let (before, text) = token.split_at_mut_checked(head_end).unwrap_or_default();
    let framed = before.get(start..).unwrap_or_default();
    let head =
        Rfc1964Head::decode(TokenId::RFC1964_WRAP, framed).map_err(MessageError::Malformed)?;
    made_with(key, &head)?;
    let (number, direction) = key
        .open_sequence(head.snd_seq, head.sgn_cksum)
        .map_err(|_| MessageError::Integrity)?;
    let protection = match head.seal_alg {
        Rfc1964Head::NOT_SEALED => Protection::Integrity,
        _ => Protection::Confidentiality,
    };
    if protection == Protection::Confidentiality {
        key.open(number, text)
            .map_err(|_| MessageError::Integrity)?;
    }
    key.verify(Rfc1964Kind::Wrap, &[&head.header(), text], head.sgn_cksum)
        .map_err(|_| MessageError::Integrity)?;
    from_initiator(direction)?;
    let message = unpadded(text).ok_or(MessageError::Integrity)?;
    Ok(Opened {
        message: head_end.saturating_add(message.start)..head_end.saturating_add(message.end),
        protection,
        number: number.into(),
    })
}

/// The longest message whose token has `most` octets at most.
pub(super) fn longest_message(key: &Key, most: usize) -> usize {
    let Some(key) = key.rfc1964() else {
        return 0;
    };
    let key = &key;
    let head = Rfc1964Head::LENGTH.saturating_add(key.checksum_length());
    let fits = |length: &usize| token_length(key, *length) <= most;
    (2..=LONGEST_FRAME_HEADER)
        .filter_map(|frame| {
            let text = most.checked_sub(frame.saturating_add(OID).saturating_add(head))?;
            // Under DES3 whole blocks, of which the last octet at least is padding.
            (1..=8).find_map(|less| text.checked_sub(less)?.checked_sub(CONFOUNDER).filter(fits))
        })
        .max()
        .unwrap_or(0)
}

fn token_length(key: &Rfc1964Key, message: usize) -> usize {
    let content = OID
        .saturating_add(Rfc1964Head::LENGTH)
        .saturating_add(key.checksum_length())
        .saturating_add(CONFOUNDER)
        .saturating_add(message)
        .saturating_add(key.padding(message).into());
    let header = match content {
        0..=0x7f => 2,
        0x80..=0xff => 3,
        0x100..=0xffff => 4,
        0x1_0000..=0xff_ffff => 5,
        _ => LONGEST_FRAME_HEADER,
    };
    content.saturating_add(header)
}

fn ready<'p>(prepared: &'p mut Prepared, key: &Key) -> Result<&'p Rfc1964Key, MessageError> {
    let unsupported = MessageError::Unsupported(EtypeNumber(key.enctype().number()));
    prepared.rfc1964(key).ok_or(unsupported)
}

const fn head(key: &Rfc1964Key, token_id: TokenId, seal_alg: [u8; 2]) -> Rfc1964Head<'static> {
    Rfc1964Head {
        token_id,
        sgn_alg: key.sgn_alg(),
        seal_alg,
        snd_seq: [0; 8],
        sgn_cksum: &[],
    }
}

/// The same with its checksum, and with the number that is encrypted by it.
fn numbered<'c>(
    head: Rfc1964Head<'static>,
    key: &Rfc1964Key,
    number: u64,
    checksum: &'c [u8],
) -> Rfc1964Head<'c> {
    Rfc1964Head {
        snd_seq: key.seal_sequence(low(number), FROM_ACCEPTOR, checksum),
        sgn_cksum: checksum,
        ..head
    }
}

/// The 32 bits of a number that these tokens have.
const fn low(number: u64) -> u32 {
    let [_, _, _, _, low @ ..] = number.to_be_bytes();
    u32::from_be_bytes(low)
}

/// What is in the frame, be it a MIC or a Wrap token.
fn unframed(token: &[u8]) -> Result<&[u8], MessageError> {
    let framed = InitialContextToken::decode(token).map_err(|error| refusal(token, error))?;
    if !Mechanism::from_oid(framed.oid).is_some_and(Mechanism::is_krb5) {
        return Err(malformed("thisMech must be Kerberos"));
    }
    match framed.inner.first_chunk() {
        Some(id) if TokenId(*id) == TokenId::RFC1964_DELETE => Err(MessageError::ContextDeletion),
        _ => Ok(framed.inner),
    }
}

/// The algorithms of a token must be those of the key.
fn made_with(key: &Rfc1964Key, head: &Rfc1964Head<'_>) -> Result<(), MessageError> {
    if head.sgn_alg != key.sgn_alg() {
        return Err(malformed("SGN_ALG must be that of the key"));
    }
    if ![Rfc1964Head::NOT_SEALED, key.seal_alg()].contains(&head.seal_alg) {
        return Err(malformed("SEAL_ALG must be that of the key"));
    }
    Ok(())
}

const fn from_initiator(direction: u8) -> Result<(), MessageError> {
    match direction {
        FROM_INITIATOR => Ok(()),
        FROM_ACCEPTOR => Err(MessageError::Direction),
        _ => Err(MessageError::Integrity),
    }
}

/// Where the message lies between confounder and padding, all of which is verified. One to eight
/// octets of padding each say how many they are; some peers fill them otherwise (MIT krb5 looks at
/// the last).
fn unpadded(text: &[u8]) -> Option<Range<usize>> {
    let padding = usize::from(*text.last()?);
    let end = text.len().checked_sub(padding)?;
    let padded = (1..=8).contains(&padding) && CONFOUNDER <= end;
    padded.then_some(CONFOUNDER..end)
}

fn malformed(rule: &'static str) -> MessageError {
    let error = Reader::new(&[]).error(DecodeErrorKind::Value(rule));
    MessageError::Malformed(error.in_structure("RFC 1964 token"))
}
