//! [`Element`]: a piece of authorization data.

use portcullis_formats::der::{Encode, SequenceOfBuf, Writer};
use portcullis_formats::messages::{AuthorizationData, AuthorizationDataElement};
use portcullis_formats::registry::{AuthDataType, EtypeNumber};

/// KERB_AP_OPTIONS_CBT ([MS-KILE] §3.2.5.8), little-endian.
const CBT: [u8; 4] = [0, 0x40, 0, 0];
/// A type that nobody knows.
const UNKNOWN: AuthDataType = AuthDataType(999);
/// How often AD-IF-RELEVANT is put into itself to be too deep for everybody.
const DEEP: usize = 100;

/// A piece of authorization data.
#[derive(Clone)]
pub(crate) struct Element {
    ad_type: AuthDataType,
    ad_data: Vec<u8>,
}

impl Element {
    pub(crate) fn new(ad_type: AuthDataType, ad_data: &[u8]) -> Self {
        Self {
            ad_type,
            ad_data: ad_data.to_vec(),
        }
    }

    /// AD-IF-RELEVANT with `elements` inside.
    pub(crate) fn if_relevant(elements: &[Self]) -> Self {
        Self {
            ad_type: AuthDataType::IF_RELEVANT,
            ad_data: encode_list(elements),
        }
    }

    /// The client sends channel bindings where it has any, as Windows says it.
    pub(crate) fn claims_bindings() -> Self {
        Self::if_relevant(&[Self::new(AuthDataType::AP_OPTIONS, &CBT)])
    }

    /// AD-AP-OPTIONS twice.
    pub(crate) fn claims_bindings_twice() -> Self {
        let options = Self::new(AuthDataType::AP_OPTIONS, &CBT);
        Self::if_relevant(&[options.clone(), options])
    }

    /// AD-AP-OPTIONS of three octets.
    pub(crate) fn short_ap_options() -> Self {
        Self::if_relevant(&[Self::new(AuthDataType::AP_OPTIONS, &[0, 0x40, 0])])
    }

    /// What the client can use, best first (RFC 4537 §3).
    pub(crate) fn etypes(etypes: &[EtypeNumber]) -> Self {
        let list = SequenceOfBuf::of(etypes);
        let list = list.borrow::<EtypeNumber>().to_der();
        Self::if_relevant(&[Self::new(AuthDataType::ETYPE_NEGOTIATION, &list)])
    }

    /// A PAC, or what looks like one: no buffers, version 0.
    pub(crate) fn pac() -> Self {
        Self::if_relevant(&[Self::new(AuthDataType::WIN2K_PAC, &[0; 8])])
    }

    /// What nobody may ignore.
    pub(crate) fn critical() -> Self {
        Self::new(UNKNOWN, b"obey")
    }

    /// The ticket is armor.
    pub(crate) fn armor() -> Self {
        Self::new(AuthDataType::FX_FAST_ARMOR, b"")
    }

    /// AD-IF-RELEVANT within itself, again and again.
    pub(crate) fn deep() -> Self {
        let innermost = Self::if_relevant(&[]);
        (0..DEEP).fold(innermost, |inside, _| Self::if_relevant(&[inside]))
    }
}

/// A SEQUENCE OF these elements.
pub(crate) fn encode_list(elements: &[Element]) -> Vec<u8> {
    let elements: Vec<_> = elements
        .iter()
        .map(|element| AuthorizationDataElement {
            ad_type: element.ad_type,
            ad_data: &element.ad_data,
        })
        .collect();
    let list = SequenceOfBuf::of(&elements);
    let list: AuthorizationData<'_> = list.borrow();
    list.to_der()
}

/// The field `[number] AuthorizationData OPTIONAL`.
pub(crate) fn encode_optional(number: u8, elements: &[Element], output: &mut Writer) {
    if !elements.is_empty() {
        output.field(number, |field| field.raw(&encode_list(elements)));
    }
}
