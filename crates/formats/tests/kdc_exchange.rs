//! An AS and a TGS exchange of MIT krb5, recorded: what it means, and that it is written alike.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "test code")]

use portcullis_formats::der::{Decode, Encode, SequenceOfBuf};
use portcullis_formats::messages::{
    ApReq, Authenticator, EncKdcRepPart, EtypeInfo2, KdcOptions, KdcRep, KdcReq, KdcReqBody,
    KerberosString, KrbError, MessageType, MethodData, PaData, PaEncTsEnc, TicketFlags,
};
use portcullis_formats::principal::Principal;
use portcullis_formats::registry::{ErrorCode, EtypeNumber, NameType, PaDataType};
use portcullis_testdata::hex;
use serde_json::Value;

fn recorded(name: &str) -> Vec<u8> {
    let exchange: Value = serde_json::from_str(include_str!("kdc_exchange.json")).unwrap();
    let octets = hex(&exchange[name]);
    assert!(!octets.is_empty());
    octets
}

/// Reads a whole message and writes it again.
fn same<'a, T: Decode<'a> + Encode>(octets: &'a [u8]) -> T {
    let value = T::from_der(octets).unwrap();
    assert_eq!(value.to_der(), octets);
    value
}

fn principal(text: &str) -> Principal {
    text.parse().unwrap()
}

fn only(padata: Option<MethodData<'_>>, padata_type: PaDataType) -> PaData<'_> {
    let mut found = padata
        .unwrap()
        .iter()
        .filter(|padata| padata.padata_type == padata_type);
    let only = found.next().unwrap();
    assert_eq!(found.next(), None);
    only
}

#[test]
fn an_as_req_asks_for_a_tgt() {
    let octets = recorded("as_req_without_preauthentication");
    let request: KdcReq<'_> = same(&octets);
    assert_eq!(request.msg_type, MessageType::AS_REQ);
    let body: KdcReqBody<'_> = same(request.req_body);
    assert_eq!(request.body(), Ok(body));
    assert!(principal("alice@EXAMPLE.TEST").is(body.realm, body.cname.unwrap()));
    assert!(principal("krbtgt/EXAMPLE.TEST@EXAMPLE.TEST").is(body.realm, body.sname.unwrap()));
    assert_eq!(body.sname.unwrap().name_type, NameType::SRV_INST);
    assert!(
        body.kdc_options
            .contains(KdcOptions::FORWARDABLE | KdcOptions::RENEWABLE)
    );
    assert_eq!(body.etype.iter().next(), Some(EtypeNumber::AES256_SHA1));
    assert!(body.rtime.is_some() && body.from.is_none() && body.additional_tickets.is_none());
}

#[test]
fn the_kdc_wants_preauthentication_and_says_how() {
    let octets = recorded("error");
    let error: KrbError<'_> = same(&octets);
    assert_eq!(error.error_code, ErrorCode::PREAUTH_REQUIRED);
    assert_eq!(error.e_text, Some(KerberosString(b"NEEDED_PREAUTH")));
    let methods: MethodData<'_> = same(error.e_data.unwrap());
    let info = only(Some(methods), PaDataType::ETYPE_INFO2).padata_value;
    let info: EtypeInfo2<'_> = same(info);
    let entry = info.iter().next().unwrap();
    assert_eq!(entry.etype, EtypeNumber::AES256_SHA1);
    assert_eq!(entry.salt, Some(KerberosString(b"EXAMPLE.TESTalice")));
    assert_eq!(entry.s2kparams, None);
    assert_eq!(
        only(Some(methods), PaDataType::ENC_TIMESTAMP).padata_value,
        b""
    );
}

#[test]
fn the_client_sends_its_clock() {
    let octets = recorded("as_req");
    let request: KdcReq<'_> = same(&octets);
    assert!(
        !only(request.padata, PaDataType::ENC_TIMESTAMP)
            .padata_value
            .is_empty()
    );
    let octets = recorded("pa_enc_ts_enc");
    let timestamp: PaEncTsEnc = same(&octets);
    assert_eq!(timestamp.patimestamp.to_string(), "2026-11-23T05:40:26Z");
    assert!(timestamp.pausec.is_some());
}

#[test]
fn an_as_rep_is_a_ticket_and_its_clients_side() {
    let octets = recorded("as_rep");
    let reply: KdcRep<'_> = same(&octets);
    assert_eq!(reply.msg_type, MessageType::AS_REP);
    assert!(principal("alice@EXAMPLE.TEST").is(reply.crealm, reply.cname));
    let octets = recorded("enc_as_rep_part");
    let part: EncKdcRepPart<'_> = same(&octets);
    assert_eq!(part.application, EncKdcRepPart::TGS); // MIT writes this tag in both replies
    assert!(principal("krbtgt/EXAMPLE.TEST@EXAMPLE.TEST").is(part.srealm, part.sname));
    assert!(
        part.flags
            .contains(TicketFlags::INITIAL | TicketFlags::PRE_AUTHENT)
    );
    let request = recorded("as_req");
    let request = KdcReq::from_der(&request).unwrap().body().unwrap();
    assert_eq!(part.nonce, request.nonce);
    let seen: Vec<_> = part.last_req.iter().collect();
    assert!(!seen.is_empty());
    assert_eq!(SequenceOfBuf::of(&seen).borrow(), part.last_req);
    only(part.encrypted_pa_data, PaDataType::REQ_ENC_PA_REP);
}

#[test]
fn a_tgs_req_holds_an_ap_req_and_gets_a_tgs_rep() {
    let octets = recorded("tgs_req");
    let request: KdcReq<'_> = same(&octets);
    assert_eq!(request.msg_type, MessageType::TGS_REQ);
    let body: KdcReqBody<'_> = same(request.req_body);
    assert!(principal("HTTP/www.example.test@EXAMPLE.TEST").is(body.realm, body.sname.unwrap()));
    assert_eq!(body.cname, None);
    let inside: ApReq<'_> = same(only(request.padata, PaDataType::TGS_REQ).padata_value);
    let reply = recorded("as_rep");
    assert_eq!(inside.ticket, KdcRep::from_der(&reply).unwrap().ticket);
    let octets = recorded("tgs_authenticator");
    let authenticator: Authenticator<'_> = same(&octets);
    assert!(authenticator.subkey.is_some() && authenticator.cksum.is_some());

    let octets = recorded("tgs_rep");
    let reply: KdcRep<'_> = same(&octets);
    assert_eq!(reply.msg_type, MessageType::TGS_REP);
    assert_eq!(reply.ticket.sname.to_string(), "HTTP/www.example.test");
}

#[test]
fn one_message_is_not_taken_for_another() {
    let request = recorded("tgs_req");
    let error = KdcRep::from_der(&request).unwrap_err();
    assert_eq!(error.structure, "AS-REP");
    assert!(ApReq::from_der(&request).is_err());
    // A TGS-REQ that calls itself an AS-REQ.
    let mut relabelled = request;
    *relabelled.first_mut().unwrap() = 0x6a;
    let error = KdcReq::from_der(&relabelled).unwrap_err();
    assert_eq!((error.structure, error.field), ("AS-REQ", "msg-type"));
}
