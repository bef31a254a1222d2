//! MIC tokens with a key of RC4-HMAC: RFC 1964 §1.2.1, RFC 4757 §7.2.
//!
//! As Windows and MIT krb5 make them: RFC 4757 has the octets of the direction the wrong way round.

use super::InitiationError;
use portcullis_crypto::{Key, KeyUsage};
use portcullis_formats::gss::{InitialContextToken, Mechanism, Rfc1964MicToken, frame};

/// The usage whose message type is the 15 of MIC tokens.
const MIC: KeyUsage = KeyUsage::KRB_SAFE;
const FROM_INITIATOR: [u8; 4] = [0; 4];
const FROM_ACCEPTOR: [u8; 4] = [0xff; 4];

pub(super) fn make(key: &Key, number: u64, message: &[u8]) -> Result<Vec<u8>, InitiationError> {
    let token = token(key, number, FROM_INITIATOR, message)?;
    Ok(frame(Mechanism::Krb5.oid(), &token.encode()))
}

/// Whether `token` is the acceptor's with this number, over `message`.
pub(super) fn verify(
    key: &Key,
    number: u64,
    message: &[u8],
    token: &[u8],
) -> Result<(), InitiationError> {
    let framed = InitialContextToken::decode(token)?;
    let theirs = Rfc1964MicToken::decode(framed.inner)?;
    match theirs == self::token(key, number, FROM_ACCEPTOR, message)? {
        true => Ok(()),
        false => Err(InitiationError::Mic),
    }
}

fn token(
    key: &Key,
    number: u64,
    direction: [u8; 4],
    message: &[u8],
) -> Result<Rfc1964MicToken, InitiationError> {
    let [.., a, b, c, d] = number.to_be_bytes(); // 32 bits, which wrap around
    let [e, f, g, h] = direction;
    let mut token = Rfc1964MicToken {
        sgn_alg: Rfc1964MicToken::HMAC,
        snd_seq: [a, b, c, d, e, f, g, h],
        sgn_cksum: [0; 8],
    };
    let checksum = key.mac(MIC).checksum(&[&token.header(), message]);
    let leading = checksum.as_ref().first_chunk();
    token.sgn_cksum = *leading.ok_or(InitiationError::NoMessageTokens)?;
    match key.crypt_rc4_sequence(&token.sgn_cksum, &mut token.snd_seq) {
        true => Ok(token),
        false => Err(InitiationError::NoMessageTokens),
    }
}
