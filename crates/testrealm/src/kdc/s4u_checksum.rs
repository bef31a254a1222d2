//! [`S4uChecksum`]: what signs the user that a service asks for (`[MS-SFU]` §2.2.1, §2.2.2).

use super::krb_error::Refusal;
use md4::{Digest as _, Md4};
use portcullis_crypto::{Key, KeyUsage, MacKey};
use portcullis_formats::registry::{ChecksumTypeNumber, ErrorCode};

/// A checksum of the type that the service chose.
pub(super) enum S4uChecksum {
    Keyed(Box<MacKey>),
    /// Of Windows and MIT krb5 with keys that RFC 8429 deprecates. Anybody can make it, so the
    /// service compares it once more with what comes sealed.
    Md4,
}

impl S4uChecksum {
    pub(super) fn of(
        checksum_type: ChecksumTypeNumber,
        key: &Key,
        usage: KeyUsage,
    ) -> Result<Self, Refusal> {
        match checksum_type {
            ChecksumTypeNumber::HMAC_MD5_RC4 => Ok(Self::keyed(key.hmac_md5(usage))),
            ChecksumTypeNumber::RSA_MD4 if key.enctype().is_weak() => Ok(Self::Md4),
            ChecksumTypeNumber(number) if number == key.enctype().checksum_type() => {
                Ok(Self::keyed(key.mac(usage)))
            }
            _ => Err(Refusal::new(
                ErrorCode::INAPP_CKSUM,
                "INVALID_S4U2SELF_CHECKSUM",
            )),
        }
    }

    fn keyed(mac: MacKey) -> Self {
        Self::Keyed(Box::new(mac))
    }

    pub(super) fn sign(&self, parts: &[&[u8]]) -> Vec<u8> {
        match self {
            Self::Keyed(mac) => mac.checksum(parts).as_ref().to_vec(),
            Self::Md4 => Md4::digest(parts.concat()).to_vec(),
        }
    }

    pub(super) fn verify(&self, parts: &[&[u8]], checksum: &[u8]) -> Result<(), Refusal> {
        let verified = match self {
            Self::Keyed(mac) => mac.verify(parts, checksum).is_ok(),
            Self::Md4 => self.sign(parts) == checksum,
        };
        verified.then_some(()).ok_or(Refusal::new(
            ErrorCode::MODIFIED,
            "INVALID_S4U2SELF_CHECKSUM",
        ))
    }
}
