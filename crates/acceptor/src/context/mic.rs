//! MIC tokens of RFC 4121 §4.2.6.1.

use super::receiving::{Receiving, refusal};
use super::{ContextKeys, MessageError};
use portcullis_crypto::MacKey;
use portcullis_formats::gss::MicToken;

pub(super) fn make(mac: &MacKey, keys: &ContextKeys, number: u64, message: &[u8]) -> Vec<u8> {
    let token = MicToken {
        flags: keys.flags(),
        sequence: number,
        checksum: &[],
    };
    let checksum = mac.checksum(&[message, &token.header()]);
    MicToken {
        checksum: checksum.as_ref(),
        ..token
    }
    .encode()
}

/// Verifies an initiator's token and gives its sequence number.
pub(super) fn verify(
    receiving: &mut Receiving,
    keys: &ContextKeys,
    message: &[u8],
    token: &[u8],
) -> Result<u64, MessageError> {
    let decoded = MicToken::decode(token).map_err(|error| refusal(token, error))?;
    let (prepared, key) = receiving.rfc4121(keys, decoded.flags)?;
    prepared
        .mic(key)
        .verify(&[message, &decoded.header()], decoded.checksum)
        .map_err(|_| MessageError::Integrity)?;
    Ok(decoded.sequence)
}
