//! Exchanges between MIT krb5's initiator and its acceptor, with ours in the place of the latter.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "test code"
)]

mod scene;

use core::time::Duration;
use portcullis::formats::ccache::CredentialCache;
use portcullis::formats::der::Decode;
use portcullis::formats::gss::{
    ContextFlags, InitialContextToken, Mechanism, TokenId, split_token_id,
};
use portcullis::formats::keytab::{KeytabVersion, KeytabWriter};
use portcullis::formats::messages::{
    ApRep, ApReq, Authenticator, EncApRepPart, EncTicketPart, KrbError,
};
use portcullis::formats::registry::{EtypeNumber, Kvno};
use portcullis::formats::spnego::{NegState, NegTokenInit, NegTokenResp};
use portcullis::identity::{Framing, KeySelected};
use portcullis::{
    Acceptor, ChannelBindings, Enctype, Error, Keytab, Principal, Rejection, SecurityContext, Step,
    WeakEnctype,
};
use portcullis_crypto::{Key, KeyUsage};
use portcullis_testdata::{hex, vectors};
use scene::{complete, refused};
use serde_json::Value;
use std::time::{SystemTime, UNIX_EPOCH};

/// One exchange, and what its AP-REQ says when it is opened.
struct Exchange {
    vector: Value,
    service: Principal,
    service_key: Vec<u8>,
    enctype: Enctype,
    token: Vec<u8>,
    spnego: bool,
    session_key: Key,
    now: SystemTime,
}

impl Exchange {
    fn all() -> Vec<Self> {
        let whole = |vector: &Value| vector["tokens"].is_array();
        vectors("mit_gss_exchanges")
            .into_iter()
            .filter(whole)
            .map(Self::new)
            .collect()
    }

    fn new(vector: Value) -> Self {
        let token = hex(&vector["tokens"][0]["token"]);
        let number: i32 = vector["service_key_etype"]
            .as_i64()
            .unwrap()
            .try_into()
            .unwrap();
        let enctype = Enctype::try_from(number).unwrap();
        let service_key = hex(&vector["service_key"]);
        let framed = InitialContextToken::decode(&token).unwrap();
        let spnego = framed.oid == Mechanism::Spnego.oid();
        let kerberos = match spnego {
            true => NegTokenInit::from_der(framed.inner)
                .unwrap()
                .mech_token
                .unwrap(),
            false => &token,
        };
        let opened = Opened::new(kerberos, &Key::new(enctype, &service_key).unwrap());
        Self {
            service: vector["service"].as_str().unwrap().parse().unwrap(),
            service_key,
            enctype,
            spnego,
            session_key: opened.session_key,
            now: UNIX_EPOCH + Duration::from_secs(opened.ctime),
            token,
            vector,
        }
    }

    fn name(&self) -> &str {
        self.vector["name"].as_str().unwrap()
    }

    fn acceptor(&self) -> Acceptor {
        let mut file = KeytabWriter::new(KeytabVersion::V2);
        let kvno = Kvno(self.vector["kvno"].as_u64().unwrap().try_into().unwrap());
        let etype = EtypeNumber(self.enctype.number());
        file.add(&self.service, 0, kvno, etype, &self.service_key)
            .unwrap();
        Acceptor::builder(Keytab::parse(file.into_vec()).unwrap())
            .danger_allow(WeakEnctype::Rc4Hmac)
            .allow_camellia()
            .keep_delegated_credentials()
            .build()
            .unwrap()
    }

    fn bindings(&self) -> Option<ChannelBindings> {
        let data = &self.vector["channel_binding_application_data"];
        data.is_string()
            .then(|| ChannelBindings::from_application_data(hex(data)))
    }

    fn step(&self, acceptor: &Acceptor) -> Result<Step, Rejection> {
        let negotiation = acceptor.begin();
        let negotiation = match self.bindings() {
            Some(bindings) => negotiation.channel_bindings(&bindings),
            None => negotiation,
        };
        negotiation.step(&self.token, self.now)
    }

    fn accept(&self) -> (SecurityContext, Option<Vec<u8>>) {
        complete(self.step(&self.acceptor()))
    }

    /// What MIT krb5 answered.
    fn their_reply(&self) -> Option<Vec<u8>> {
        let reply = &self.vector["tokens"][1];
        reply.is_object().then(|| hex(&reply["token"]))
    }

    fn their_flags(&self) -> ContextFlags {
        ContextFlags(
            self.vector["ret_flags"]
                .as_u64()
                .unwrap()
                .try_into()
                .unwrap(),
        )
    }

    /// The EncAPRepPart of an AP-REP in the frames of this exchange.
    fn open_ap_rep(&self, reply: &[u8]) -> Vec<u8> {
        let kerberos = match self.spnego {
            true => NegTokenResp::from_der(reply)
                .unwrap()
                .response_token
                .unwrap(),
            false => reply,
        };
        let framed = InitialContextToken::decode(kerberos).unwrap();
        assert_eq!(framed.oid, Mechanism::Krb5.oid());
        let (id, message) = split_token_id(framed.inner).unwrap();
        assert_eq!(id, TokenId::AP_REP);
        let sealed = ApRep::from_der(message).unwrap().enc_part;
        assert_eq!(sealed.etype.0, self.session_key.enctype().number());
        assert_eq!(sealed.kvno, None);
        let mut cipher = sealed.cipher.to_vec();
        self.session_key
            .open(KeyUsage::AP_REP, &mut cipher)
            .unwrap()
            .to_vec()
    }
}

/// An AP-REQ in its frame, opened with the service's key.
struct Opened {
    session_key: Key,
    ctime: u64,
}

impl Opened {
    fn new(token: &[u8], service_key: &Key) -> Self {
        let inner = InitialContextToken::decode(token).unwrap().inner;
        let request = ApReq::from_der(split_token_id(inner).unwrap().1).unwrap();
        let mut cipher = request.ticket.enc_part.cipher.to_vec();
        let ticket = service_key.open(KeyUsage::TICKET, &mut cipher).unwrap();
        let ticket = EncTicketPart::from_der(ticket).unwrap();
        let enctype = Enctype::try_from(ticket.key.keytype.0).unwrap();
        let session_key = Key::new(enctype, ticket.key.keyvalue).unwrap();
        let mut cipher = request.authenticator.cipher.to_vec();
        let opened = session_key
            .open(KeyUsage::AP_REQ_AUTHENTICATOR, &mut cipher)
            .unwrap();
        let ctime = Authenticator::from_der(opened).unwrap().ctime;
        Self {
            ctime: ctime.as_unix().try_into().unwrap(),
            session_key,
        }
    }
}

#[test]
fn there_are_exchanges_of_every_shape() {
    let all = Exchange::all();
    assert_eq!(all.len(), 32);
    assert_eq!(all.iter().filter(|exchange| exchange.spnego).count(), 9);
    assert_eq!(
        all.iter()
            .filter(|exchange| exchange.bindings().is_some())
            .count(),
        7
    );
}

#[test]
fn the_client_is_whom_mit_krb5_says() {
    for exchange in Exchange::all() {
        let identity = exchange.accept().0.into_identity();
        assert_eq!(
            identity.client().to_string(),
            exchange.vector["client"].as_str().unwrap()
        );
        assert_eq!(identity.service(), &exchange.service);
        assert_eq!(identity.key().selected, KeySelected::Exact);
        assert_eq!(identity.key().etype.0, exchange.enctype.number());
        let framing = if exchange.spnego {
            Framing::Spnego
        } else {
            Framing::Gss
        };
        assert_eq!(identity.framing(), framing, "{}", exchange.name());
    }
}

/// MIT krb5 adds flags of local meaning: TRANS, PROT_READY, CHANNEL_BOUND.
#[test]
fn the_flags_are_those_that_mit_krb5_reports() {
    let local = ContextFlags::TRANS | ContextFlags::PROT_READY | ContextFlags::CHANNEL_BOUND;
    for exchange in Exchange::all() {
        let identity = exchange.accept().0.into_identity();
        let theirs = exchange.their_flags();
        assert_eq!(
            identity.flags().0,
            theirs.0 & !local.0,
            "{}",
            exchange.name()
        );
        let bound = theirs.contains(ContextFlags::CHANNEL_BOUND);
        assert_eq!(identity.channel_bound(), bound, "{}", exchange.name());
    }
}

#[test]
fn the_facts_of_the_ticket_are_those_of_the_vector() {
    for exchange in Exchange::all() {
        let facts = &exchange.vector["ap_req"];
        if !facts.is_object() {
            continue;
        }
        let identity = exchange.accept().0.into_identity();
        let etype = |name: &str| {
            facts[name]
                .as_i64()
                .map(|number| number.try_into().unwrap())
        };
        assert_eq!(Some(identity.session_etype().0), etype("session_etype"));
        assert_eq!(
            identity.subkey_etype().map(|etype| etype.0),
            etype("subkey_etype")
        );
        let flags: [u8; 4] = hex(&facts["ticket_flags"])[1..].try_into().unwrap();
        assert_eq!(identity.ticket_flags().0, u32::from_be_bytes(flags));
        let time = |text: String| text.replace(['-', 'T', ':'], "");
        assert_eq!(
            time(identity.authtime().to_string()),
            facts["authtime"].as_str().unwrap()
        );
        assert_eq!(
            time(identity.endtime().to_string()),
            facts["endtime"].as_str().unwrap()
        );
    }
}

/// MIT krb5's KDC signs PACs for every kind of service key. By itself it knows no SIDs.
#[test]
fn the_pac_of_mit_krb5_verifies_and_names_the_client_alone() {
    let mut types = Vec::new();
    for exchange in Exchange::all() {
        let identity = exchange.accept().0.into_identity();
        let Some(pac) = identity.pac() else {
            continue;
        };
        types.push(identity.key().etype.0);
        assert!(pac.client_info().is_some_and(|info| info.name == "alice"));
        assert_eq!(pac.user_sid(), None);
        assert_eq!(pac.groups().count(), 0);
    }
    types.sort_unstable();
    types.dedup();
    assert_eq!(types, [17, 18, 19, 20, 23, 25, 26]);
}

/// We answer where MIT krb5 does, and with what it does; only our random parts differ.
#[test]
fn the_answer_has_the_shape_of_mit_krb5s() {
    for exchange in Exchange::all() {
        let (_, reply) = exchange.accept();
        let theirs = exchange.their_reply();
        assert_eq!(reply.is_some(), theirs.is_some(), "{}", exchange.name());
        let (Some(ours), Some(theirs)) = (reply, theirs) else {
            continue;
        };
        if exchange.spnego {
            let ours = NegTokenResp::from_der(&ours).unwrap();
            let theirs = NegTokenResp::from_der(&theirs).unwrap();
            assert_eq!(ours.neg_state, Some(NegState::AcceptCompleted));
            assert_eq!(ours.neg_state, theirs.neg_state);
            assert_eq!(ours.supported_mech, theirs.supported_mech);
            assert_eq!(
                ours.response_token.is_some(),
                theirs.response_token.is_some()
            );
            assert_eq!(ours.mech_list_mic.is_some(), theirs.mech_list_mic.is_some());
            if ours.response_token.is_none() {
                continue;
            }
        }
        let (ours, theirs) = (exchange.open_ap_rep(&ours), exchange.open_ap_rep(&theirs));
        let ours = EncApRepPart::from_padded_der(&ours).unwrap();
        let theirs = EncApRepPart::from_padded_der(&theirs).unwrap();
        assert_eq!((ours.ctime, ours.cusec), (theirs.ctime, theirs.cusec));
        assert!(ours.subkey.is_some() && theirs.subkey.is_some());
        assert!(ours.seq_number.is_some() && theirs.seq_number.is_some());
    }
}

/// RFC 4537: the initiators list 18, 17, 20, 19, 26, 25 and 23 down to the type of their key. MIT
/// krb5's acceptor always takes 18; we take 20 where it is listed.
#[test]
fn our_subkey_is_of_the_type_that_we_prefer() {
    for exchange in Exchange::all() {
        if !exchange.vector["ap_rep"].is_object() {
            continue;
        }
        let (_, reply) = exchange.accept();
        let part = exchange.open_ap_rep(&reply.unwrap());
        let subkey = EncApRepPart::from_padded_der(&part)
            .unwrap()
            .subkey
            .unwrap();
        let best = match exchange.enctype.number() {
            17 | 18 => EtypeNumber::AES256_SHA1,
            _ => EtypeNumber::AES256_SHA2,
        };
        assert_eq!(subkey.keytype, best, "{}", exchange.name());
    }
}

#[test]
fn the_delegated_credential_is_the_clients_ticket_granting_ticket() {
    let mut delegated = 0;
    for exchange in Exchange::all() {
        let identity = exchange.accept().0.into_identity();
        let deleg = exchange.their_flags().contains(ContextFlags::DELEG);
        assert_eq!(identity.delegated().is_some(), deleg, "{}", exchange.name());
        let Some(credential) = identity.delegated() else {
            continue;
        };
        delegated += 1;
        assert_eq!(credential.client(), identity.client());
        assert_eq!(
            credential.service().to_string(),
            "krbtgt/EXAMPLE.TEST@EXAMPLE.TEST"
        );
        let octets = credential.to_ccache().unwrap();
        let cache = CredentialCache::open(&octets).unwrap();
        assert_eq!(cache.default_principal(), identity.client());
    }
    assert_eq!(delegated, 2);
}

#[test]
fn other_bindings_than_the_clients_are_refused() {
    for exchange in Exchange::all() {
        let other = ChannelBindings::from_application_data("tls-server-end-point:another");
        let negotiation = exchange.acceptor().begin().channel_bindings(&other);
        let outcome = negotiation.step(&exchange.token, exchange.now);
        // MIT krb5 does not claim to send bindings wherever it has any.
        assert_eq!(
            outcome.is_err(),
            exchange.bindings().is_some(),
            "{}",
            exchange.name()
        );
    }
}

#[test]
fn each_exchange_is_accepted_once() {
    for exchange in Exchange::all() {
        let acceptor = exchange.acceptor();
        complete(exchange.step(&acceptor));
        let rejection = refused(exchange.step(&acceptor));
        assert!(
            matches!(rejection.error(), Error::Replayed { .. }),
            "{}",
            exchange.name()
        );
    }
}

/// The messages that the initiator signed after MIT krb5's AP-REP are under MIT krb5's subkey; but
/// without an AP-REP the keys are the initiator's, and its MICs verify here as they did there.
#[test]
fn the_initiators_mics_verify_in_one_way_contexts() {
    let mut verified = 0;
    for exchange in Exchange::all() {
        let Some(messages) = exchange.vector["per_message"].as_array() else {
            continue;
        };
        if exchange.vector["ap_rep"].is_object() {
            continue;
        }
        let (mut context, _) = exchange.accept();
        for message in messages {
            if (&message["sender"], &message["kind"]) != (&"initiator".into(), &"mic".into()) {
                continue;
            }
            let (text, mut token) = (hex(&message["message"]), hex(&message["token"]));
            assert!(
                context.verify_mic(&text, &token).is_ok(),
                "{}",
                exchange.name()
            );
            *token.last_mut().unwrap() ^= 1;
            assert!(
                context.verify_mic(&text, &token).is_err(),
                "{}",
                exchange.name()
            );
            verified += 1;
        }
    }
    assert!(verified >= 14, "{verified}");
}

/// One bit of the sealed parts, and nobody is let in.
#[test]
fn a_flipped_bit_in_ticket_or_authenticator_is_refused() {
    for exchange in Exchange::all() {
        let acceptor = exchange.acceptor();
        let length = exchange.token.len();
        // The authenticator ends the token; the ticket's cipher lies in the middle.
        for at in [length - 1, length - 40, length / 2 - 20] {
            let mut token = exchange.token.clone();
            token[at] ^= 0x10;
            assert!(
                acceptor.begin().step(&token, exchange.now).is_err(),
                "{}",
                exchange.name()
            );
        }
        complete(exchange.step(&acceptor));
    }
}

/// The KRB-ERROR to a repeated AP-REQ: the same but for the time.
#[test]
fn the_error_token_to_a_replay_is_mit_krb5s() {
    let all = vectors("mit_gss_exchanges");
    let theirs = all
        .iter()
        .find(|vector| vector["name"] == "error-token-replay")
        .unwrap();
    let exchange = Exchange::all()
        .into_iter()
        .find(|exchange| exchange.vector["service"] == theirs["service"])
        .unwrap();
    let token = hex(&theirs["ap_req_token"]);
    let key = Key::new(exchange.enctype, &exchange.service_key).unwrap();
    let now = UNIX_EPOCH + Duration::from_secs(Opened::new(&token, &key).ctime);
    let acceptor = exchange.acceptor();
    complete(acceptor.begin().step(&token, now));

    let rejection = refused(acceptor.begin().step(&token, now));

    let (ours, theirs) = (rejection.reply().unwrap(), hex(&theirs["error_token"]));
    let error = |token| {
        let inner = InitialContextToken::decode(token).unwrap().inner;
        let (id, message) = split_token_id(inner).unwrap();
        assert_eq!(id, TokenId::KRB_ERROR);
        KrbError::from_der(message).unwrap()
    };
    let (mut ours, theirs) = (error(ours), error(theirs.as_slice()));
    (ours.stime, ours.susec) = (theirs.stime, theirs.susec);
    assert_eq!(ours, theirs);
}
