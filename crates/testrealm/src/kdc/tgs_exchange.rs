//! The TGS exchange (RFC 4120 §3.3): a ticket for the holder of a ticket-granting ticket.

use super::exchange::Exchange;
use super::issue::{Grant, Reply};
use super::krb_error::Refusal;
use super::lifetime::Lifetime;
use super::open_ticket::OpenTicket;
use super::presented::Presented;
use super::target::Target;
use super::transited::transited;
use portcullis_formats::der::SequenceOfBuf;
use portcullis_formats::messages::{
    EncTicketPart, HostAddresses, KdcOptions, MessageType, TicketFlags,
};
use portcullis_formats::registry::{ErrorCode, PaDataType};

/// What this KDC does not do.
const NOT_OFFERED: [KdcOptions; 5] = [
    KdcOptions::ALLOW_POSTDATE,
    KdcOptions::POSTDATED,
    KdcOptions::VALIDATE,
    KdcOptions::REQUEST_ANONYMOUS,
    KdcOptions::CNAME_IN_ADDL_TKT,
];

/// PA-FOR-USER and PA-S4U-X509-USER ([MS-SFU] §2.2.1, §2.2.2): a service asks on behalf of a user.
/// Passed over, it would get a ticket for itself.
const ON_BEHALF: [PaDataType; 2] = [PaDataType(129), PaDataType(130)];

/// The flag that a ticket must have for what is done with it.
const NEEDED: [(KdcOptions, TicketFlags, &str); 3] = [
    (
        KdcOptions::FORWARDED,
        TicketFlags::FORWARDABLE,
        "TGT NOT FORWARDABLE",
    ),
    (
        KdcOptions::PROXY,
        TicketFlags::PROXIABLE,
        "TGT NOT PROXIABLE",
    ),
    (
        KdcOptions::RENEW,
        TicketFlags::RENEWABLE,
        "TICKET NOT RENEWABLE",
    ),
];

/// The TGS-REP.
pub(super) fn answer(exchange: &Exchange<'_>) -> Result<Vec<u8>, Refusal> {
    let presented = Presented::verify(exchange)?;
    let tgt = presented.tgt.part()?;
    refuse_strange_client(exchange, &presented.tgt, &tgt)?;
    refuse_options(exchange, &tgt)?;
    let renews = exchange.asks(KdcOptions::RENEW);
    let target = Target::find(exchange, &presented.tgt)?;
    let transited = transited(&presented.tgt, &tgt, &exchange.realm);
    let grant = Grant {
        flags: flags(exchange, &tgt, transited.is_empty()),
        crealm: tgt.crealm,
        cname: tgt.cname,
        srealm: target.realm(),
        sname: target.name(),
        session_key: exchange.source.key(target.session_enctype)?,
        transited,
        authtime: tgt.authtime,
        life: if renews {
            Lifetime::renewed(&tgt, exchange.now)?
        } else {
            Lifetime::under(&exchange.body, &tgt, exchange.now)?
        },
        addresses: addresses(exchange, &tgt),
        authorization_data: presented.authorization_data(exchange)?,
    };
    let (key, usage) = presented.reply_key();
    let reply = Reply {
        msg_type: MessageType::TGS_REP,
        key,
        kvno: None,
        usage,
        padata: SequenceOfBuf::default(),
        encrypted_pa_data: SequenceOfBuf::default(),
    };
    grant.issue(exchange, &target.ticket_key, &reply)
}

/// Another realm says nothing about our own clients.
fn refuse_strange_client(
    exchange: &Exchange<'_>,
    tgt: &OpenTicket,
    part: &EncTicketPart<'_>,
) -> Result<(), Refusal> {
    let us = exchange.realm.name.as_bytes();
    if tgt.service.realm().0 != us && part.crealm.0 == us {
        return Err(Refusal::new(ErrorCode::POLICY, "PROCESS_TGS"));
    }
    Ok(())
}

fn refuse_options(exchange: &Exchange<'_>, tgt: &EncTicketPart<'_>) -> Result<(), Refusal> {
    if NOT_OFFERED.iter().any(|option| exchange.asks(*option)) {
        return Err(Refusal::new(ErrorCode::BADOPTION, "INVALID TGS OPTIONS"));
    }
    if ON_BEHALF.iter().any(|pa| exchange.padata(*pa).is_some()) {
        return Err(Refusal::new(ErrorCode::PADATA_TYPE_NOSUPP, "S4U2SELF"));
    }
    for (option, flag, text) in NEEDED {
        if exchange.asks(option) && !tgt.flags.contains(flag) {
            return Err(Refusal::new(ErrorCode::BADOPTION, text));
        }
    }
    Ok(())
}

/// What was asked for and the ticket-granting ticket permits; a renewed ticket stays as it is.
fn flags(exchange: &Exchange<'_>, tgt: &EncTicketPart<'_>, no_realm_between: bool) -> TicketFlags {
    if exchange.asks(KdcOptions::RENEW) {
        return tgt.flags;
    }
    let inherited = [
        TicketFlags::PRE_AUTHENT,
        TicketFlags::HW_AUTHENT,
        TicketFlags::FORWARDED,
        TicketFlags::PROXY,
        TicketFlags::ANONYMOUS,
    ];
    let inherited = inherited
        .into_iter()
        .filter(|flag| tgt.flags.contains(*flag));
    let asked = [
        (KdcOptions::FORWARDABLE, TicketFlags::FORWARDABLE),
        (KdcOptions::PROXIABLE, TicketFlags::PROXIABLE),
    ];
    let asked = asked
        .into_iter()
        .filter(|(option, flag)| exchange.asks(*option) && tgt.flags.contains(*flag));
    let done = [
        (KdcOptions::FORWARDED, TicketFlags::FORWARDED),
        (KdcOptions::PROXY, TicketFlags::PROXY),
    ];
    let done = done
        .into_iter()
        .filter(|(option, _)| exchange.asks(*option));
    // Of a longer path nothing is known here: whoever accepts the ticket has to judge.
    let judged = no_realm_between && !exchange.asks(KdcOptions::DISABLE_TRANSITED_CHECK);
    let judged = judged.then_some(TicketFlags::TRANSITED_POLICY_CHECKED);
    asked
        .chain(done)
        .map(|(_, flag)| flag)
        .chain(inherited)
        .chain(judged)
        .fold(TicketFlags::default(), |flags, flag| flags | flag)
}

/// A ticket that is handed on counts where its new holder is (RFC 4120 §2.6).
fn addresses<'a>(exchange: &Exchange<'a>, tgt: &EncTicketPart<'a>) -> Option<HostAddresses<'a>> {
    if exchange.asks(KdcOptions::FORWARDED) || exchange.asks(KdcOptions::PROXY) {
        return exchange.body.addresses;
    }
    tgt.caddr
}
