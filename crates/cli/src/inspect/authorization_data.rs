//! Authorization data as the tree that it is (RFC 4120 §5.2.6): what the KDC, or in an authenticator
//! the client, says beyond names and times.

use super::ground::Ground;
use super::pac;
use super::page::Fields;
use portcullis::formats::messages::{
    AdAndOr, AdCammac, AdKdcIssued, AuthenticationIndicators, AuthorizationData,
    AuthorizationDataElement, EtypeList, KerberosString,
};
use portcullis::formats::registry::AuthDataType;

/// Containers inside each other; as many as `accept` follows.
const MAX_DEPTH: u8 = 8;
/// KERB_AP_OPTIONS_CBT ([MS-KILE] §3.2.5.8).
const CBT: u32 = 0x4000;

/// Reads authorization data that lies in `ground`.
pub(super) fn read(data: AuthorizationData<'_>, ground: Ground<'_>, to: &mut Fields) {
    elements(data, ground, MAX_DEPTH, to);
}

fn elements(data: AuthorizationData<'_>, ground: Ground<'_>, depth: u8, to: &mut Fields) {
    let Some(deeper) = depth.checked_sub(1) else {
        return to.error("nested too deeply");
    };
    to.several("authorization data", data.iter(), |to, element| {
        to.text("type", element.ad_type);
        read_element(&element, ground, deeper, to);
    });
}

fn read_element(
    element: &AuthorizationDataElement<'_>,
    ground: Ground<'_>,
    depth: u8,
    to: &mut Fields,
) {
    let octets = element.ad_data;
    match element.ad_type {
        AuthDataType::IF_RELEVANT | AuthDataType::MANDATORY_FOR_KDC => {
            if let Some(inside) = ground.decode::<AuthorizationData<'_>>(octets, to) {
                elements(inside, ground, depth, to);
            }
        }
        AuthDataType::KDC_ISSUED => {
            if let Some(issued) = ground.decode::<AdKdcIssued<'_>>(octets, to) {
                elements(issued.elements, ground, depth, to);
            }
        }
        AuthDataType::AND_OR => {
            if let Some(either) = ground.decode::<AdAndOr<'_>>(octets, to) {
                to.text("conditions", either.condition_count);
                elements(either.elements, ground, depth, to);
            }
        }
        AuthDataType::ETYPE_NEGOTIATION => {
            if let Some(etypes) = ground.decode::<EtypeList<'_>>(octets, to) {
                to.list("enctypes", etypes.iter());
            }
        }
        AuthDataType::AUTHENTICATION_INDICATOR => {
            if let Some(list) = ground.decode::<AuthenticationIndicators<'_>>(octets, to) {
                let texts = list.iter();
                to.list(
                    "indicators",
                    texts.map(|it| KerberosString(it.0.as_bytes())),
                );
            }
        }
        AuthDataType::CAMMAC => {
            if let Some(cammac) = ground.decode::<AdCammac<'_>>(octets, to) {
                to.optional("KDC's MAC", cammac.kdc_verifier.map(|by| by.mac.cksumtype));
                to.optional(
                    "service's MAC",
                    cammac.svc_verifier.map(|by| by.mac.cksumtype),
                );
                elements(cammac.elements, ground, depth, to);
            }
        }
        AuthDataType::WIN2K_PAC => to.within("PAC", |to| pac::read(octets, ground, to)),
        AuthDataType::AP_OPTIONS => ap_options(octets, to),
        AuthDataType::CLIENT_TARGET => to.text("target", utf16(octets)),
        _ => to.octets("octets", octets),
    }
}

fn ap_options(octets: &[u8], to: &mut Fields) {
    let Ok(options) = <[u8; 4]>::try_from(octets).map(u32::from_le_bytes) else {
        return to.error(format_args!("4 octets wanted, {} found", octets.len()));
    };
    let cbt = (options & CBT != 0).then(|| "sends channel bindings where it has any".to_owned());
    let rest = Some(options & !CBT).filter(|rest| *rest != 0);
    to.list(
        "options",
        cbt.into_iter().chain(rest.map(|rest| format!("{rest:#x}"))),
    );
}

/// UTF-16LE, as Windows has its names.
fn utf16(octets: &[u8]) -> String {
    let (units, _) = octets.as_chunks::<2>();
    let units = units.iter().map(|unit| u16::from_le_bytes(*unit));
    let text: String = char::decode_utf16(units)
        .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect();
    KerberosString(text.as_bytes()).to_string()
}
