//! The protocol key, from which the keys of each usage are derived.
//!
//! Hot path: what every derivation needs (a schedule, or an HMAC state) is prepared once.

use alloc::vec::Vec;
use core::error;
use core::fmt;

use aes::{Aes128Dec, Aes128Enc, Aes256Dec, Aes256Enc};
use cipher::KeyInit;
use cipher::array::Array;
use cipher::consts::{U16, U24, U32};
#[cfg(feature = "legacy-enctypes")]
use des::TdesEde3;
use sha2::Sha384;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

#[cfg(feature = "legacy-enctypes")]
use crate::Rfc1964Key;
#[cfg(feature = "camellia")]
use crate::camellia::{self, Cmac128, Cmac256};
use crate::cipher_key::{Scheme, plaintext, reserve};
#[cfg(feature = "legacy-enctypes")]
use crate::legacy::{des3, des3_random_to_key::random_to_key, rc4_hmac};
#[cfg(feature = "legacy-enctypes")]
use crate::mac::HmacMd5;
use crate::mac::{HmacSha256, HmacSha384, hmac};
use crate::mac_key::Keyed;
use crate::sha::Sha256;
use crate::{CipherKey, Enctype, KeyUsage, MacKey, OpenError, aes_sha1, aes_sha2};

/// A protocol key (RFC 3961 §3): its octets, and what derives usage keys from it.
///
/// Wiped when dropped; compared in constant time; prints its enctype and nothing else.
#[derive(Clone)]
pub struct Key {
    enctype: Enctype,
    /// The first [`Enctype::key_length`] octets count, the rest is zero.
    octets: Zeroizing<Array<u8, U32>>,
    base: Base,
}

/// What a derivation starts from.
#[derive(Clone)]
enum Base {
    Aes128Sha1(Aes128Enc),
    Aes256Sha1(Aes256Enc),
    Aes128Sha256(HmacSha256),
    Aes256Sha384(HmacSha384),
    #[cfg(feature = "camellia")]
    Camellia128(Cmac128),
    #[cfg(feature = "camellia")]
    Camellia256(Cmac256),
    #[cfg(feature = "legacy-enctypes")]
    Des3(TdesEde3),
    #[cfg(feature = "legacy-enctypes")]
    Rc4(HmacMd5),
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
        let mut padded = Zeroizing::new(Array::default());
        for (to, from) in padded.iter_mut().zip(octets).take(enctype.key_length()) {
            *to = *from;
        }
        Self::prepare(enctype, padded)
    }

    fn prepare(enctype: Enctype, octets: Zeroizing<Array<u8, U32>>) -> Self {
        let (half, _) = octets.split_ref::<U16>();
        let base = match enctype {
            Enctype::Aes128CtsHmacSha1_96 => Base::Aes128Sha1(Aes128Enc::new(half)),
            Enctype::Aes256CtsHmacSha1_96 => Base::Aes256Sha1(Aes256Enc::new(&octets)),
            Enctype::Aes128CtsHmacSha256_128 => Base::Aes128Sha256(hmac(half)),
            Enctype::Aes256CtsHmacSha384_192 => Base::Aes256Sha384(hmac(&octets)),
            #[cfg(feature = "camellia")]
            Enctype::Camellia128CtsCmac => Base::Camellia128(Cmac128::new(half)),
            #[cfg(feature = "camellia")]
            Enctype::Camellia256CtsCmac => Base::Camellia256(Cmac256::new(&octets)),
            #[cfg(feature = "legacy-enctypes")]
            Enctype::Des3CbcSha1 => Base::Des3(TdesEde3::new(octets.split_ref().0)),
            #[cfg(feature = "legacy-enctypes")]
            Enctype::Rc4Hmac => Base::Rc4(hmac(half)),
        };
        Self {
            enctype,
            octets,
            base,
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

    /// Derives Ke and Ki of `usage`, to open and seal many messages.
    #[must_use]
    pub fn cipher(&self, usage: KeyUsage) -> CipherKey {
        let scheme = match &self.base {
            Base::Aes128Sha1(base) => Scheme::Aes128Sha1(aes_sha1::cipher(base, usage)),
            Base::Aes256Sha1(base) => Scheme::Aes256Sha1(aes_sha1::cipher(base, usage)),
            Base::Aes128Sha256(base) => Scheme::Aes128Sha256(aes_sha2::cipher(base, usage)),
            Base::Aes256Sha384(base) => Scheme::Aes256Sha384(aes_sha2::cipher(base, usage)),
            #[cfg(feature = "camellia")]
            Base::Camellia128(base) => Scheme::Camellia128(camellia::cipher(base, usage)),
            #[cfg(feature = "camellia")]
            Base::Camellia256(base) => Scheme::Camellia256(camellia::cipher(base, usage)),
            #[cfg(feature = "legacy-enctypes")]
            Base::Des3(base) => Scheme::Des3(des3::cipher(base, usage)),
            #[cfg(feature = "legacy-enctypes")]
            Base::Rc4(base) => Scheme::Rc4(rc4_hmac::cipher(base, usage)),
        };
        CipherKey::new(self.enctype, scheme)
    }

    /// Derives Kc of `usage`, to make and verify checksums.
    #[must_use]
    pub fn mac(&self, usage: KeyUsage) -> MacKey {
        let keyed = match &self.base {
            Base::Aes128Sha1(base) => Keyed::Sha1(aes_sha1::mac(base, usage)),
            Base::Aes256Sha1(base) => Keyed::Sha1(aes_sha1::mac(base, usage)),
            Base::Aes128Sha256(base) => Keyed::Sha256(aes_sha2::mac::<_, U16>(base, usage)),
            Base::Aes256Sha384(base) => Keyed::Sha384(aes_sha2::mac::<_, U24>(base, usage)),
            #[cfg(feature = "camellia")]
            Base::Camellia128(base) => Keyed::Camellia128(camellia::mac(base, usage)),
            #[cfg(feature = "camellia")]
            Base::Camellia256(base) => Keyed::Camellia256(camellia::mac(base, usage)),
            #[cfg(feature = "legacy-enctypes")]
            Base::Des3(base) => Keyed::Sha1(des3::mac(base, usage)),
            #[cfg(feature = "legacy-enctypes")]
            Base::Rc4(base) => Keyed::Rc4(rc4_hmac::mac(base, usage)),
        };
        MacKey::new(self.enctype, keyed)
    }

    /// Makes and verifies HMAC_MD5 (-138, RFC 4757 §4) with the octets of a key of any enctype, as
    /// `[MS-SFU]` §2.2.1 wants it for PA-FOR-USER.
    #[cfg(feature = "legacy-enctypes")]
    #[must_use]
    pub fn hmac_md5(&self, usage: KeyUsage) -> MacKey {
        let base = hmac(self.expose_octets());
        MacKey::new(Enctype::Rc4Hmac, Keyed::Rc4(rc4_hmac::mac(&base, usage)))
    }

    /// The pseudo-random function of its enctype (RFC 3961 §3), 16 to 48 octets.
    #[must_use]
    pub fn prf(&self, input: &[u8]) -> Vec<u8> {
        match &self.base {
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

    /// Encrypts or decrypts, in place, the sequence number of an RFC 1964 token that has this
    /// checksum (RFC 4757 §7.2). Nothing happens to it, and `false` is the answer, under a key that
    /// is not of RC4-HMAC.
    #[cfg(feature = "legacy-enctypes")]
    #[must_use]
    pub fn crypt_rc4_sequence(&self, checksum: &[u8; 8], sequence: &mut [u8; 8]) -> bool {
        match &self.base {
            Base::Rc4(base) => rc4_hmac::crypt_sequence(base, checksum, sequence),
            _ => return false,
        }
        true
    }

    /// What tokens of RFC 1964 are made with, if the key is of RC4-HMAC or DES3.
    #[cfg(feature = "legacy-enctypes")]
    #[must_use]
    pub fn rfc1964(&self) -> Option<Rfc1964Key> {
        match &self.base {
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
        let opened = match &self.base {
            Base::Aes128Sha1(base) => {
                aes_sha1::cipher::<_, Aes128Dec>(base, usage).open(ciphertext)
            }
            Base::Aes256Sha1(base) => {
                aes_sha1::cipher::<_, Aes256Dec>(base, usage).open(ciphertext)
            }
            Base::Aes128Sha256(base) => {
                aes_sha2::cipher::<Aes128Dec, Sha256, U16>(base, usage).open(ciphertext)
            }
            Base::Aes256Sha384(base) => {
                aes_sha2::cipher::<Aes256Dec, Sha384, U24>(base, usage).open(ciphertext)
            }
            #[cfg(feature = "camellia")]
            Base::Camellia128(base) => camellia::cipher(base, usage).open(ciphertext),
            #[cfg(feature = "camellia")]
            Base::Camellia256(base) => camellia::cipher(base, usage).open(ciphertext),
            #[cfg(feature = "legacy-enctypes")]
            Base::Des3(base) => des3::cipher(base, usage).open(ciphertext),
            #[cfg(feature = "legacy-enctypes")]
            Base::Rc4(base) => rc4_hmac::cipher(base, usage).open(ciphertext),
        };
        plaintext(ciphertext, opened)
    }

    /// Seals one message, as [`CipherKey::seal`] does; prepares the encrypting half only.
    pub fn seal(
        &self,
        usage: KeyUsage,
        confounder: &[u8; 16],
        parts: &[&[u8]],
        output: &mut Vec<u8>,
    ) {
        reserve(self.enctype, parts, output);
        match &self.base {
            Base::Aes128Sha1(base) => {
                aes_sha1::cipher::<_, Aes128Enc>(base, usage).seal(confounder, parts, output);
            }
            Base::Aes256Sha1(base) => {
                aes_sha1::cipher::<_, Aes256Enc>(base, usage).seal(confounder, parts, output);
            }
            Base::Aes128Sha256(base) => {
                aes_sha2::cipher::<Aes128Enc, Sha256, U16>(base, usage)
                    .seal(confounder, parts, output);
            }
            Base::Aes256Sha384(base) => {
                aes_sha2::cipher::<Aes256Enc, Sha384, U24>(base, usage)
                    .seal(confounder, parts, output);
            }
            #[cfg(feature = "camellia")]
            Base::Camellia128(base) => {
                camellia::cipher(base, usage).seal(confounder, parts, output);
            }
            #[cfg(feature = "camellia")]
            Base::Camellia256(base) => {
                camellia::cipher(base, usage).seal(confounder, parts, output);
            }
            #[cfg(feature = "legacy-enctypes")]
            Base::Des3(base) => des3::cipher(base, usage).seal(confounder, parts, output),
            #[cfg(feature = "legacy-enctypes")]
            Base::Rc4(base) => rc4_hmac::cipher(base, usage).seal(confounder, parts, output),
        }
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
