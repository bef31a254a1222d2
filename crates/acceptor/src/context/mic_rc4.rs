//! MIC tokens of RC4-HMAC: the layout of RFC 1964 §1.2.1 with the algorithms of RFC 4757 §7.2, as
//! Windows and MIT krb5 have them where the text of the RFC errs.

use super::MessageError;
use portcullis_crypto::{Key, KeyUsage};
use portcullis_formats::der::{DecodeErrorKind, Reader};
use portcullis_formats::gss::{InitialContextToken, Mechanism, Rfc1964MicToken, frame};
use portcullis_formats::registry::EtypeNumber;

/// The usage whose message type is the 15 of MIC tokens.
const MIC: KeyUsage = KeyUsage::KRB_SAFE;
/// RFC 4757 has these two the wrong way round.
const FROM_INITIATOR: [u8; 4] = [0; 4];
const FROM_ACCEPTOR: [u8; 4] = [0xff; 4];

pub(super) fn mic(key: &Key, number: u64, message: &[u8]) -> Result<Vec<u8>, MessageError> {
    let [_, _, _, _, number @ ..] = number.to_be_bytes(); // 32 bits, which wrap around
    let mut token = Rfc1964MicToken {
        sgn_alg: Rfc1964MicToken::HMAC,
        snd_seq: [0; 8],
        sgn_cksum: [0; 8],
    };
    let checksum = key.mac(MIC).checksum(&[&token.header(), message]);
    token.sgn_cksum = *checksum
        .as_ref()
        .first_chunk()
        .ok_or_else(|| unsupported(key))?;
    for (to, from) in token
        .snd_seq
        .iter_mut()
        .zip(number.iter().chain(&FROM_ACCEPTOR))
    {
        *to = *from;
    }
    crypt(key, &token.sgn_cksum, &mut token.snd_seq)?;
    Ok(frame(Mechanism::Krb5.oid(), &token.encode()))
}

/// Verifies an initiator's token and gives its sequence number, which the checksum of this form
/// does not cover: somebody in between can change the number, not the message.
pub(super) fn verify(key: &Key, message: &[u8], token: &[u8]) -> Result<u64, MessageError> {
    let token = InitialContextToken::decode(token).map_err(MessageError::Malformed)?;
    if !Mechanism::from_oid(token.oid).is_some_and(Mechanism::is_krb5) {
        return Err(malformed("thisMech must be Kerberos"));
    }
    let mut token = Rfc1964MicToken::decode(token.inner).map_err(MessageError::Malformed)?;
    if token.sgn_alg != Rfc1964MicToken::HMAC {
        return Err(malformed("SGN_ALG must be 11 00"));
    }
    key.mac(MIC)
        .verify_leading(&[&token.header(), message], &token.sgn_cksum)
        .map_err(|_| MessageError::Integrity)?;
    crypt(key, &token.sgn_cksum, &mut token.snd_seq)?;
    let [a, b, c, d, direction @ ..] = token.snd_seq;
    match direction {
        FROM_INITIATOR => Ok(u32::from_be_bytes([a, b, c, d]).into()),
        FROM_ACCEPTOR => Err(MessageError::Direction),
        _ => Err(MessageError::Integrity),
    }
}

fn crypt(key: &Key, checksum: &[u8; 8], sequence: &mut [u8; 8]) -> Result<(), MessageError> {
    match key.crypt_rc4_sequence(checksum, sequence) {
        true => Ok(()),
        false => Err(unsupported(key)),
    }
}

fn malformed(rule: &'static str) -> MessageError {
    let reader = Reader::named("RFC 1964 MIC token", &[]);
    MessageError::Malformed(reader.error(DecodeErrorKind::Value(rule)))
}

fn unsupported(key: &Key) -> MessageError {
    MessageError::Unsupported(EtypeNumber(key.enctype().number()))
}
