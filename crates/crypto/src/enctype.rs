//! The encryption types that are compiled in, with their parameters.

use core::error;
use core::fmt;

/// An encryption type that this crate implements.
///
/// Peers send any number: `TryFrom<i32>` tells those apart that we can serve.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Enctype {
    /// RFC 3961 §6.3.
    #[cfg(feature = "legacy-enctypes")]
    Des3CbcSha1 = 16,
    /// RFC 3962.
    Aes128CtsHmacSha1_96 = 17,
    /// RFC 3962.
    Aes256CtsHmacSha1_96 = 18,
    /// RFC 8009.
    Aes128CtsHmacSha256_128 = 19,
    /// RFC 8009.
    Aes256CtsHmacSha384_192 = 20,
    /// RFC 4757.
    #[cfg(feature = "legacy-enctypes")]
    Rc4Hmac = 23,
    /// RFC 6803.
    #[cfg(feature = "camellia")]
    Camellia128CtsCmac = 25,
    /// RFC 6803.
    #[cfg(feature = "camellia")]
    Camellia256CtsCmac = 26,
}

/// One row of the table of enctypes (RFC 3961 §4).
struct Parameters {
    number: i32,
    name: &'static str,
    key_length: usize,
    confounder_length: usize,
    /// The plaintext is padded to a multiple of this (RFC 3961 §5.3, message block size).
    message_block: usize,
    /// The octets of a ciphertext beside confounder and plaintext.
    trailer_length: usize,
    checksum_type: i32,
    checksum_length: usize,
}

impl Enctype {
    /// All that are compiled in, strongest profile first.
    #[must_use]
    pub const fn all() -> &'static [Self] {
        &[
            Self::Aes256CtsHmacSha384_192,
            Self::Aes128CtsHmacSha256_128,
            Self::Aes256CtsHmacSha1_96,
            Self::Aes128CtsHmacSha1_96,
            #[cfg(feature = "camellia")]
            Self::Camellia256CtsCmac,
            #[cfg(feature = "camellia")]
            Self::Camellia128CtsCmac,
            #[cfg(feature = "legacy-enctypes")]
            Self::Des3CbcSha1,
            #[cfg(feature = "legacy-enctypes")]
            Self::Rc4Hmac,
        ]
    }

    /// Its number in the registry of RFC 3961 §8.
    #[must_use]
    pub const fn number(self) -> i32 {
        self.parameters().number
    }

    /// Its name as MIT's configuration files write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.parameters().name
    }

    /// The octets of a protocol key.
    #[must_use]
    pub const fn key_length(self) -> usize {
        self.parameters().key_length
    }

    /// The random octets that lead each plaintext.
    #[must_use]
    pub const fn confounder_length(self) -> usize {
        self.parameters().confounder_length
    }

    /// The number of its mandatory checksum (RFC 3961 §8), the only one that it makes here.
    #[must_use]
    pub const fn checksum_type(self) -> i32 {
        self.parameters().checksum_type
    }

    /// The octets of that checksum.
    #[must_use]
    pub const fn checksum_length(self) -> usize {
        self.parameters().checksum_length
    }

    /// The octets of the ciphertext of `plaintext` octets.
    #[must_use]
    pub const fn sealed_length(self, plaintext: usize) -> usize {
        let parameters = self.parameters();
        let body = plaintext.saturating_add(parameters.confounder_length);
        let padded = match body.checked_next_multiple_of(parameters.message_block) {
            Some(padded) => padded,
            None => usize::MAX, // no slice is that long
        };
        padded.saturating_add(parameters.trailer_length)
    }

    /// Deprecated by RFC 8429: too short a block, or too weak a key derivation.
    #[must_use]
    pub const fn is_weak(self) -> bool {
        matches!(self.number(), 16 | 23)
    }

    /// Whether its GSS tokens are those of RFC 4121 rather than RFC 1964 or RFC 4757.
    #[must_use]
    pub const fn is_cfx(self) -> bool {
        !self.is_weak()
    }

    const fn parameters(self) -> Parameters {
        match self {
            Self::Aes128CtsHmacSha1_96 => {
                Parameters::stealing(17, "aes128-cts-hmac-sha1-96", 16, (15, 12))
            }
            Self::Aes256CtsHmacSha1_96 => {
                Parameters::stealing(18, "aes256-cts-hmac-sha1-96", 32, (16, 12))
            }
            Self::Aes128CtsHmacSha256_128 => {
                Parameters::stealing(19, "aes128-cts-hmac-sha256-128", 16, (19, 16))
            }
            Self::Aes256CtsHmacSha384_192 => {
                Parameters::stealing(20, "aes256-cts-hmac-sha384-192", 32, (20, 24))
            }
            #[cfg(feature = "legacy-enctypes")]
            Self::Des3CbcSha1 => Parameters::DES3_CBC_SHA1,
            #[cfg(feature = "legacy-enctypes")]
            Self::Rc4Hmac => Parameters::RC4_HMAC,
            #[cfg(feature = "camellia")]
            Self::Camellia128CtsCmac => {
                Parameters::stealing(25, "camellia128-cts-cmac", 16, (17, 16))
            }
            #[cfg(feature = "camellia")]
            Self::Camellia256CtsCmac => {
                Parameters::stealing(26, "camellia256-cts-cmac", 32, (18, 16))
            }
        }
    }
}

impl Parameters {
    #[cfg(feature = "legacy-enctypes")]
    const DES3_CBC_SHA1: Self = Self {
        number: 16,
        name: "des3-cbc-sha1",
        key_length: 24,
        confounder_length: 8,
        message_block: 8,
        trailer_length: 20,
        checksum_type: 12,
        checksum_length: 20,
    };

    #[cfg(feature = "legacy-enctypes")]
    const RC4_HMAC: Self = Self {
        number: 23,
        name: "arcfour-hmac",
        key_length: 16,
        confounder_length: 8,
        message_block: 1,
        trailer_length: 16,
        checksum_type: -138,
        checksum_length: 16,
    };

    /// A row whose cipher has 16-octet blocks and steals ciphertext instead of padding.
    const fn stealing(number: i32, name: &'static str, key: usize, checksum: (i32, usize)) -> Self {
        Self {
            number,
            name,
            key_length: key,
            confounder_length: 16,
            message_block: 1,
            trailer_length: checksum.1,
            checksum_type: checksum.0,
            checksum_length: checksum.1,
        }
    }
}

impl TryFrom<i32> for Enctype {
    type Error = UnsupportedEnctype;

    fn try_from(number: i32) -> Result<Self, UnsupportedEnctype> {
        let mut all = Self::all().iter().copied();
        all.find(|enctype| enctype.number() == number)
            .ok_or(UnsupportedEnctype(number))
    }
}

impl fmt::Display for Enctype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The number of an enctype that is not implemented, or not compiled in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UnsupportedEnctype(pub i32);

impl fmt::Display for UnsupportedEnctype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "enctype {} is not supported", self.0)
    }
}

impl error::Error for UnsupportedEnctype {}
