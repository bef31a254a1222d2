//! Keyed checksums (RFC 3961 §4: get_mic and verify_mic).

use alloc::boxed::Box;
use core::error;
use core::fmt;

use subtle::ConstantTimeEq;

use crate::Enctype;
#[cfg(feature = "camellia")]
use crate::camellia::{Cmac128, Cmac256};
#[cfg(feature = "legacy-enctypes")]
use crate::legacy::rc4_hmac;
use crate::mac::{HmacSha1, HmacSha256, HmacSha384, compute};

/// Kc of one key and usage, ready to make and verify the mandatory checksum of its enctype.
#[derive(Clone)]
pub struct MacKey {
    enctype: Enctype,
    keyed: Keyed,
}

/// Boxed one by one, as [`Scheme`](crate::cipher_key::Scheme) is.
#[derive(Clone)]
pub(crate) enum Keyed {
    Sha1(Box<HmacSha1>),
    Sha256(Box<HmacSha256>),
    Sha384(Box<HmacSha384>),
    #[cfg(feature = "camellia")]
    Camellia128(Box<Cmac128>),
    #[cfg(feature = "camellia")]
    Camellia256(Box<Cmac256>),
    #[cfg(feature = "legacy-enctypes")]
    Rc4(Box<rc4_hmac::Signer>),
}

impl MacKey {
    pub(crate) const fn new(enctype: Enctype, keyed: Keyed) -> Self {
        Self { enctype, keyed }
    }

    /// The enctype whose checksum it makes: that of its key, but for [`Key::hmac_md5`].
    ///
    /// [`Key::hmac_md5`]: crate::Key::hmac_md5
    #[must_use]
    pub const fn enctype(&self) -> Enctype {
        self.enctype
    }

    /// The checksum over the concatenated `parts`.
    #[must_use]
    pub fn checksum(&self, parts: &[&[u8]]) -> Mac {
        let length = self.enctype.checksum_length();
        match &self.keyed {
            Keyed::Sha1(hmac) => Mac::leftmost(length, &compute(hmac.as_ref(), parts)),
            Keyed::Sha256(hmac) => Mac::leftmost(length, &compute(hmac.as_ref(), parts)),
            Keyed::Sha384(hmac) => Mac::leftmost(length, &compute(hmac.as_ref(), parts)),
            #[cfg(feature = "camellia")]
            Keyed::Camellia128(cmac) => Mac::leftmost(length, &compute(cmac.as_ref(), parts)),
            #[cfg(feature = "camellia")]
            Keyed::Camellia256(cmac) => Mac::leftmost(length, &compute(cmac.as_ref(), parts)),
            #[cfg(feature = "legacy-enctypes")]
            Keyed::Rc4(signer) => Mac::leftmost(length, &signer.compute(parts)),
        }
    }

    /// Compares `checksum` in constant time with the one over the concatenated `parts`.
    ///
    /// # Errors
    /// [`VerifyError`] when it is another one, or longer or shorter than it should be.
    pub fn verify(&self, parts: &[&[u8]], checksum: &[u8]) -> Result<(), VerifyError> {
        let equal = self.checksum(parts).as_ref().ct_eq(checksum);
        if bool::from(equal) {
            Ok(())
        } else {
            Err(VerifyError)
        }
    }
}

impl fmt::Debug for MacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MacKey")
            .field("enctype", &self.enctype)
            .finish_non_exhaustive()
    }
}

/// A keyed checksum as it is sent: 12 to 24 octets.
#[derive(Clone, Copy)]
pub struct Mac {
    octets: [u8; 24],
    length: usize,
}

impl Mac {
    /// The leftmost `length` octets, at most 24, of a whole MAC.
    pub(crate) fn leftmost(length: usize, whole: &[u8]) -> Self {
        let mut octets = [0; 24];
        for (to, from) in octets.iter_mut().zip(whole).take(length) {
            *to = *from;
        }
        Self { octets, length }
    }
}

/// Tells how long it is: what is expected of a peer must not get into a log.
impl fmt::Debug for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mac")
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

impl AsRef<[u8]> for Mac {
    fn as_ref(&self) -> &[u8] {
        self.octets.get(..self.length).unwrap_or_default()
    }
}

/// The checksum is not that of these octets under this key.
///
/// One case, deliberately: what differs is nobody's business.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct VerifyError;

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("checksum does not verify with this key")
    }
}

impl error::Error for VerifyError {}
