//! [`Number`]: under which a negotiation waits.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Where to look, and what nobody guesses.
pub(super) struct Number {
    pub(super) serial: u64,
    pub(super) secret: [u8; 16],
}

impl Number {
    /// As the value of a cookie.
    pub(super) fn to_text(&self) -> String {
        let octets = [&self.serial.to_be_bytes()[..], &self.secret].concat();
        URL_SAFE_NO_PAD.encode(octets)
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut octets = [0; 24];
        let length = URL_SAFE_NO_PAD.decode_slice(text, &mut octets).ok()?;
        let (serial, secret) = octets.get(..length)?.split_first_chunk()?;
        Some(Self {
            serial: u64::from_be_bytes(*serial),
            secret: secret.try_into().ok()?,
        })
    }

    /// Compares in a time that does not tell where the first difference is.
    pub(super) fn has(&self, secret: &[u8; 16]) -> bool {
        let pairs = self.secret.iter().zip(secret);
        pairs.fold(0, |difference, (ours, theirs)| difference | (ours ^ theirs)) == 0
    }
}
