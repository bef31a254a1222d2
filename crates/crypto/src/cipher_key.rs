//! Encryption under one key and usage (RFC 3961 §3: encrypt and decrypt).
//!
//! Hot path: schedules and MAC states are prepared once; opening allocates nothing.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::error;
use core::fmt;
use core::ops::Range;

use cipher::consts::{U16, U24};
use sha2::Sha384;

use crate::both::{BothAes128, BothAes256};
#[cfg(feature = "camellia")]
use crate::camellia;
#[cfg(feature = "legacy-enctypes")]
use crate::legacy::{des3, rc4_hmac};
use crate::mac::HmacSha1;
use crate::scattered::Scattered;
use crate::sha::Sha256;
use crate::{Enctype, aes_sha2, simplified_profile};

/// Ke and Ki of one key and usage, ready to open and seal any number of messages.
///
/// Everything in it is wiped when it is dropped.
#[derive(Clone)]
pub struct CipherKey {
    enctype: Enctype,
    scheme: Scheme,
}

/// Boxed one by one: in a block as large as the largest, the others would leave room in which what lay
/// on the stack comes along, and no one wipes that.
#[derive(Clone)]
pub(crate) enum Scheme {
    Aes128Sha1(Box<simplified_profile::Cipher<BothAes128, HmacSha1>>),
    Aes256Sha1(Box<simplified_profile::Cipher<BothAes256, HmacSha1>>),
    Aes128Sha256(Box<aes_sha2::Cipher<BothAes128, Sha256, U16>>),
    Aes256Sha384(Box<aes_sha2::Cipher<BothAes256, Sha384, U24>>),
    #[cfg(feature = "camellia")]
    Camellia128(Box<camellia::Cipher128>),
    #[cfg(feature = "camellia")]
    Camellia256(Box<camellia::Cipher256>),
    #[cfg(feature = "legacy-enctypes")]
    Des3(Box<des3::Cipher>),
    #[cfg(feature = "legacy-enctypes")]
    Rc4(Box<rc4_hmac::Cipher>),
}

impl CipherKey {
    pub(crate) const fn new(enctype: Enctype, scheme: Scheme) -> Self {
        Self { enctype, scheme }
    }

    /// The enctype of its key.
    #[must_use]
    pub const fn enctype(&self) -> Enctype {
        self.enctype
    }

    /// Decrypts and verifies in place; gives the plaintext inside `ciphertext`.
    ///
    /// The enctypes of RFC 8009 verify before they decrypt. DES3 leaves its padding at the end of
    /// the plaintext: the DER inside says where it ends.
    ///
    /// # Errors
    /// [`OpenError`] when it does not verify, or is too short to. `ciphertext` is then wiped, so
    /// that nothing unverified can be read.
    pub fn open<'c>(&self, ciphertext: &'c mut [u8]) -> Result<&'c mut [u8], OpenError> {
        let opened = match &self.scheme {
            Scheme::Aes128Sha1(cipher) => cipher.open(ciphertext),
            Scheme::Aes256Sha1(cipher) => cipher.open(ciphertext),
            Scheme::Aes128Sha256(cipher) => cipher.open(ciphertext),
            Scheme::Aes256Sha384(cipher) => cipher.open(ciphertext),
            #[cfg(feature = "camellia")]
            Scheme::Camellia128(cipher) => cipher.open(ciphertext),
            #[cfg(feature = "camellia")]
            Scheme::Camellia256(cipher) => cipher.open(ciphertext),
            #[cfg(feature = "legacy-enctypes")]
            Scheme::Des3(cipher) => cipher.open(ciphertext),
            #[cfg(feature = "legacy-enctypes")]
            Scheme::Rc4(cipher) => cipher.open(ciphertext),
        };
        plaintext(ciphertext, opened)
    }

    /// Appends to `output` the sealed octets of the concatenated `parts`.
    ///
    /// `confounder` is fresh random octets; only the first
    /// [`confounder_length`](Enctype::confounder_length) count.
    pub fn seal(&self, confounder: &[u8; 16], parts: &[&[u8]], output: &mut Vec<u8>) {
        reserve(self.enctype, parts, output);
        match &self.scheme {
            Scheme::Aes128Sha1(cipher) => cipher.seal(confounder, parts, output),
            Scheme::Aes256Sha1(cipher) => cipher.seal(confounder, parts, output),
            Scheme::Aes128Sha256(cipher) => cipher.seal(confounder, parts, output),
            Scheme::Aes256Sha384(cipher) => cipher.seal(confounder, parts, output),
            #[cfg(feature = "camellia")]
            Scheme::Camellia128(cipher) => cipher.seal(confounder, parts, output),
            #[cfg(feature = "camellia")]
            Scheme::Camellia256(cipher) => cipher.seal(confounder, parts, output),
            #[cfg(feature = "legacy-enctypes")]
            Scheme::Des3(cipher) => cipher.seal(confounder, parts, output),
            #[cfg(feature = "legacy-enctypes")]
            Scheme::Rc4(cipher) => cipher.seal(confounder, parts, output),
        }
    }

    /// Seals a text where its parts lie, and writes its tag.
    ///
    /// # Errors
    /// [`ScatteredError`], when nothing has been sealed; whoever goes on sends it in clear.
    pub fn seal_scattered(&self, text: &mut Scattered<'_>) -> Result<(), ScatteredError> {
        self.takes(text)?;
        match &self.scheme {
            Scheme::Aes128Sha1(cipher) => cipher.seal_scattered(text),
            Scheme::Aes256Sha1(cipher) => cipher.seal_scattered(text),
            Scheme::Aes128Sha256(cipher) => cipher.seal_scattered(text),
            Scheme::Aes256Sha384(cipher) => cipher.seal_scattered(text),
            #[cfg(feature = "camellia")]
            Scheme::Camellia128(cipher) => cipher.seal_scattered(text),
            #[cfg(feature = "camellia")]
            Scheme::Camellia256(cipher) => cipher.seal_scattered(text),
            #[cfg(feature = "legacy-enctypes")]
            Scheme::Des3(_) | Scheme::Rc4(_) => return Err(ScatteredError),
        }
        Ok(())
    }

    /// Verifies and decrypts a text where its parts lie.
    ///
    /// # Errors
    /// [`OpenError`] when it does not verify, or its parts have other lengths than they must. The
    /// text is then wiped, so that nothing unverified can be read.
    pub fn open_scattered(&self, text: &mut Scattered<'_>) -> Result<(), OpenError> {
        let opened = match (&self.scheme, self.takes(text)) {
            (_, Err(ScatteredError)) => Err(OpenError),
            (Scheme::Aes128Sha1(cipher), _) => cipher.open_scattered(text),
            (Scheme::Aes256Sha1(cipher), _) => cipher.open_scattered(text),
            (Scheme::Aes128Sha256(cipher), _) => cipher.open_scattered(text),
            (Scheme::Aes256Sha384(cipher), _) => cipher.open_scattered(text),
            #[cfg(feature = "camellia")]
            (Scheme::Camellia128(cipher), _) => cipher.open_scattered(text),
            #[cfg(feature = "camellia")]
            (Scheme::Camellia256(cipher), _) => cipher.open_scattered(text),
            #[cfg(feature = "legacy-enctypes")]
            (Scheme::Des3(_) | Scheme::Rc4(_), _) => Err(OpenError),
        };
        if opened.is_err() {
            text.wipe();
        }
        opened
    }

    fn takes(&self, text: &Scattered<'_>) -> Result<(), ScatteredError> {
        // The MAC in a ciphertext is as long as the checksum, but under RC4 and DES3, which have
        // tokens of their own.
        let fits = !self.enctype.is_weak() && text.fits(self.enctype.checksum_length());
        if fits { Ok(()) } else { Err(ScatteredError) }
    }
}

/// The plaintext where `opened` says it is; on an error, wipes the whole.
pub(crate) fn plaintext(
    ciphertext: &mut [u8],
    opened: Result<Range<usize>, OpenError>,
) -> Result<&mut [u8], OpenError> {
    match opened {
        Ok(range) => ciphertext.get_mut(range).ok_or(OpenError),
        Err(error) => {
            ciphertext.fill(0);
            Err(error)
        }
    }
}

/// Makes room for the sealed octets of `parts`: growing later would leave plaintext behind.
pub(crate) fn reserve(enctype: Enctype, parts: &[&[u8]], output: &mut Vec<u8>) {
    let plaintext = parts
        .iter()
        .fold(0_usize, |sum, part| sum.saturating_add(part.len()));
    output.reserve(enctype.sealed_length(plaintext));
}

impl fmt::Debug for CipherKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CipherKey")
            .field("enctype", &self.enctype)
            .finish_non_exhaustive()
    }
}

/// The ciphertext was not made with this key and usage, was changed, or is too short.
///
/// One case, deliberately: a peer that could tell them apart would have an oracle.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OpenError;

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ciphertext does not verify with this key")
    }
}

impl error::Error for OpenError {}

/// The text's parts have other lengths than they must, or the key is of RC4 or DES3.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ScatteredError;

impl fmt::Display for ScatteredError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this key does not seal a text of such parts")
    }
}

impl error::Error for ScatteredError {}
