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
            walk(data, true, MAX_DEPTH, &mut visit)?;
        }
        hints.claims_bindings = options.is_some_and(|options| options & CBT != 0);
        Ok(hints)
    }
}

/// RFC 4120 §5.2.6: an element of unknown type outside AD-IF-RELEVANT refuses the request.
pub(super) fn nothing_critical(data: AuthorizationData<'_>, lenient: bool) -> Result<(), Error> {
    walk(data, true, MAX_DEPTH, &mut |element, critical| {
        unknown(element, critical && !lenient)
    })
}

/// The same for the ticket's: the KDC marks one there that serves as FAST armor only (RFC 6113
/// §5.4.1.1).
pub(super) fn nothing_critical_in_ticket(
    data: AuthorizationData<'_>,
    lenient: bool,
) -> Result<(), Error> {
    walk(
        data,
        true,
        MAX_DEPTH,
        &mut |element, critical| match element.ad_type {
            AuthDataType::FX_FAST_ARMOR => Err(TicketError::ArmorOnly.into()),
            _ => unknown(element, critical && !lenient),
        },
    )
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

/// Visits each element that is no AD-IF-RELEVANT, and whether it stands outside all of them.
fn walk<'p>(
    data: AuthorizationData<'p>,
    critical: bool,
    depth: u8,
    visit: &mut dyn FnMut(&AuthorizationDataElement<'p>, bool) -> Result<(), Error>,
) -> Result<(), Error> {
    let deeper = depth
        .checked_sub(1)
        .ok_or(AuthorizationDataError::TooDeep)?;
    for element in data {
        if element.ad_type == AuthDataType::IF_RELEVANT {
            walk(
                AuthorizationData::from_der(element.ad_data)?,
                false,
                deeper,
                visit,
            )?;
        } else {
            visit(&element, critical)?;
        }
    }
    Ok(())
}
