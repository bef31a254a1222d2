//! The TGS exchange (RFC 4120 §3.3): a ticket for the holder of a ticket-granting ticket.

use super::exchange::Exchange;
use super::issue::{Grant, Reply};
use super::krb_error::Refusal;
use super::lifetime::Lifetime;
use super::presented::Presented;
use super::s4u2proxy;
use super::subject::Subject;
use super::target::Target;
use super::transited::Transited;
use portcullis_formats::der::SequenceOfBuf;
use portcullis_formats::messages::{
    EncTicketPart, HostAddresses, KdcOptions, MessageType, PaData, TicketFlags,
};
use portcullis_formats::registry::{ErrorCode, PaDataType};

/// What this KDC does not do.
const NOT_OFFERED: [KdcOptions; 4] = [
    KdcOptions::ALLOW_POSTDATE,
    KdcOptions::POSTDATED,
    KdcOptions::VALIDATE,
    KdcOptions::REQUEST_ANONYMOUS,
];

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
    refuse_options(exchange, &tgt)?;
    let target = Target::find(exchange, &presented.tgt)?;
    let subject = Subject::find(exchange, &presented, &target)?;
    let transited = Transited::of(&subject.client, &presented.tgt, &exchange.realm)?;
    let inherited = subject.inherited(&presented)?;
    let grant = Grant {
        flags: flags(exchange, &tgt, &subject, &transited) | advice(exchange, &target),
        crealm: subject.client.realm(),
        cname: subject.client.name(),
        srealm: target.realm(),
        sname: target.name(),
        session_key: exchange.source.key(target.session_enctype)?,
        transited: transited.contents,
        authtime: subject.authtime,
        life: if exchange.asks(KdcOptions::RENEW) {
            Lifetime::renewed(&tgt, exchange.now)?
        } else {
            Lifetime::under(&exchange.body, &tgt, exchange.now)?
        },
        addresses: addresses(exchange, &tgt),
        authorization_data: presented.authorization_data(exchange, inherited)?,
        pac: subject.pac(exchange, &presented, &target)?,
    };
    let reply = reply(exchange, &presented, subject.padata)?;
    grant.issue(exchange, &target.ticket_key, &reply)
}

fn reply(
    exchange: &Exchange<'_>,
    presented: &Presented,
    [padata, sealed]: [SequenceOfBuf; 2],
) -> Result<Reply, Refusal> {
    let (key, usage) = presented.reply_key();
    let options = s4u2proxy::pac_options(exchange)?;
    let options = options.as_ref().map(|value| PaData {
        padata_type: PaDataType::PAC_OPTIONS,
        padata_value: value,
    });
    let sealed: Vec<_> = sealed.borrow().iter().chain(options).collect();
    Ok(Reply {
        msg_type: MessageType::TGS_REP,
        key,
        kvno: None,
        usage,
        padata,
        encrypted_pa_data: SequenceOfBuf::of(&sealed),
    })
}

fn refuse_options(exchange: &Exchange<'_>, tgt: &EncTicketPart<'_>) -> Result<(), Refusal> {
    if NOT_OFFERED.iter().any(|option| exchange.asks(*option)) {
        return Err(Refusal::new(ErrorCode::BADOPTION, "INVALID TGS OPTIONS"));
    }
    for (option, flag, text) in NEEDED {
        if exchange.asks(option) && !tgt.flags.contains(flag) {
            return Err(Refusal::new(ErrorCode::BADOPTION, text));
        }
    }
    Ok(())
}

/// What was asked for and the ticket-granting ticket permits; a renewed ticket stays as it is.
fn flags(
    exchange: &Exchange<'_>,
    tgt: &EncTicketPart<'_>,
    subject: &Subject,
    transited: &Transited,
) -> TicketFlags {
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
        .filter(|(option, flag)| exchange.asks(*option) && tgt.flags.contains(*flag))
        .filter(|(_, flag)| subject.forwardable || *flag != TicketFlags::FORWARDABLE);
    let done = [
        (KdcOptions::FORWARDED, TicketFlags::FORWARDED),
        (KdcOptions::PROXY, TicketFlags::PROXY),
    ];
    let done = done
        .into_iter()
        .filter(|(option, _)| exchange.asks(*option));
    // A path that is not known to be good is left to whoever accepts the ticket.
    let judged = transited.permitted && !exchange.asks(KdcOptions::DISABLE_TRANSITED_CHECK);
    let judged = judged.then_some(TicketFlags::TRANSITED_POLICY_CHECKED);
    asked
        .chain(done)
        .map(|(_, flag)| flag)
        .chain(inherited)
        .chain(judged)
        .fold(TicketFlags::default(), |flags, flag| flags | flag)
}

/// What clients may do with the service; in a renewed ticket it stays as it is.
fn advice(exchange: &Exchange<'_>, target: &Target) -> TicketFlags {
    if target.account.delegation().ok_as_delegate && !exchange.asks(KdcOptions::RENEW) {
        return TicketFlags::OK_AS_DELEGATE;
    }
    TicketFlags::default()
}

/// A ticket that is handed on counts where its new holder is (RFC 4120 §2.6).
fn addresses<'a>(exchange: &Exchange<'a>, tgt: &EncTicketPart<'a>) -> Option<HostAddresses<'a>> {
    if exchange.asks(KdcOptions::FORWARDED) || exchange.asks(KdcOptions::PROXY) {
        return exchange.body.addresses;
    }
    tgt.caddr
}
