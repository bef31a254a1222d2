//! Authorization data: what the client's tells us, and that nothing critical is left unread.

use crate::error::{AuthorizationDataError, Error, TicketError};
use portcullis_formats::der::{Decode, SequenceOf};
use portcullis_formats::messages::{AuthorizationData, AuthorizationDataElement};
use portcullis_formats::registry::{AuthDataType, EtypeNumber};

/// Containers inside each other; Windows and MIT krb5 use one.
const MAX_DEPTH: u8 = 8;
/// KERB_AP_OPTIONS_CBT ([MS-KILE] §3.2.5.8): the client sends channel bindings where it has any.
const CBT: u32 = 0x4000;

/// Elements that may stand outside AD-IF-RELEVANT although we make nothing of them: they inform
/// or speak to KDCs. Windows and MIT krb5 refuse none at all.
const HARMLESS: [AuthDataType; 17] = [
    AuthDataType::KDC_ISSUED,
    AuthDataType::MANDATORY_FOR_KDC,
    AuthDataType::INITIAL_VERIFIED_CAS,
    AuthDataType::OSF_DCE,
    AuthDataType::SESAME,
    AuthDataType::OSF_DCE_PKI_CERTID,
    AuthDataType::AUTHENTICATION_STRENGTH,
    AuthDataType::FX_FAST_USED,
    AuthDataType::CAMMAC,
    AuthDataType::AUTHENTICATION_INDICATOR,
    AuthDataType::WIN2K_PAC,
    AuthDataType::ETYPE_NEGOTIATION,
    AuthDataType::TOKEN_RESTRICTIONS,
    AuthDataType::LOOPBACK,
    AuthDataType::AP_OPTIONS,
    AuthDataType::CLIENT_TARGET,
    AuthDataType::SIGNED_PATH,
];

/// What a client says of itself in the authenticator. It proves nothing and grants nothing.
#[derive(Default)]
pub(super) struct ClientHints<'p> {
    /// It would send channel bindings if it knew any ([MS-KILE] §3.4.5).
    pub(super) claims_bindings: bool,
    /// The encryption types that it can use, best first (RFC 4537 §3).
    pub(super) etypes: Option<SequenceOf<'p, EtypeNumber>>,
}

impl<'p> ClientHints<'p> {
    pub(super) fn read(data: Option<AuthorizationData<'p>>) -> Result<Self, Error> {
        let mut hints = Self::default();
        let mut options = None;
        let mut visit = |element: &AuthorizationDataElement<'p>, _| {
            match element.ad_type {
                AuthDataType::AP_OPTIONS if options.is_some() => {
                    return Err(AuthorizationDataError::Repeated(element.ad_type).into());
                }
                AuthDataType::AP_OPTIONS => options = Some(ap_options(element)?),
                AuthDataType::ETYPE_NEGOTIATION => {
                    hints.etypes = Some(SequenceOf::from_der(element.ad_data)?);
                }
                _ => {}
            }
            Ok(())
        };
        if let Some(data) = data {
            walk(data, 0, &mut visit)?;
        }
        hints.claims_bindings = options.is_some_and(|options| options & CBT != 0);
        Ok(hints)
    }
}

/// RFC 4120 §5.2.6: an element of unknown type outside AD-IF-RELEVANT refuses the request.
pub(super) fn nothing_critical(data: AuthorizationData<'_>, lenient: bool) -> Result<(), Error> {
    walk(data, 0, &mut |element, depth| {
        unknown(element, depth == 0 && !lenient)
    })
}

/// What the ticket's authorization data has that is looked at further, found when it was walked.
#[derive(Clone, Copy, Default)]
pub(super) struct KdcsWord<'p> {
    /// The PACs of the ticket's own AD-IF-RELEVANT: the first, and whether there is a second.
    /// [MS-KILE] §3.4.5.3 looks there and nowhere else (CVE-2014-6324 is what became of looking
    /// elsewhere).
    pub(super) pac: Option<&'p [u8]>,
    pub(super) second_pac: bool,
    /// There is an AD-CAMMAC somewhere.
    pub(super) cammac: bool,
}

impl<'p> KdcsWord<'p> {
    /// As [`nothing_critical`]. The KDC marks a ticket that serves as FAST armor only (RFC 6113
    /// §5.4.1.1).
    pub(super) fn read(data: AuthorizationData<'p>, lenient: bool) -> Result<Self, Error> {
        let mut word = Self::default();
        walk(data, 0, &mut |element, depth| {
            match (element.ad_type, depth) {
                (AuthDataType::FX_FAST_ARMOR, _) => return Err(TicketError::ArmorOnly.into()),
                (AuthDataType::WIN2K_PAC, 1) => {
                    word.second_pac = word.pac.is_some();
                    word.pac = Some(element.ad_data);
                }
                (AuthDataType::CAMMAC, _) => word.cammac = true,
                _ => {}
            }
            unknown(element, depth == 0 && !lenient)
        })?;
        Ok(word)
    }
}

fn unknown(element: &AuthorizationDataElement<'_>, critical: bool) -> Result<(), Error> {
    match critical && !HARMLESS.contains(&element.ad_type) {
        true => Err(AuthorizationDataError::Critical(element.ad_type).into()),
        false => Ok(()),
    }
}

fn ap_options(element: &AuthorizationDataElement<'_>) -> Result<u32, AuthorizationDataError> {
    let octets = element
        .ad_data
        .try_into()
        .map_err(|_| AuthorizationDataError::Length {
            element: element.ad_type,
            expected: 4,
            found: element.ad_data.len(),
        })?;
    Ok(u32::from_le_bytes(octets))
}

/// Visits each element that is no AD-IF-RELEVANT, and in how many of them it stands.
fn walk<'p>(
    data: AuthorizationData<'p>,
    depth: u8,
    visit: &mut dyn FnMut(&AuthorizationDataElement<'p>, u8) -> Result<(), Error>,
) -> Result<(), Error> {
    if depth >= MAX_DEPTH {
        return Err(AuthorizationDataError::TooDeep.into());
    }
    for element in data {
        if element.ad_type == AuthDataType::IF_RELEVANT {
            let inside = AuthorizationData::from_der(element.ad_data)?;
            walk(inside, depth.saturating_add(1), visit)?;
        } else {
            visit(&element, depth)?;
        }
    }
    Ok(())
}
