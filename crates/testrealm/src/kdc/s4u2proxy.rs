//! S4U2Proxy (`[MS-SFU]` §3.2.5.2): a service asks for a ticket to another in the name of a client,
//! and shows the ticket that the client came with.

use super::Account;
use super::exchange::Exchange;
use super::krb_error::Refusal;
use super::open_ticket::OpenTicket;
use super::presented::Presented;
use super::target::Target;
use portcullis::Principal;
use portcullis_formats::der::{Decode as _, Encode as _};
use portcullis_formats::messages::{KdcOptions, PaPacOptions, PacOptions, TicketFlags};
use portcullis_formats::registry::{ErrorCode, PaDataType};

const RESOURCE_BASED: PacOptions = PacOptions::RESOURCE_BASED_CONSTRAINED_DELEGATION;

/// What changes a ticket has no place here.
const NOT_OFFERED: [KdcOptions; 5] = [
    KdcOptions::FORWARDED,
    KdcOptions::PROXY,
    KdcOptions::RENEW,
    KdcOptions::VALIDATE,
    KdcOptions::ENC_TKT_IN_SKEY,
];

/// The client's ticket to the service, if the service may be delegated to the target by it.
pub(super) fn evidence(
    exchange: &Exchange<'_>,
    presented: &Presented,
    target: &Target,
) -> Result<OpenTicket, Refusal> {
    let refused = |text| Refusal::new(ErrorCode::BADOPTION, text);
    let second = exchange.second_ticket();
    let evidence = OpenTicket::open_evidence(
        &second.ok_or_else(|| refused("NO_2ND_TKT"))?,
        &exchange.realm,
    )?;
    evidence.timely_at(exchange.now)?;
    let part = evidence.part()?;
    if !part.flags.contains(TicketFlags::FORWARDABLE) {
        return Err(refused("EVIDENCE_TKT_NOT_FORWARDABLE"));
    }
    if NOT_OFFERED.iter().any(|option| exchange.asks(*option)) {
        return Err(refused("INVALID_S4U2PROXY_OPTIONS"));
    }
    if target.account.is_kdc() {
        // That would be delegation without constraint.
        let text = "NOT_ALLOWED_TO_DELEGATE";
        return Err(Refusal::new(ErrorCode::POLICY, text));
    }
    delegate(exchange, presented, &evidence, target)?;
    Ok(evidence)
}

/// The ticket must be one to the service that asks, and the target on the service's list, or the
/// service on the target's.
fn delegate(
    exchange: &Exchange<'_>,
    presented: &Presented,
    evidence: &OpenTicket,
    target: &Target,
) -> Result<(), Refusal> {
    let database = &exchange.realm.database;
    let asker = presented.account(&exchange.realm)?;
    let service = database.find(&evidence.service);
    let mismatch = Refusal::new(ErrorCode::SERVER_NOMATCH, "EVIDENCE_TICKET_MISMATCH");
    let asker = asker
        .zip(service)
        .filter(|(asker, service)| asker.principal() == service.principal());
    let (asker, _) = asker.ok_or(mismatch)?;
    let names = |list: &[Principal], account: &Account| {
        let mut accounts = list.iter().filter_map(|name| database.find(name));
        accounts.any(|listed| listed.principal() == account.principal())
    };
    if names(&asker.delegation().may_delegate_to, &target.account) {
        return Ok(());
    }
    let text = if !knows_resources(exchange)? {
        "UNSUPPORTED_S4U2PROXY_REQUEST"
    } else if names(&target.account.delegation().accepts_from, &asker) {
        return Ok(());
    } else {
        "NOT_ALLOWED_TO_DELEGATE"
    };
    Err(Refusal::new(ErrorCode::BADOPTION, text))
}

/// Whether the asker knows of resource-based constrained delegation.
fn knows_resources(exchange: &Exchange<'_>) -> Result<bool, Refusal> {
    let options = exchange.padata(PaDataType::PAC_OPTIONS);
    let options = options.map(PaPacOptions::from_der).transpose()?;
    Ok(options.is_some_and(|options| options.flags.contains(RESOURCE_BASED)))
}

/// What is sealed in the reply to who knows of it: that we do, too.
pub(super) fn pac_options(exchange: &Exchange<'_>) -> Result<Option<Vec<u8>>, Refusal> {
    let flags = RESOURCE_BASED;
    Ok(knows_resources(exchange)?.then(|| PaPacOptions { flags }.to_der()))
}
