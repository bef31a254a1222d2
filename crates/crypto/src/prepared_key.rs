//! A protocol key with what every derivation from it starts from.
//!
//! Hot path: the schedule or the HMAC state is prepared once for several usages.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use aes::{Aes128Dec, Aes128Enc, Aes256Dec, Aes256Enc};
use cipher::KeyInit;
use cipher::array::Array;
use cipher::consts::{U16, U24, U32};
#[cfg(feature = "legacy-enctypes")]
use des::TdesEde3;
use sha2::Sha384;

#[cfg(feature = "camellia")]
use crate::camellia::{self, Cmac128, Cmac256};
use crate::cipher_key::{Scheme, plaintext, reserve};
#[cfg(feature = "legacy-enctypes")]
use crate::legacy::{des3, rc4_hmac};
#[cfg(feature = "legacy-enctypes")]
use crate::mac::HmacMd5;
use crate::mac::{HmacSha256, HmacSha384, hmac};
use crate::mac_key::Keyed;
use crate::sha::Sha256;
use crate::{CipherKey, Enctype, KeyUsage, MacKey, OpenError, aes_sha1, aes_sha2};

/// A [`Key`](crate::Key) that is about to be used more than once, with different usages.
///
/// Everything in it is wiped when it is dropped.
#[derive(Clone)]
pub struct PreparedKey {
    enctype: Enctype,
    pub(crate) base: Base,
}

/// What a derivation starts from.
#[derive(Clone)]
pub(crate) enum Base {
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

impl PreparedKey {
    /// The key of the first [`Enctype::key_length`] octets.
    #[inline]
    pub(crate) fn new(enctype: Enctype, octets: &Array<u8, U32>) -> Self {
        let (half, _) = octets.split_ref::<U16>();
        let base = match enctype {
            Enctype::Aes128CtsHmacSha1_96 => Base::Aes128Sha1(Aes128Enc::new(half)),
            Enctype::Aes256CtsHmacSha1_96 => Base::Aes256Sha1(Aes256Enc::new(octets)),
            Enctype::Aes128CtsHmacSha256_128 => Base::Aes128Sha256(hmac(half)),
            Enctype::Aes256CtsHmacSha384_192 => Base::Aes256Sha384(hmac(octets)),
            #[cfg(feature = "camellia")]
            Enctype::Camellia128CtsCmac => Base::Camellia128(Cmac128::new(half)),
            #[cfg(feature = "camellia")]
            Enctype::Camellia256CtsCmac => Base::Camellia256(Cmac256::new(octets)),
            #[cfg(feature = "legacy-enctypes")]
            Enctype::Des3CbcSha1 => Base::Des3(TdesEde3::new(octets.split_ref().0)),
            #[cfg(feature = "legacy-enctypes")]
            Enctype::Rc4Hmac => Base::Rc4(hmac(half)),
        };
        Self { enctype, base }
    }

    /// The enctype of its key.
    #[must_use]
    pub const fn enctype(&self) -> Enctype {
        self.enctype
    }

    /// Derives Ke and Ki of `usage`, to open and seal many messages.
    #[must_use]
    pub fn cipher(&self, usage: KeyUsage) -> CipherKey {
        let scheme = match &self.base {
            Base::Aes128Sha1(base) => Scheme::Aes128Sha1(Box::new(aes_sha1::cipher(base, usage))),
            Base::Aes256Sha1(base) => Scheme::Aes256Sha1(Box::new(aes_sha1::cipher(base, usage))),
            Base::Aes128Sha256(base) => {
                Scheme::Aes128Sha256(Box::new(aes_sha2::cipher(base, usage)))
            }
            Base::Aes256Sha384(base) => {
                Scheme::Aes256Sha384(Box::new(aes_sha2::cipher(base, usage)))
            }
            #[cfg(feature = "camellia")]
            Base::Camellia128(base) => Scheme::Camellia128(Box::new(camellia::cipher(base, usage))),
            #[cfg(feature = "camellia")]
            Base::Camellia256(base) => Scheme::Camellia256(Box::new(camellia::cipher(base, usage))),
            #[cfg(feature = "legacy-enctypes")]
            Base::Des3(base) => Scheme::Des3(Box::new(des3::cipher(base, usage))),
            #[cfg(feature = "legacy-enctypes")]
            Base::Rc4(base) => Scheme::Rc4(Box::new(rc4_hmac::cipher(base, usage))),
        };
        CipherKey::new(self.enctype, scheme)
    }

    /// Derives Kc of `usage`, to make and verify checksums.
    #[must_use]
    pub fn mac(&self, usage: KeyUsage) -> MacKey {
        let keyed = match &self.base {
            Base::Aes128Sha1(base) => Keyed::Sha1(Box::new(aes_sha1::mac(base, usage))),
            Base::Aes256Sha1(base) => Keyed::Sha1(Box::new(aes_sha1::mac(base, usage))),
            Base::Aes128Sha256(base) => {
                Keyed::Sha256(Box::new(aes_sha2::mac::<_, U16>(base, usage)))
            }
            Base::Aes256Sha384(base) => {
                Keyed::Sha384(Box::new(aes_sha2::mac::<_, U24>(base, usage)))
            }
            #[cfg(feature = "camellia")]
            Base::Camellia128(base) => Keyed::Camellia128(Box::new(camellia::mac(base, usage))),
            #[cfg(feature = "camellia")]
            Base::Camellia256(base) => Keyed::Camellia256(Box::new(camellia::mac(base, usage))),
            #[cfg(feature = "legacy-enctypes")]
            Base::Des3(base) => Keyed::Sha1(Box::new(des3::mac(base, usage))),
            #[cfg(feature = "legacy-enctypes")]
            Base::Rc4(base) => Keyed::Rc4(Box::new(rc4_hmac::mac(base, usage))),
        };
        MacKey::new(self.enctype, keyed)
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

impl fmt::Debug for PreparedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedKey")
            .field("enctype", &self.enctype)
            .finish_non_exhaustive()
    }
}
