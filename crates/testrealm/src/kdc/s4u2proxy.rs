//! S4U2Proxy (`[MS-SFU]` §3.2.5.2): a service asks for a ticket to another in the name of a client,
//! and shows the ticket that the client came with.

use super::exchange::Exchange;
use super::krb_error::Refusal;
use super::open_ticket::OpenTicket;
use super::presented::Presented;
use super::target::Target;
use portcullis_formats::messages::{KdcOptions, TicketFlags};
use portcullis_formats::registry::ErrorCode;

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

/// The ticket must be one to the service that asks, and the target on the service's list.
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
    let listed = asker.delegation().may_delegate_to.iter();
    let mut listed = listed.filter_map(|name| database.find(name));
    if listed.any(|account| account.principal() == target.account.principal()) {
        return Ok(());
    }
    let text = "UNSUPPORTED_S4U2PROXY_REQUEST"; // of MIT krb5 without resource-based delegation
    Err(Refusal::new(ErrorCode::BADOPTION, text))
}
