//! The pseudo-random function of a context (RFC 4401), as Kerberos has it (RFC 7802).

use super::SecurityContext;
use core::fmt;
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

/// More pseudo-random octets were asked for at once than there are.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrfTooLong {
    /// The octets that were asked for.
    pub length: usize,
}

impl SecurityContext {
    /// The most octets that [`SecurityContext::prf`] gives for one input: 64 KiB, of which keys
    /// take some dozens. Ask for more with other inputs.
    pub const LONGEST_PRF: usize = 1 << 16;

    /// `length` octets that nobody but both peers can know, for this `input`
    /// (`GSS_Pseudo_random`): the same ones on both sides, and others for another input.
    ///
    /// RFC 7802 §3: `PRF(key, 0 | input) | PRF(key, 1 | input) | …`, each counter of 32 bits.
    ///
    /// # Errors
    /// [`PrfTooLong`] for more than [`SecurityContext::LONGEST_PRF`].
    pub fn prf(
        &self,
        key: PrfKey,
        input: &[u8],
        length: usize,
    ) -> Result<Zeroizing<Vec<u8>>, PrfTooLong> {
        if length > Self::LONGEST_PRF {
            return Err(PrfTooLong { length });
        }
        let keys = &self.established.keys;
        let key = match key {
            PrfKey::Full => keys.sending(),
            PrfKey::Partial => keys.initiator(),
        };
        Ok(stretch(key, input, length))
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

impl fmt::Display for PrfTooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (length, most) = (self.length, SecurityContext::LONGEST_PRF);
        write!(f, "{length} pseudo-random octets, at most {most} at once")
    }
}

impl core::error::Error for PrfTooLong {}
