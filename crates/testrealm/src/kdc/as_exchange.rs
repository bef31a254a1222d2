//! The AS exchange (RFC 4120 §3.1): a ticket for a client that proves its long-term key.

use super::exchange::Exchange;
use super::issue::{Grant, Reply, TicketKey};
use super::krb_error::Refusal;
use super::lifetime::Lifetime;
use super::preauthentication::{etype_info, verify};
use super::route::reachable;
use super::{Account, client_name, pac};
use crate::service::ServiceKey;
use portcullis::Principal;
use portcullis_crypto::KeyUsage;
use portcullis_formats::der::{Encode, SequenceOfBuf};
use portcullis_formats::messages::{
    Checksum, KdcOptions, MessageType, PaData, PrincipalName, TicketFlags,
};
use portcullis_formats::registry::{ChecksumTypeNumber, ErrorCode, NameType, PaDataType};
use std::sync::Arc;

/// Checksum over the AS-REQ in its reply (RFC 6806 §11), in the reply's key.
const AS_REQ_CHECKSUM: KeyUsage = KeyUsage::new(56);

/// What only a TGS can do, or nobody here.
const NOT_OFFERED: [KdcOptions; 7] = [
    KdcOptions::FORWARDED,
    KdcOptions::PROXY,
    KdcOptions::RENEW,
    KdcOptions::VALIDATE,
    KdcOptions::ENC_TKT_IN_SKEY,
    KdcOptions::CNAME_IN_ADDL_TKT,
    KdcOptions::REQUEST_ANONYMOUS,
];

/// The AS-REP.
pub(super) fn answer(exchange: &Exchange<'_>) -> Result<Vec<u8>, Refusal> {
    if NOT_OFFERED.iter().any(|option| exchange.asks(*option)) {
        return Err(Refusal::new(ErrorCode::BADOPTION, "INVALID AS OPTIONS"));
    }
    if exchange.asks(KdcOptions::POSTDATED) {
        return Err(Refusal::new(
            ErrorCode::CANNOT_POSTDATE,
            "POSTDATE NOT ALLOWED",
        ));
    }
    let client = client(exchange)?;
    let service = service(exchange)?;
    let life = Lifetime::initial(&exchange.body, exchange.now)?;
    let session_enctype = exchange.session_enctype(&service)?;
    let ticket_key = TicketKey::of(&service)?;
    let proven = verify(exchange, &client)?;
    let signs = exchange.padata(PaDataType::REQ_ENC_PA_REP).is_some();
    let cname = name_in_reply(exchange, &client);
    let grant = Grant {
        flags: flags(exchange, &client, signs),
        crealm: client.principal().realm(),
        cname,
        srealm: exchange.body.realm,
        sname: exchange.sname()?,
        session_key: exchange.source.key(session_enctype)?,
        transited: Vec::new(),
        authtime: exchange.now.seconds,
        life,
        addresses: exchange.body.addresses,
        authorization_data: SequenceOfBuf::default(),
        pac: pac::for_login(exchange, &named(&client, cname), &client, &service)?,
    };
    grant.issue(
        exchange,
        &ticket_key,
        &reply(exchange, &client, proven, signs),
    )
}

/// The client's account.
fn client(exchange: &Exchange<'_>) -> Result<Arc<Account>, Refusal> {
    let unknown = |text| Refusal::new(ErrorCode::C_PRINCIPAL_UNKNOWN, text);
    let cname = exchange.body.cname.ok_or_else(|| unknown("NULL_CLIENT"))?;
    let realm = &exchange.realm;
    let name = client_name::principal(realm, exchange.body.realm, cname);
    let name = name.map_err(|_| unknown("CLIENT_NOT_FOUND"))?;
    if let Some(client) = realm.database.find(&name) {
        return Ok(client);
    }
    let mut others = reachable(realm).into_iter().map(|reached| reached.realm);
    match others.find(|other| other.database.find(&name).is_some()) {
        Some(other) => Err(Refusal::wrong_realm(&other.name)),
        None => Err(unknown("CLIENT_NOT_FOUND")),
    }
}

/// The service's account.
fn service(exchange: &Exchange<'_>) -> Result<Arc<Account>, Refusal> {
    let name = Principal::from_wire(exchange.body.realm, exchange.sname()?);
    let account = name
        .ok()
        .and_then(|name| exchange.realm.database.find(&name));
    account.ok_or(Refusal::new(
        ErrorCode::S_PRINCIPAL_UNKNOWN,
        "SERVER_NOT_FOUND",
    ))
}

/// As the client wrote its name, unless that was an enterprise name: those are always replaced
/// (RFC 6806 §6).
fn name_in_reply<'a>(exchange: &Exchange<'a>, client: &'a Account) -> PrincipalName<'a> {
    let cname = exchange.body.cname;
    cname
        .filter(|cname| cname.name_type != NameType::ENTERPRISE)
        .unwrap_or_else(|| client.principal().name())
}

/// The client as the ticket names it.
fn named(client: &Account, cname: PrincipalName<'_>) -> Principal {
    let named = Principal::from_wire(client.principal().realm(), cname);
    named.unwrap_or_else(|_| client.principal().clone())
}

fn flags(exchange: &Exchange<'_>, client: &Account, signs: bool) -> TicketFlags {
    let mut flags = TicketFlags::INITIAL | TicketFlags::PRE_AUTHENT;
    if exchange.asks(KdcOptions::FORWARDABLE) && !client.delegation().not_delegated {
        flags = flags | TicketFlags::FORWARDABLE;
    }
    if exchange.asks(KdcOptions::PROXIABLE) {
        flags = flags | TicketFlags::PROXIABLE;
    }
    if signs {
        flags = flags | TicketFlags::ENC_PA_REP;
    }
    flags
}

/// In the key that the client has proven to have.
fn reply(exchange: &Exchange<'_>, client: &Account, proven: ServiceKey, signs: bool) -> Reply {
    let ServiceKey { kvno, key } = proven;
    let info = etype_info(client, key.enctype());
    let padata = SequenceOfBuf::of([&PaData {
        padata_type: PaDataType::ETYPE_INFO2,
        padata_value: &info,
    }]);
    let mac = key.mac(AS_REQ_CHECKSUM).checksum(&[exchange.octets]);
    let signature = Checksum {
        cksumtype: ChecksumTypeNumber(key.enctype().checksum_type()),
        checksum: mac.as_ref(),
    }
    .to_der();
    let signature = PaData {
        padata_type: PaDataType::REQ_ENC_PA_REP,
        padata_value: &signature,
    };
    Reply {
        msg_type: MessageType::AS_REP,
        key,
        kvno: Some(kvno),
        usage: KeyUsage::AS_REP,
        padata,
        encrypted_pa_data: SequenceOfBuf::of(signs.then_some(&signature)),
    }
}
