//! The messages of Kerberos that an acceptor gets or gives, each by its application tag.

use super::ground::Ground;
use super::names::{Named, ap_options};
use super::page::Fields;
use super::ticket;
use super::token::Glass;
use portcullis::formats::der::Decode;
use portcullis::formats::gss::TokenId;
use portcullis::formats::messages::{
    ApRep, ApReq, EncryptedData, KerbErrorData, KrbError, MethodData, TgtReply, TgtRequest, Ticket,
};

/// Token identifiers, the names of what follows, and its first octet where we read it.
pub(super) const FRAMED: [(TokenId, &str, Option<u8>); 9] = [
    (TokenId::AP_REQ, "AP-REQ", Some(0x6e)),
    (TokenId::AP_REP, "AP-REP", Some(0x6f)),
    (TokenId::KRB_ERROR, "KRB-ERROR", Some(0x7e)),
    (TokenId::TGT_REQUEST, "KERB-TGT-REQUEST", Some(0x30)),
    (TokenId::TGT_REPLY, "KERB-TGT-REPLY", Some(0x30)),
    (TokenId::IAKERB_PROXY, "IAKERB-PROXY", None),
    (TokenId::RFC1964_MIC, "RFC 1964 MIC token", None),
    (TokenId::RFC1964_WRAP, "RFC 1964 Wrap token", None),
    (TokenId::RFC1964_DELETE, "RFC 1964 deletion token", None),
];

/// Messages that are for a KDC, or from one.
const KDCS: [(u8, &str); 4] = [
    (0x6a, "an AS-REQ"),
    (0x6b, "an AS-REP"),
    (0x6c, "a TGS-REQ"),
    (0x6d, "a TGS-REP"),
];

/// Whether a message that [`read`] knows without a frame around it begins so.
pub(super) fn begins_with(first: u8) -> bool {
    matches!(first, 0x61 | 0x6e | 0x6f | 0x7e) || KDCS.iter().any(|(tag, _)| *tag == first)
}

/// Reads a message.
pub(super) fn read(octets: &[u8], glass: Glass<'_>, to: &mut Fields) {
    let first = octets.first().copied().unwrap_or_default();
    let ground = glass.ground;
    match first {
        0x61 => to.within("ticket", |to| {
            if let Some(sealed) = ground.decode::<Ticket<'_>>(octets, to) {
                ticket::read(&sealed, glass.keys, to);
            }
        }),
        0x6e => to.within("AP-REQ", |to| ap_req(octets, glass, to)),
        0x6f => to.within("AP-REP", |to| {
            if let Some(reply) = ground.decode::<ApRep<'_>>(octets, to) {
                sealed(&reply.enc_part, to);
            }
        }),
        0x7e => to.within("KRB-ERROR", |to| krb_error(octets, ground, to)),
        0x30 => user_to_user(octets, ground, to),
        other => kdcs(other, to),
    }
}

fn ap_req(octets: &[u8], glass: Glass<'_>, to: &mut Fields) {
    let Some(request) = glass.ground.decode::<ApReq<'_>>(octets, to) else {
        return;
    };
    to.words("options", ap_options(request.ap_options));
    let mut session_key = None;
    to.within("ticket", |to| {
        session_key = ticket::read(&request.ticket, glass.keys, to);
    });
    to.within("authenticator", |to| {
        sealed(&request.authenticator, to);
        if let Some(key) = session_key {
            super::authenticator::read(&request.authenticator, &key, to);
        }
    });
}

/// What is encrypted, from outside.
pub(super) fn sealed(data: &EncryptedData<'_>, to: &mut Fields) {
    to.text("enctype", data.etype);
    to.optional("kvno", data.kvno);
    to.octets("sealed octets", data.cipher);
}

fn krb_error(octets: &[u8], ground: Ground<'_>, to: &mut Fields) {
    let Some(error) = ground.decode::<KrbError<'_>>(octets, to) else {
        return;
    };
    to.text("code", error.error_code);
    to.text("server's time", error.stime);
    to.optional("client's time", error.ctime);
    to.optional("client's name", error.cname);
    to.optional("client's realm", error.crealm);
    to.text("service", Named(error.sname, error.realm));
    to.optional("text", error.e_text);
    if let Some(data) = error.e_data {
        to.text("data", error_data(data));
    }
}

fn error_data(data: &[u8]) -> String {
    if let Ok(windows) = KerbErrorData::from_der(data) {
        return match windows {
            KerbErrorData::SKEW_RECOVERY => "Windows' skew recovery".to_owned(),
            other => format!("KERB-ERROR-DATA of type {}", other.data_type),
        };
    }
    match MethodData::from_der(data) {
        Ok(methods) => {
            let names = methods.iter().map(|method| method.padata_type.to_string());
            names.collect::<Vec<_>>().join(", ")
        }
        Err(_) => format!("{} octets", data.len()),
    }
}

fn user_to_user(octets: &[u8], ground: Ground<'_>, to: &mut Fields) {
    if let Ok(reply) = TgtReply::from_der(octets) {
        return to.within("KERB-TGT-REPLY", |to| {
            to.within("ticket", |to| {
                ticket::read(&reply.ticket, None, to);
            });
        });
    }
    to.within("KERB-TGT-REQUEST", |to| {
        if let Some(request) = ground.decode::<TgtRequest<'_>>(octets, to) {
            to.optional("service", request.server_name);
            to.optional("realm", request.realm);
        }
    });
}

fn kdcs(first: u8, to: &mut Fields) {
    match KDCS.iter().find(|(tag, _)| *tag == first) {
        Some((_, name)) => to.error(format_args!(
            "this is {name}, a message between a client and a KDC: no service takes it"
        )),
        None => to.error(format_args!(
            "no message of Kerberos begins with {first:#04x}"
        )),
    }
}
