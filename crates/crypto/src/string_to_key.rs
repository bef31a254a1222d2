//! Keys from passwords: string-to-key of every enctype that is compiled in.
//!
//! Slow by design; nothing that serves a token calls it.

use core::error;
use core::fmt;

use aes::{Aes128Enc, Aes256Enc};
use cipher::array::{Array, ArraySize};
use cipher::consts::{U16, U32};
use cipher::{BlockCipherEncrypt, KeyInit};
use hmac::EagerHash;
use sha2::Sha384;

use crate::derive::kdf_hmac_sha2;
use crate::mac::hmac;
use crate::sha::{Sha1, Sha256};
use crate::{Enctype, Key, Wiped, aes_sha1};

/// A count from here on is refused, as MIT does: a peer's parameters must not stall us.
const TOO_MANY_ITERATIONS: u32 = 0x100_0000;

/// The key of `password` (UTF-8) and `salt`.
///
/// `params` are the string-to-key parameters of the enctype, as in `ETYPE-INFO2-ENTRY`: for AES
/// and Camellia four octets, the iteration count, big-endian. `None` is the default of its RFC:
/// 4096 for RFC 3962, 32768 for RFC 8009 and RFC 6803. DES3 has no parameters, RC4-HMAC neither
/// parameters nor salt; what is given is not looked at.
///
/// # Errors
/// [`StringToKeyError`] says which argument cannot be used.
pub fn string_to_key(
    enctype: Enctype,
    password: &[u8],
    salt: &[u8],
    params: Option<&[u8]>,
) -> Result<Key, StringToKeyError> {
    let leading = |octets: &[u8]| Key::from_leading(enctype, octets);
    let rounds = |default| iterations(params, default);
    let salted = [enctype.name().as_bytes(), &[0], salt].concat(); // RFC 8009 §4, RFC 6803 §4
    Ok(match enctype {
        Enctype::Aes128CtsHmacSha1_96 => {
            leading(&rfc_3962::<Aes128Enc>(password, salt, rounds(4096)?))
        }
        Enctype::Aes256CtsHmacSha1_96 => {
            leading(&rfc_3962::<Aes256Enc>(password, salt, rounds(4096)?))
        }
        Enctype::Aes128CtsHmacSha256_128 => {
            leading(&rfc_8009::<Sha256, U16>(password, &salted, rounds(32768)?))
        }
        Enctype::Aes256CtsHmacSha384_192 => {
            leading(&rfc_8009::<Sha384, U32>(password, &salted, rounds(32768)?))
        }
        #[cfg(feature = "camellia")]
        Enctype::Camellia128CtsCmac => {
            leading(&rfc_6803::<U16, 26>(password, &salted, rounds(32768)?))
        }
        #[cfg(feature = "camellia")]
        Enctype::Camellia256CtsCmac => {
            leading(&rfc_6803::<U32, 34>(password, &salted, rounds(32768)?))
        }
        #[cfg(feature = "legacy-enctypes")]
        Enctype::Des3CbcSha1 => leading(&*des3(password, salt)),
        #[cfg(feature = "legacy-enctypes")]
        Enctype::Rc4Hmac => leading(&*rc4_hmac(password)?),
    })
}

/// The iteration count of `params` (RFC 3962 §4, RFC 8009 §4, RFC 6803 §4).
fn iterations(params: Option<&[u8]>, default: u32) -> Result<u32, StringToKeyError> {
    let Some(params) = params else {
        return Ok(default);
    };
    let octets = <[u8; 4]>::try_from(params).map_err(|_| StringToKeyError::ParamsLength {
        found: params.len(),
    })?;
    match u32::from_be_bytes(octets) {
        // 0 stands for 2^32.
        count @ (0 | TOO_MANY_ITERATIONS..) => Err(StringToKeyError::IterationCount { count }),
        count => Ok(count),
    }
}

fn pbkdf2<D, N>(password: &[u8], salt: &[u8], rounds: u32) -> Wiped<Array<u8, N>>
where
    D: EagerHash,
    N: ArraySize,
{
    let mut key = Wiped::new(Array::default());
    pbkdf2::pbkdf2_hmac::<D>(password, salt, rounds, &mut key);
    key
}

fn rfc_3962<C>(password: &[u8], salt: &[u8], rounds: u32) -> Wiped<Array<u8, C::KeySize>>
where
    C: BlockCipherEncrypt<BlockSize = U16> + KeyInit,
{
    let base = C::new(&pbkdf2::<Sha1, _>(password, salt, rounds));
    aes_sha1::derive_key(&base, b"kerberos")
}

fn rfc_8009<D, N>(password: &[u8], salt: &[u8], rounds: u32) -> Wiped<Array<u8, N>>
where
    D: EagerHash,
    N: ArraySize,
{
    let base = hmac::<D>(&pbkdf2::<D, N>(password, salt, rounds));
    kdf_hmac_sha2::derive(&base, b"kerberos", &[])
}

#[cfg(feature = "camellia")]
fn rfc_6803<N, const RK: usize>(password: &[u8], salt: &[u8], rounds: u32) -> Wiped<Array<u8, N>>
where
    N: ArraySize,
    camellia::Camellia<N, RK>: KeyInit<KeySize = N>,
{
    let base =
        cmac::Cmac::<camellia::Camellia<N, RK>>::new(&pbkdf2::<Sha1, N>(password, salt, rounds));
    crate::camellia::derive_key(&base, b"kerberos")
}

/// RFC 3961 §6.3.1.
#[cfg(feature = "legacy-enctypes")]
fn des3(password: &[u8], salt: &[u8]) -> Wiped<[u8; 24]> {
    use crate::legacy::{des3, des3_random_to_key::random_to_key};

    let text = Wiped::new([password, salt].concat());
    let mut folded = Wiped::new([0; 21]);
    crate::derive::n_fold::n_fold(&text, &mut *folded);
    let base = random_to_key(&folded);
    des3::derive_key(&des::TdesEde3::new(&Array(*base)), b"kerberos")
}

/// RFC 4757 §2: MD4 of the password in UTF-16, little-endian.
#[cfg(feature = "legacy-enctypes")]
fn rc4_hmac(password: &[u8]) -> Result<Wiped<[u8; 16]>, StringToKeyError> {
    use md4::{Digest, Md4};

    let password = str::from_utf8(password).map_err(|_| StringToKeyError::NotUtf8)?;
    let mut hash = Md4::new();
    password
        .encode_utf16()
        .for_each(|unit| hash.update(unit.to_le_bytes()));
    Ok(Wiped::new(hash.finalize().into()))
}

/// Why there is no key of this password.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StringToKeyError {
    /// The parameters are not the four octets of an iteration count.
    ParamsLength {
        /// The octets that were given.
        found: usize,
    },
    /// The iteration count is 0, which stands for 2^32, or 2^24 or more.
    IterationCount {
        /// The count as it was sent.
        count: u32,
    },
    /// RC4-HMAC needs the characters of the password, and it is not UTF-8.
    NotUtf8,
}

impl fmt::Display for StringToKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ParamsLength { found } => {
                write!(f, "string-to-key parameters have {found} octets, not 4")
            }
            Self::IterationCount { count } => {
                write!(f, "iteration count {count} is not within 1 and 16777215")
            }
            Self::NotUtf8 => f.write_str("password is not UTF-8, as arcfour-hmac needs it"),
        }
    }
}

impl error::Error for StringToKeyError {}
