//! AD-CAMMAC (RFC 7751) and AD-AUTHENTICATION-INDICATOR (RFC 8129): what a KDC says of a client and
//! signs, so that nobody can take it for what the client had copied into the ticket.

use super::{AuthorizationData, Checksum, PrincipalName};
use crate::der::{Decode, DecodeErrorKind, Encode, Reader, Result, SequenceOf, Writer};
use crate::registry::{EtypeNumber, Kvno};

const UTF8_STRING: u8 = 0x0c;

/// AD-CAMMAC (RFC 7751 §3).
///
/// ```text
/// AD-CAMMAC ::= SEQUENCE {
///         elements        [0] AuthorizationData,
///         kdc-verifier    [1] Verifier-MAC OPTIONAL,
///         svc-verifier    [2] Verifier-MAC OPTIONAL,
///         other-verifiers [3] SEQUENCE (SIZE (1..MAX)) OF Verifier OPTIONAL
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdCammac<'a> {
    /// What is said; strict DER, so that [`Encode::to_der`] gives the octets of the service's MAC.
    pub elements: AuthorizationData<'a>,
    /// For the KDC.
    pub kdc_verifier: Option<VerifierMac<'a>>,
    /// For the service: over the encoding of `elements`, key usage 64.
    pub svc_verifier: Option<VerifierMac<'a>>,
    /// For others: the encoded SEQUENCE OF, unread.
    pub other_verifiers: Option<&'a [u8]>,
}

impl<'a> Decode<'a> for AdCammac<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.sequence("AD-CAMMAC", |fields| {
            Ok(Self {
                elements: fields.field(0, "elements", AuthorizationData::decode)?,
                kdc_verifier: fields.optional(1, "kdc-verifier", VerifierMac::decode)?,
                svc_verifier: fields.optional(2, "svc-verifier", VerifierMac::decode)?,
                other_verifiers: fields.optional(3, "other-verifiers", Reader::whole)?,
            })
        })
    }
}

impl Encode for AdCammac<'_> {
    fn encode(&self, output: &mut Writer) {
        output.sequence(|fields| {
            fields.value(0, &self.elements);
            fields.optional(1, self.kdc_verifier.as_ref());
            fields.optional(2, self.svc_verifier.as_ref());
            if let Some(others) = self.other_verifiers {
                fields.field(3, |field| field.raw(others));
            }
        });
    }
}

/// Verifier-MAC (RFC 7751 §3).
///
/// ```text
/// Verifier-MAC ::= SEQUENCE {
///         identifier [0] PrincipalName OPTIONAL,
///         kvno       [1] UInt32 OPTIONAL,
///         enctype    [2] Int32 OPTIONAL,
///         mac        [3] Checksum
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifierMac<'a> {
    /// Whose key made it.
    pub identifier: Option<PrincipalName<'a>>,
    /// The key's version.
    pub kvno: Option<Kvno>,
    /// The key's encryption type.
    pub enctype: Option<EtypeNumber>,
    /// The MAC.
    pub mac: Checksum<'a>,
}

impl<'a> Decode<'a> for VerifierMac<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.sequence("Verifier-MAC", |fields| {
            Ok(Self {
                identifier: fields.optional(0, "identifier", PrincipalName::decode)?,
                kvno: fields.optional(1, "kvno", Kvno::decode)?,
                enctype: fields.optional(2, "enctype", EtypeNumber::decode)?,
                mac: fields.field(3, "mac", Checksum::decode)?,
            })
        })
    }
}

impl Encode for VerifierMac<'_> {
    fn encode(&self, output: &mut Writer) {
        output.sequence(|fields| {
            fields.optional(0, self.identifier.as_ref());
            fields.optional(1, self.kvno.as_ref());
            fields.optional(2, self.enctype.as_ref());
            fields.value(3, &self.mac);
        });
    }
}

/// The value of AD-AUTHENTICATION-INDICATOR (RFC 8129 §3): how the client proved itself to the KDC.
///
/// ```text
/// AD-AUTHENTICATION-INDICATOR ::= SEQUENCE OF UTF8String
/// ```
pub type AuthenticationIndicators<'a> = SequenceOf<'a, AuthenticationIndicator<'a>>;

/// An authentication indicator: a word that the realm's administrator chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuthenticationIndicator<'a>(pub &'a str);

impl<'a> Decode<'a> for AuthenticationIndicator<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        let start = input.clone();
        let text = core::str::from_utf8(input.element(UTF8_STRING)?);
        text.map(Self)
            .map_err(|_| start.error(DecodeErrorKind::Value("UTF8String that is not UTF-8")))
    }
}

impl Encode for AuthenticationIndicator<'_> {
    fn encode(&self, output: &mut Writer) {
        output.element(UTF8_STRING, self.0.as_bytes());
    }
}
