//! PAC_SIGNATURE_DATA ([MS-PAC] §2.8): the signatures of a PAC.

use super::flat_reader::FlatReader;
use crate::der::Result;
use crate::registry::ChecksumTypeNumber;
use alloc::vec::Vec;

/// PAC_SIGNATURE_DATA.
///
/// ```text
/// SignatureType u32, signed | Signature, as long as the type says | RODCIdentifier u16, or nothing
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PacSignature<'a> {
    /// How the signature is made.
    pub checksum_type: ChecksumTypeNumber,
    /// The signature.
    pub signature: &'a [u8],
    /// Which read-only domain controller made it, if one did.
    pub rodc_identifier: Option<u16>,
}

/// The octets before the signature.
pub(super) const TYPE_OCTETS: usize = 4;

impl<'a> PacSignature<'a> {
    /// No buffer of a signature has more octets; the longest known has 30.
    pub const MOST_OCTETS: usize = 64;

    /// Reads the buffer. Of a type that is no keyed checksum of Kerberos, all of the rest is the
    /// signature.
    ///
    /// # Errors
    /// [`DecodeError`](crate::der::DecodeError) when it is shorter than a signature of its type, or
    /// longer than any.
    pub fn decode(octets: &'a [u8]) -> Result<Self> {
        let mut input = FlatReader::new(octets, "PAC_SIGNATURE_DATA");
        if octets.len() > Self::MOST_OCTETS {
            return Err(input.wrong("longer than any signature", "Signature"));
        }
        let checksum_type = ChecksumTypeNumber(input.uint32("SignatureType")?.cast_signed());
        let length = Self::octets_of(checksum_type).unwrap_or_else(|| input.rest().len());
        let signature = input.octets(length, "Signature")?;
        let rodc_identifier = input.rest().first_chunk();
        Ok(Self {
            checksum_type,
            signature,
            rodc_identifier: rodc_identifier.map(|octets| u16::from_le_bytes(*octets)),
        })
    }

    /// Writes the buffer.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut octets = self.checksum_type.0.to_le_bytes().to_vec();
        octets.extend_from_slice(self.signature);
        if let Some(identifier) = self.rodc_identifier {
            octets.extend_from_slice(&identifier.to_le_bytes());
        }
        octets
    }

    /// How many octets a signature of a type has, if the type is a keyed checksum of Kerberos that
    /// signs PACs.
    #[must_use]
    pub const fn octets_of(checksum_type: ChecksumTypeNumber) -> Option<usize> {
        match checksum_type {
            ChecksumTypeNumber::HMAC_SHA1_96_AES128 | ChecksumTypeNumber::HMAC_SHA1_96_AES256 => {
                Some(12)
            }
            ChecksumTypeNumber::HMAC_MD5_RC4
            | ChecksumTypeNumber::CMAC_CAMELLIA128
            | ChecksumTypeNumber::CMAC_CAMELLIA256
            | ChecksumTypeNumber::HMAC_SHA256_128_AES128 => Some(16),
            ChecksumTypeNumber::HMAC_SHA1_DES3 => Some(20),
            ChecksumTypeNumber::HMAC_SHA384_192_AES256 => Some(24),
            _ => None,
        }
    }
}
