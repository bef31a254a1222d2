//! `tls-server-end-point`: the channel is named by the server's certificate (RFC 5929 §4).
//!
//! The certificate is hashed with the hash of its own signature algorithm, so three elements of it
//! are looked at, and nothing of it is verified: it is ours.

use core::fmt;

use portcullis_formats::der::{DecodeError, Reader};
use portcullis_formats::gss::{ChannelBindings, oid_to_dotted};
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

use super::named;

const SEQUENCE: u8 = 0x30;
const BIT_STRING: u8 = 0x03;
const HASH_ALGORITHM: u8 = 0xa0;

/// The bindings `tls-server-end-point` of a server that shows this certificate (DER, not PEM).
///
/// It must be the certificate that the client saw: behind a proxy that ends TLS, the proxy's.
/// HTTP clients use these bindings and no other.
///
/// # Errors
/// [`CertificateError`] when these are not the octets of one certificate, or RFC 5929 §4.1 defines
/// no hash for it, as for Ed25519.
pub fn tls_server_end_point(certificate_der: &[u8]) -> Result<ChannelBindings, CertificateError> {
    let hash = CertificateHash::of_signature_algorithm(certificate_der)?;
    Ok(named(
        "tls-server-end-point:",
        &hash.digest(certificate_der),
    ))
}

/// Why a certificate names no channel.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CertificateError {
    /// The octets are not one certificate in DER.
    Malformed(DecodeError),
    /// It is signed with an algorithm of which we know no single hash. RFC 5929 §4.1 leaves that
    /// undefined, so client and server would have to guess alike.
    NoHash {
        /// The object identifier, with dots, of the signature algorithm, or with RSASSA-PSS of the
        /// hash in its parameters.
        algorithm: String,
    },
}

impl fmt::Display for CertificateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(error) => write!(f, "malformed certificate: {error}"),
            Self::NoHash { algorithm } => write!(
                f,
                "certificate signed with {algorithm}, which has no hash for tls-server-end-point \
                 (RFC 5929 §4.1)"
            ),
        }
    }
}

impl core::error::Error for CertificateError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Malformed(error) => Some(error),
            Self::NoHash { .. } => None,
        }
    }
}

impl From<DecodeError> for CertificateError {
    fn from(error: DecodeError) -> Self {
        Self::Malformed(error.in_structure("Certificate"))
    }
}

#[derive(Clone, Copy)]
enum CertificateHash {
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

impl CertificateHash {
    /// ```text
    /// Certificate ::= SEQUENCE { tbsCertificate TBSCertificate,
    ///                            signatureAlgorithm AlgorithmIdentifier,
    ///                            signatureValue BIT STRING }             -- RFC 5280 §4.1
    /// ```
    fn of_signature_algorithm(certificate: &[u8]) -> Result<Self, CertificateError> {
        let mut input = Reader::new(certificate);
        let mut fields = input.enter(SEQUENCE)?;
        input.finish()?;
        fields.element(SEQUENCE)?;
        let mut algorithm = fields.enter(SEQUENCE)?;
        fields.element(BIT_STRING)?;
        fields.finish()?;

        let oid = algorithm.object_identifier()?;
        if oid == RSASSA_PSS {
            Self::of_pss_parameters(algorithm)
        } else {
            find(oid, SIGNATURES)
        }
    }

    /// ```text
    /// RSASSA-PSS-params ::= SEQUENCE { hashAlgorithm [0] HashAlgorithm DEFAULT sha1Identifier,
    ///                                  ... }                              -- RFC 4055 §3.1
    /// ```
    /// The hash of the mask, which nearly always is the same, does not count, as with OpenSSL.
    fn of_pss_parameters(mut algorithm: Reader<'_>) -> Result<Self, CertificateError> {
        let mut parameters = algorithm.enter(SEQUENCE)?;
        if parameters.peek() != Some(HASH_ALGORITHM) {
            return Ok(Self::Sha256); // the default is SHA-1, see `HASHES`
        }
        let mut hash_algorithm = parameters.enter(HASH_ALGORITHM)?.enter(SEQUENCE)?;
        find(hash_algorithm.object_identifier()?, HASHES)
    }

    fn digest(self, certificate: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha224 => Sha224::digest(certificate).to_vec(),
            Self::Sha256 => Sha256::digest(certificate).to_vec(),
            Self::Sha384 => Sha384::digest(certificate).to_vec(),
            Self::Sha512 => Sha512::digest(certificate).to_vec(),
        }
    }
}

type Table = &'static [(&'static [u8], CertificateHash)];

fn find(oid: &[u8], table: Table) -> Result<CertificateHash, CertificateError> {
    let row = table.iter().find(|(known, _)| *known == oid);
    row.map(|(_, hash)| *hash)
        .ok_or_else(|| CertificateError::NoHash {
            algorithm: oid_to_dotted(oid).to_string(),
        })
}

/// 1.2.840.113549.1.1.10 (RFC 4055 §3.1).
const RSASSA_PSS: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a";

/// RFC 5929 §4.1: the algorithm's own hash, and SHA-256 instead of MD5 and SHA-1.
const SIGNATURES: Table = &[
    // RSA: 1.2.840.113549.1.1.N with MD5, SHA-1, SHA-2 (RFC 3279 §2.2.1, RFC 4055 §5), and OIW's
    (
        b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04",
        CertificateHash::Sha256,
    ),
    (
        b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05",
        CertificateHash::Sha256,
    ),
    (b"\x2b\x0e\x03\x02\x1d", CertificateHash::Sha256),
    (
        b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b",
        CertificateHash::Sha256,
    ),
    (
        b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c",
        CertificateHash::Sha384,
    ),
    (
        b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d",
        CertificateHash::Sha512,
    ),
    (
        b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0e",
        CertificateHash::Sha224,
    ),
    // ECDSA: 1.2.840.10045.4.1 with SHA-1, 1.2.840.10045.4.3.N with SHA-2 (RFC 5758 §3.2)
    (b"\x2a\x86\x48\xce\x3d\x04\x01", CertificateHash::Sha256),
    (b"\x2a\x86\x48\xce\x3d\x04\x03\x01", CertificateHash::Sha224),
    (b"\x2a\x86\x48\xce\x3d\x04\x03\x02", CertificateHash::Sha256),
    (b"\x2a\x86\x48\xce\x3d\x04\x03\x03", CertificateHash::Sha384),
    (b"\x2a\x86\x48\xce\x3d\x04\x03\x04", CertificateHash::Sha512),
    // DSA: 1.2.840.10040.4.3 with SHA-1, 2.16.840.1.101.3.4.3.N with SHA-2 (RFC 5758 §3.1)
    (b"\x2a\x86\x48\xce\x38\x04\x03", CertificateHash::Sha256),
    (
        b"\x60\x86\x48\x01\x65\x03\x04\x03\x01",
        CertificateHash::Sha224,
    ),
    (
        b"\x60\x86\x48\x01\x65\x03\x04\x03\x02",
        CertificateHash::Sha256,
    ),
];

/// The hashes of RSASSA-PSS: SHA-1, then 2.16.840.1.101.3.4.2.N (RFC 4055 §2.1).
const HASHES: Table = &[
    (b"\x2b\x0e\x03\x02\x1a", CertificateHash::Sha256),
    (
        b"\x60\x86\x48\x01\x65\x03\x04\x02\x01",
        CertificateHash::Sha256,
    ),
    (
        b"\x60\x86\x48\x01\x65\x03\x04\x02\x02",
        CertificateHash::Sha384,
    ),
    (
        b"\x60\x86\x48\x01\x65\x03\x04\x02\x03",
        CertificateHash::Sha512,
    ),
    (
        b"\x60\x86\x48\x01\x65\x03\x04\x02\x04",
        CertificateHash::Sha224,
    ),
];

#[cfg(test)]
mod tests;
