//! Authentication indicators (RFC 8129), when the KDC signed them for the service (RFC 7751).
//!
//! A client can have the KDC copy any authorization data into a ticket, so that an indicator is in
//! there proves nothing. One in an AD-CAMMAC whose MAC verifies with the service's key is the KDC's
//! word; any other does not exist. Nobody is refused for one: what takes an indicator will miss it.

use crate::keytab::ServiceKey;
use portcullis_formats::der::{Decode, Encode};
use portcullis_formats::messages::{
    AdCammac, AdIfRelevant, AuthenticationIndicators, AuthorizationData, AuthorizationDataElement,
    EncTicketPart,
};
use portcullis_formats::registry::{AuthDataType, ChecksumTypeNumber};

/// The indicators that the KDC signed.
pub(crate) fn verified(ticket: &EncTicketPart<'_>, key: &ServiceKey) -> Vec<String> {
    let mut indicators = Vec::new();
    let Some(data) = ticket.authorization_data else {
        return indicators;
    };
    for element in data {
        match element.ad_type {
            AuthDataType::CAMMAC => add(&element, key, &mut indicators),
            AuthDataType::IF_RELEVANT => {
                let inside = AdIfRelevant::from_der(element.ad_data).unwrap_or(AdIfRelevant::EMPTY);
                inside
                    .iter()
                    .filter(|element| element.ad_type == AuthDataType::CAMMAC)
                    .for_each(|element| add(&element, key, &mut indicators));
            }
            _ => {}
        }
    }
    indicators
}

/// Adds those of an AD-CAMMAC.
fn add(element: &AuthorizationDataElement<'_>, key: &ServiceKey, indicators: &mut Vec<String>) {
    let Ok(cammac) = AdCammac::from_der(element.ad_data) else {
        return;
    };
    if !is_signed(&cammac, key) {
        return;
    }
    collect(cammac.elements, indicators);
}

/// RFC 7751 §4: the MAC for the service, of the type that the service's key makes.
fn is_signed(cammac: &AdCammac<'_>, key: &ServiceKey) -> bool {
    let Some(verifier) = cammac.svc_verifier else {
        return false;
    };
    let expected = ChecksumTypeNumber(key.enctype.checksum_type());
    let elements = cammac.elements.to_der();
    verifier.mac.cksumtype == expected
        && key
            .cammac
            .verify(&[&elements], verifier.mac.checksum)
            .is_ok()
}

fn collect(elements: AuthorizationData<'_>, indicators: &mut Vec<String>) {
    for element in elements {
        if element.ad_type != AuthDataType::AUTHENTICATION_INDICATOR {
            continue;
        }
        if let Ok(list) = AuthenticationIndicators::from_der(element.ad_data) {
            indicators.extend(list.iter().map(|indicator| indicator.0.to_owned()));
        }
    }
}
