//! Authorization data (RFC 4120 §5.2.6) and the elements that hold more of it.
//!
//! An element's `ad-data` is DER of its own. Nothing here descends by itself: whoever does bounds
//! how deep.

use super::{Checksum, PrincipalName, Realm};
use crate::der::{Decode, Encode, Reader, Result, SequenceOf, Writer};
use crate::registry::{AuthDataType, EtypeNumber};

/// AuthorizationData (RFC 4120 §5.2.6).
///
/// ```text
/// AuthorizationData ::= SEQUENCE OF SEQUENCE { ad-type [0] Int32, ad-data [1] OCTET STRING }
/// ```
pub type AuthorizationData<'a> = SequenceOf<'a, AuthorizationDataElement<'a>>;

/// AD-IF-RELEVANT (RFC 4120 §5.2.6.1): elements that may be ignored by those who do not know them.
pub type AdIfRelevant<'a> = AuthorizationData<'a>;

/// The value of AD-ETYPE-NEGOTIATION (RFC 4537 §3): what the initiator can do, best first.
pub type EtypeList<'a> = SequenceOf<'a, EtypeNumber>;

/// An element of [`AuthorizationData`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuthorizationDataElement<'a> {
    /// What it is.
    pub ad_type: AuthDataType,
    /// Its value, in an encoding that depends on the type.
    pub ad_data: &'a [u8],
}

impl<'a> Decode<'a> for AuthorizationDataElement<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.sequence("AuthorizationData", |fields| {
            Ok(Self {
                ad_type: fields.field(0, "ad-type", AuthDataType::decode)?,
                ad_data: fields.field(1, "ad-data", Reader::octet_string)?,
            })
        })
    }
}

impl Encode for AuthorizationDataElement<'_> {
    fn encode(&self, output: &mut Writer) {
        output.sequence(|fields| {
            fields.value(0, &self.ad_type);
            fields.field(1, |ad_data| ad_data.octet_string(self.ad_data));
        });
    }
}

/// AD-AND-OR (RFC 4120 §5.2.6.3): so many of the elements must be satisfied.
///
/// ```text
/// AD-AND-OR ::= SEQUENCE { condition-count [0] Int32, elements [1] AuthorizationData }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdAndOr<'a> {
    /// How many: one for OR, as many as there are for AND.
    pub condition_count: i32,
    /// The elements.
    pub elements: AuthorizationData<'a>,
}

impl<'a> Decode<'a> for AdAndOr<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.sequence("AD-AND-OR", |fields| {
            Ok(Self {
                condition_count: fields.field(0, "condition-count", Reader::int32)?,
                elements: fields.field(1, "elements", AuthorizationData::decode)?,
            })
        })
    }
}

impl Encode for AdAndOr<'_> {
    fn encode(&self, output: &mut Writer) {
        output.sequence(|fields| {
            fields.field(0, |count| count.integer(self.condition_count));
            fields.value(1, &self.elements);
        });
    }
}

/// AD-KDC-ISSUED (RFC 4120 §5.2.6.2): elements with a checksum in the session key.
///
/// The client has that key too and could have made it.
///
/// ```text
/// AD-KDCIssued ::= SEQUENCE {
///         ad-checksum [0] Checksum,
///         i-realm     [1] Realm OPTIONAL,
///         i-sname     [2] PrincipalName OPTIONAL,
///         elements    [3] AuthorizationData
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdKdcIssued<'a> {
    /// Over the encoding of `elements`, key usage 19.
    pub ad_checksum: Checksum<'a>,
    /// The issuer's realm, when it is not the KDC itself.
    pub i_realm: Option<Realm<'a>>,
    /// The issuer's name, when it is not the KDC itself.
    pub i_sname: Option<PrincipalName<'a>>,
    /// The elements; strict DER, so that [`Encode::to_der`] gives the octets of the checksum.
    pub elements: AuthorizationData<'a>,
}

impl<'a> Decode<'a> for AdKdcIssued<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.sequence("AD-KDCIssued", |fields| {
            Ok(Self {
                ad_checksum: fields.field(0, "ad-checksum", Checksum::decode)?,
                i_realm: fields.optional(1, "i-realm", Realm::decode_realm)?,
                i_sname: fields.optional(2, "i-sname", PrincipalName::decode)?,
                elements: fields.field(3, "elements", AuthorizationData::decode)?,
            })
        })
    }
}

impl Encode for AdKdcIssued<'_> {
    fn encode(&self, output: &mut Writer) {
        output.sequence(|fields| {
            fields.value(0, &self.ad_checksum);
            fields.optional(1, self.i_realm.as_ref());
            fields.optional(2, self.i_sname.as_ref());
            fields.value(3, &self.elements);
        });
    }
}
