//! krb5 1.0.0, a pure-Rust Kerberos: its initiator logs in to our acceptor, with tickets that a KDC of MIT krb5 made.
//!
//! It has no way to take a ticket but from a KDC or from a credential cache, so it reads a cache that we write. It goes
//! by the machine's clock, so the recorded ticket is opened, given a later end, and sealed again.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use krb5::spnego::SpnegoInitiator;
use krb5::{CCache, Credentials, InitiatorContext};
use portcullis::context::Order;
use portcullis::{Acceptor, Keytab, PacPolicy, SecurityContext, Step};
use portcullis_crypto::KeyUsage;
use portcullis_formats::ccache::{CcacheWriter, Credential};
use portcullis_formats::der::{Decode, Encode};
use portcullis_formats::gss::{InitialContextToken, split_token_id};
use portcullis_formats::messages::{ApReq, EncTicketPart, EncryptedData, KerberosTime, Ticket};
use portcullis_formats::principal::Principal;
use portcullis_interop::recorded::Recorded;
use portcullis_oracles::corpus::{keys_of_keytab, open, recorded};

const MUTUAL: u32 = krb5::initiator::GSS_C_MUTUAL_FLAG;
const INTEG: u32 = krb5::initiator::GSS_C_INTEG_FLAG;

/// The recorded exchanges of enctypes that the crate knows.
fn exchanges() -> Vec<Recorded> {
    let names = [17, 18, 19, 20].map(|etype| format!("mit-krb5-{etype}.txt"));
    let mut exchanges = recorded();
    exchanges.retain(|exchange| names.contains(&exchange.name));
    assert_eq!(exchanges.len(), names.len());
    exchanges
}

/// The credentials of an exchange, through a credential cache.
fn credentials(exchange: &Recorded) -> Credentials {
    let frame = InitialContextToken::decode(&exchange.tokens[0]).expect("a frame");
    let (_, message) = split_token_id(frame.inner).expect("a token identifier");
    let ticket = ApReq::from_der(message).expect("AP-REQ").ticket;
    let key = &keys_of_keytab(&exchange.keytab)[0];
    let opened = open(key, KeyUsage::TICKET, ticket.enc_part).expect("a ticket");
    let part = EncTicketPart::from_der(&opened).expect("EncTicketPart");
    let end = SystemTime::now() + Duration::from_secs(3600);
    let end = end
        .duration_since(UNIX_EPOCH)
        .expect("a time after 1970")
        .as_secs();
    let end = u32::try_from(end).expect("a time before 2106");
    let part = EncTicketPart {
        endtime: KerberosTime::from_unix(end.into()),
        authtime: KerberosTime::from_unix(i64::from(end) - 7200),
        starttime: None,
        ..part
    };
    let mut cipher = Vec::new();
    key.seal(KeyUsage::TICKET, &[9; 16], &[&part.to_der()], &mut cipher);
    let enc_part = EncryptedData {
        cipher: &cipher,
        ..ticket.enc_part
    };
    let client = Principal::from_wire(part.crealm, part.cname).expect("a client");
    let credential = Credential {
        client: client.clone(),
        server: Principal::from_wire(ticket.realm, ticket.sname).expect("a service"),
        etype: part.key.keytype,
        key: part.key.keyvalue,
        authtime: end - 7200,
        starttime: 0,
        endtime: end,
        renew_till: 0,
        is_skey: false,
        ticket_flags: part.flags,
        addresses: Vec::new(),
        authdata: Vec::new(),
        ticket: &Ticket { enc_part, ..ticket }.to_der(),
        second_ticket: &[],
    };
    let mut cache = CcacheWriter::new(&client, None, 4096).expect("a cache");
    cache.add(&credential).expect("a credential");
    let cache = CCache::decode(&cache.into_vec()).expect("krb5 reads our cache");
    cache
        .credentials()
        .next()
        .expect("krb5 finds the credential")
}

fn accept(exchange: &Recorded, token: &[u8]) -> (SecurityContext, Option<Vec<u8>>) {
    let keytab = Keytab::parse(exchange.keytab.clone()).expect("a keytab");
    // The PAC is bound to the times that the ticket had.
    let acceptor = Acceptor::builder(keytab).pac(PacPolicy::Ignore).build();
    let acceptor = acceptor.expect("an acceptor");
    match acceptor.begin().step(token, SystemTime::now()) {
        Ok(Step::Complete { context, reply }) => {
            assert_eq!(
                context.identity().client().to_string(),
                "alice@EXAMPLE.TEST"
            );
            (context, reply)
        }
        other => panic!("{}: {other:?}", exchange.name),
    }
}

#[test]
fn its_initiator_is_accepted_and_takes_our_answer() {
    for exchange in exchanges() {
        let (mut initiator, token) =
            InitiatorContext::new(&credentials(&exchange), MUTUAL | INTEG).expect("a token");
        let (mut context, reply) = accept(&exchange, &token);
        initiator
            .step(&reply.expect("AP-REP"))
            .expect("krb5 takes our AP-REP");
        assert!(initiator.is_established());
        let messages = initiator.per_message_tokens().expect("keys");
        let mic = messages
            .emit_mic(initiator.send_seq(), b"hello")
            .expect("a MIC");
        let order = context
            .verify_mic(b"hello", &mic)
            .expect("we verify its MIC");
        assert_eq!(order, Order::InOrder);
        let mic = context.mic(b"hello yourself").expect("a MIC");
        messages
            .verify_mic(&mic, b"hello yourself")
            .expect("krb5 verifies our MIC");
    }
}

#[test]
fn its_initiator_needs_no_answer_one_way() {
    for exchange in exchanges() {
        let (initiator, token) =
            InitiatorContext::new(&credentials(&exchange), INTEG).expect("a token");
        assert!(initiator.is_established());
        assert_eq!(accept(&exchange, &token).1, None);
    }
}

#[test]
fn its_negotiation_completes_with_ours() {
    for exchange in exchanges() {
        for flags in [MUTUAL | INTEG, INTEG] {
            let (mut initiator, token) =
                SpnegoInitiator::new(&credentials(&exchange), flags).expect("a token");
            let (_, reply) = accept(&exchange, &token);
            let answer = initiator.step(&reply.expect("NegTokenResp"));
            assert_eq!(answer.expect("krb5 takes our answer"), None);
            assert!(initiator.is_established());
        }
    }
}
