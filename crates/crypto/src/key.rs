//! The protocol key, from which the keys of each usage are derived.
//!
//! Hot path: an accept meets three keys and moves them from hand to hand, but derives from one of
//! them alone; so a key is its octets, and what derivations start from is a [`PreparedKey`].

#[cfg(feature = "legacy-enctypes")]
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::error;
use core::fmt;

use cipher::array::Array;
use cipher::consts::U32;
use subtle::ConstantTimeEq;

#[cfg(feature = "legacy-enctypes")]
use crate::Rfc1964Key;
#[cfg(feature = "camellia")]
use crate::camellia;
#[cfg(feature = "legacy-enctypes")]
use crate::legacy::{des3, des3_random_to_key::random_to_key, rc4_hmac};
#[cfg(feature = "legacy-enctypes")]
use crate::mac::hmac;
#[cfg(feature = "legacy-enctypes")]
use crate::mac_key::Keyed;
use crate::prepared_key::Base;
use crate::{
    CipherKey, Enctype, KeyUsage, MacKey, OpenError, PreparedKey, Wiped, aes_sha1, aes_sha2,
};

/// A protocol key (RFC 3961 §3).
///
/// Wiped when dropped; compared in constant time; prints its enctype and nothing else.
#[derive(Clone)]
pub struct Key {
    enctype: Enctype,
    /// The first [`Enctype::key_length`] octets count, the rest is zero.
    octets: Wiped<Array<u8, U32>>,
}

impl Key {
    /// The key of these octets.
    ///
    /// # Errors
    /// [`KeyLengthError`] when they are not [`Enctype::key_length`] octets.
    pub fn new(enctype: Enctype, octets: &[u8]) -> Result<Self, KeyLengthError> {
        let (expected, found) = (enctype.key_length(), octets.len());
        if found != expected {
            return Err(KeyLengthError {
                enctype,
                expected,
                found,
            });
        }
        Ok(Self::from_leading(enctype, octets))
    }

    /// The key that random-to-key (RFC 3961 §3) makes of the first octets of `seed`.
    #[must_use]
    pub fn from_random(enctype: Enctype, seed: &[u8; 32]) -> Self {
        #[cfg(feature = "legacy-enctypes")]
        if enctype == Enctype::Des3CbcSha1
            && let Some(random) = seed.first_chunk()
        {
            return Self::from_leading(enctype, &*random_to_key(random));
        }
        Self::from_leading(enctype, seed)
    }

    /// The key of as many leading octets as its enctype takes: there must not be fewer.
    pub(crate) fn from_leading(enctype: Enctype, octets: &[u8]) -> Self {
        let mut padded = Wiped::new(Array::default());
        for (to, from) in padded.iter_mut().zip(octets).take(enctype.key_length()) {
            *to = *from;
        }
        Self {
            enctype,
            octets: padded,
        }
    }

    /// The enctype it is for.
    #[must_use]
    pub const fn enctype(&self) -> Enctype {
        self.enctype
    }

    /// The secret itself. Every use is a place to look at in a review.
    #[must_use]
    pub fn expose_octets(&self) -> &[u8] {
        self.octets
            .get(..self.enctype.key_length())
            .unwrap_or_default()
    }

    /// Moves the key to the caller and wipes its place, which a move alone does not: for a key in
    /// memory that is about to be given back.
    #[must_use]
    pub fn take(&mut self) -> Self {
        let wiped = Self {
            enctype: self.enctype,
            octets: Wiped::default(),
        };
        core::mem::replace(self, wiped)
    }

    /// Prepares what every derivation starts from: for a key that serves several usages.
    #[inline]
    #[must_use]
    pub fn prepare(&self) -> PreparedKey {
        PreparedKey::new(self.enctype, &self.octets)
    }

    /// Derives Ke and Ki of `usage`, to open and seal many messages.
    #[must_use]
    pub fn cipher(&self, usage: KeyUsage) -> CipherKey {
        self.prepare().cipher(usage)
    }

    /// Derives Kc of `usage`, to make and verify checksums.
    #[must_use]
    pub fn mac(&self, usage: KeyUsage) -> MacKey {
        self.prepare().mac(usage)
    }

    /// Makes and verifies HMAC_MD5 (-138, RFC 4757 §4) with the octets of a key of any enctype, as
    /// `[MS-SFU]` §2.2.1 wants it for PA-FOR-USER.
    #[cfg(feature = "legacy-enctypes")]
    #[must_use]
    pub fn hmac_md5(&self, usage: KeyUsage) -> MacKey {
        let base = hmac(self.expose_octets());
        MacKey::new(
            Enctype::Rc4Hmac,
            Keyed::Rc4(Box::new(rc4_hmac::mac(&base, usage))),
        )
    }

    /// The pseudo-random function of its enctype (RFC 3961 §3), 16 to 48 octets.
    #[must_use]
    pub fn prf(&self, input: &[u8]) -> Vec<u8> {
        match &self.prepare().base {
            Base::Aes128Sha1(base) => aes_sha1::prf(base, input),
            Base::Aes256Sha1(base) => aes_sha1::prf(base, input),
            Base::Aes128Sha256(base) => aes_sha2::prf(base, input),
            Base::Aes256Sha384(base) => aes_sha2::prf(base, input),
            #[cfg(feature = "camellia")]
            Base::Camellia128(base) => camellia::prf(base, input),
            #[cfg(feature = "camellia")]
            Base::Camellia256(base) => camellia::prf(base, input),
            #[cfg(feature = "legacy-enctypes")]
            Base::Des3(base) => des3::prf(base, input),
            #[cfg(feature = "legacy-enctypes")]
            Base::Rc4(_) => rc4_hmac::prf(self.expose_octets(), input),
        }
    }

    /// What tokens of RFC 1964 are made with, if the key is of RC4-HMAC or DES3.
    #[cfg(feature = "legacy-enctypes")]
    #[must_use]
    pub fn rfc1964(&self) -> Option<Rfc1964Key> {
        match &self.prepare().base {
            Base::Rc4(base) => Some(Rfc1964Key::rc4(self.expose_octets(), base)),
            Base::Des3(base) => Some(Rfc1964Key::des3(base)),
            _ => None,
        }
    }

    /// Opens one message, as [`CipherKey::open`] does; prepares the decrypting half only.
    ///
    /// # Errors
    /// [`OpenError`] when it does not verify; `ciphertext` is then wiped.
    pub fn open<'c>(
        &self,
        usage: KeyUsage,
        ciphertext: &'c mut [u8],
    ) -> Result<&'c mut [u8], OpenError> {
        self.prepare().open(usage, ciphertext)
    }

    /// Seals one message, as [`CipherKey::seal`] does; prepares the encrypting half only.
    pub fn seal(
        &self,
        usage: KeyUsage,
        confounder: &[u8; 16],
        parts: &[&[u8]],
        output: &mut Vec<u8>,
    ) {
        self.prepare().seal(usage, confounder, parts, output);
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.enctype == other.enctype && bool::from(self.octets.ct_eq(other.octets.as_slice()))
    }
}

impl Eq for Key {}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("enctype", &self.enctype)
            .finish_non_exhaustive()
    }
}

/// A key of this enctype has another length.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KeyLengthError {
    /// The enctype that was asked for.
    pub enctype: Enctype,
    /// The octets that its keys have.
    pub expected: usize,
    /// The octets that were given.
    pub found: usize,
}

impl fmt::Display for KeyLengthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            enctype,
            expected,
            found,
        } = self;
        write!(f, "key of {enctype} has {expected} octets, not {found}")
    }
}

impl error::Error for KeyLengthError {}
