//! [`SessionKeys`]: what seals the cookies, and what opens those that older keys sealed.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use core::fmt;
use portcullis::entropy::{Entropy as _, EntropyError, SystemEntropy};
use zeroize::Zeroizing;

/// Each key costs who shows a forged cookie one more try of ours.
const MOST_KEYS: usize = 16;

const KEY_LENGTH: usize = 32;

/// Of XChaCha20: long enough to be random for ever.
const NONCE_LENGTH: usize = 24;

/// The keys of a service, the same on all its nodes. The first seals; each opens, so that a key is
/// changed by putting a new one before it, and taking the old one away after a session's lifetime.
pub struct SessionKeys(Vec<Key>);

struct Key {
    octets: Zeroizing<[u8; KEY_LENGTH]>,
}

/// Why a file has no session keys.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionKeysError {
    /// There is no key in it.
    None,
    /// There are more than 16.
    TooMany,
    /// A line is not the base64 of 32 octets.
    Line(usize),
}

impl SessionKeys {
    /// One key, made up now: sessions end with this process, and no other node knows them.
    ///
    /// # Errors
    /// [`EntropyError`].
    pub fn random() -> Result<Self, EntropyError> {
        let mut octets = Zeroizing::new([0; KEY_LENGTH]);
        SystemEntropy::default().fill(octets.as_mut())?;
        Ok(Self(vec![Key { octets }]))
    }

    /// The keys of a file: each a line of base64, 32 octets; empty lines and those that begin with
    /// `#` do not count.
    ///
    /// # Errors
    /// [`SessionKeysError`].
    pub fn parse(text: &str) -> Result<Self, SessionKeysError> {
        let mut keys = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if keys.len() == MOST_KEYS {
                return Err(SessionKeysError::TooMany);
            }
            keys.push(Key::parse(line).ok_or(SessionKeysError::Line(number))?);
        }
        match keys.is_empty() {
            true => Err(SessionKeysError::None),
            false => Ok(Self(keys)),
        }
    }

    /// A line for such a file, with a new key.
    ///
    /// # Errors
    /// [`EntropyError`].
    pub fn new_line() -> Result<Zeroizing<String>, EntropyError> {
        let mut octets = Zeroizing::new([0; KEY_LENGTH]);
        SystemEntropy::default().fill(octets.as_mut())?;
        Ok(Zeroizing::new(STANDARD.encode(octets.as_slice())))
    }

    /// The value of a cookie; `None` without randomness.
    pub(super) fn seal(&self, body: &[u8], bound_to: &[u8]) -> Option<String> {
        let mut nonce = [0; NONCE_LENGTH];
        SystemEntropy::default().fill(&mut nonce).ok()?;
        let payload = Payload {
            msg: body,
            aad: bound_to,
        };
        let cipher = self.0.first()?.cipher();
        let sealed = cipher.encrypt(&XNonce::from(nonce), payload).ok()?;
        Some(URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat()))
    }

    pub(super) fn open(&self, text: &str, bound_to: &[u8]) -> Option<Vec<u8>> {
        let octets = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, sealed) = octets.split_first_chunk::<NONCE_LENGTH>()?;
        let nonce = XNonce::from(*nonce);
        self.0.iter().find_map(|key| {
            let payload = Payload {
                msg: sealed,
                aad: bound_to,
            };
            key.cipher().decrypt(&nonce, payload).ok()
        })
    }
}

impl Key {
    fn parse(line: &str) -> Option<Self> {
        let decoded = Zeroizing::new(STANDARD.decode(line).ok()?);
        let octets = Zeroizing::new(<[u8; KEY_LENGTH]>::try_from(decoded.as_slice()).ok()?);
        Some(Self { octets })
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.octets).into())
    }
}

impl fmt::Debug for SessionKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionKeys({} keys)", self.0.len())
    }
}

impl fmt::Display for SessionKeysError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("no session key"),
            Self::TooMany => write!(f, "more than {MOST_KEYS} session keys"),
            Self::Line(line) => write!(f, "line {line} is not the base64 of {KEY_LENGTH} octets"),
        }
    }
}

impl core::error::Error for SessionKeysError {}
