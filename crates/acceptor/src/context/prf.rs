//! The pseudo-random function of a context (RFC 4401), as Kerberos has it (RFC 7802).

use super::SecurityContext;
use portcullis_crypto::Key;
use zeroize::Zeroizing;

/// Which key the octets come from (RFC 4401 §2.1).
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrfKey {
    /// The key that the established context's messages are protected with
    /// (`GSS_C_PRF_KEY_FULL`).
    Full,
    /// The initiator's, which both sides had before the acceptor answered
    /// (`GSS_C_PRF_KEY_PARTIAL`).
    Partial,
}

impl SecurityContext {
    /// `length` octets that nobody but both peers can know, for this `input`
    /// (`GSS_Pseudo_random`): the same ones on both sides, and others for another input.
    ///
    /// RFC 7802 §3: `PRF(key, 0 | input) | PRF(key, 1 | input) | …`, each counter of 32 bits.
    #[must_use]
    pub fn prf(&self, key: PrfKey, input: &[u8], length: usize) -> Zeroizing<Vec<u8>> {
        let keys = &self.established.keys;
        let key = match key {
            PrfKey::Full => keys.sending(),
            PrfKey::Partial => keys.initiator(),
        };
        stretch(key, input, length)
    }
}

fn stretch(key: &Key, input: &[u8], length: usize) -> Zeroizing<Vec<u8>> {
    // Room for all of it: growing later would leave a copy behind.
    let mut output = Zeroizing::new(Vec::with_capacity(length));
    for counter in 0..=u32::MAX {
        let missing = length.saturating_sub(output.len());
        if missing == 0 {
            break;
        }
        let block = Zeroizing::new(key.prf(&[&counter.to_be_bytes(), input].concat()));
        output.extend(block.iter().take(missing));
    }
    output
}
