//! Requests to the KDC of the test realm, behind its MACs: what a client that has a key can say.
//!
//! The first octet chooses the exchange, who asks and what is made good here. The messages are the
//! KDC-REQ-BODY, what is sealed in the request (PA-ENC-TIMESTAMP or the authenticator), the
//! authorization data that is sealed in the body, other preauthentication data, and the ticket that
//! a realm which is trusted would seal.

use crate::forge;
use crate::messages::Messages;
use portcullis_client::{Client, ClientTicket};
use portcullis_crypto::{Enctype, Key, KeyUsage, string_to_key};
use portcullis_formats::der::{Decode as _, Encode as _, SequenceOfBuf};
use portcullis_formats::keytab::KeytabFile;
use portcullis_formats::messages::{
    ApOptions, ApReq, Authenticator, Checksum, EncTicketPart, KdcReq, KdcReqBody, MessageType,
    MethodData, PaData, PaEncTsEnc, PaForUser, PaS4uX509User, Ticket,
};
use portcullis_formats::registry::{ChecksumTypeNumber, PaDataType};
use portcullis_testrealm::{MiniKdc, TestRealm};
use std::sync::{Arc, LazyLock};
use std::time::SystemTime;

mod answer;
mod seeds;

pub use seeds::seeds;

/// A login; else the messages go to the ticket-granting service.
pub const LOGIN: u8 = 1;
/// The service `front` asks, not alice.
pub const FRONT: u8 = 2;
/// The authenticator gets a checksum over the body that is good.
pub const SIGNED: u8 = 4;
/// The ticket that alice has for `front` comes along.
pub const EVIDENCE: u8 = 8;
/// Whom a service asks for is signed.
pub const FOR_USER: u8 = 16;
/// The ticket is not the KDC's: what is in it comes from the fuzzer.
pub const TICKET: u8 = 32;

const PASSWORD: &str = "secret";
const SKEW: u64 = 300;
/// What a client's key is made with.
const ENCTYPE: Enctype = Enctype::Aes256CtsHmacSha1_96;

static WORLD: LazyLock<World> = LazyLock::new(World::new);

struct World {
    kdc: MiniKdc,
    now: SystemTime,
    /// Made from alice's password.
    key: Key,
    krbtgt: Key,
    web: Key,
    alice: ClientTicket,
    front: ClientTicket,
    /// alice's ticket for `front`.
    evidence: ClientTicket,
}

impl World {
    fn new() -> Self {
        let realm = TestRealm::new("EXAMPLE.TEST");
        realm.user_with_password("alice", PASSWORD);
        let web = realm.service("HTTP/web.example.test");
        let front = realm.service_with("HTTP/front.example.test");
        let front = front.may_delegate_to(["HTTP/web.example.test"]);
        let front = front.ok_to_auth_as_delegate().build();
        let (kdc, now) = (realm.kdc(), realm.now());
        let mut ask = |_: &str, request: &[u8]| Ok(kdc.answer(request, now));
        let mut alice = Client::with_password(forge::ALICE.clone(), PASSWORD)
            .entropy(Arc::new(forge::Constant))
            .enctypes([ENCTYPE]);
        let name = front.principal().clone();
        let evidence = alice.ticket(&name, now, &mut ask).expect("a ticket");
        let tgt = alice.ticket_granting_ticket(now, &mut ask);
        let keytab = front.keytab_octets();
        let mut front = Client::with_keytab(name, &keytab)
            .expect("its key")
            .entropy(Arc::new(forge::Constant));
        let krbtgt = realm.service("krbtgt/EXAMPLE.TEST");
        Self {
            key: string_to_key(ENCTYPE, PASSWORD.as_bytes(), b"EXAMPLE.TESTalice", None)
                .expect("a key"),
            krbtgt: first_key(&krbtgt.keytab_octets()),
            web: first_key(&web.keytab_octets()),
            alice: tgt.expect("a ticket"),
            front: front
                .ticket_granting_ticket(now, &mut ask)
                .expect("a ticket"),
            evidence,
            kdc,
            now,
        }
    }
}

/// The best key of the only service in a keytab.
fn first_key(keytab: &[u8]) -> Key {
    let file = KeytabFile::open(keytab).expect("a keytab");
    let entry = file.records().next().expect("a key").expect("an entry");
    let enctype = Enctype::try_from(entry.etype.0).expect("an enctype");
    Key::new(enctype, entry.key).expect("a key")
}

/// What a request is made of.
struct Asked<'a> {
    settings: u8,
    body: &'a [u8],
    sealed: &'a [u8],
    authorization_data: &'a [u8],
    padata: &'a [u8],
    ticket: &'a [u8],
}

/// Sends one request.
pub fn run(input: &[u8]) {
    let _ = is_granted(input);
}

/// Whether the KDC grants it.
fn is_granted(input: &[u8]) -> bool {
    let Some((settings, messages)) = input.split_first() else {
        return false;
    };
    let mut messages = Messages(messages);
    let mut next = || messages.next().unwrap_or_default();
    let asked = Asked {
        settings: *settings,
        body: next(),
        sealed: next(),
        authorization_data: next(),
        padata: next(),
        ticket: next(),
    };
    match asked.is(LOGIN) {
        true => asked.log_in(),
        false => asked.get_ticket(),
    }
}

impl Asked<'_> {
    fn is(&self, setting: u8) -> bool {
        self.settings & setting != 0
    }

    /// PA-ENC-TIMESTAMP, sealed with alice's key.
    fn log_in(&self) -> bool {
        let cipher = forge::seal(&WORLD.key, KeyUsage::AS_REQ_TIMESTAMP, self.sealed);
        let timestamp = forge::encrypted(&WORLD.key, None, &cipher).to_der();
        let ours = (PaDataType::ENC_TIMESTAMP, timestamp);
        let padata = self.padata(ours, &WORLD.key, None);
        let answer = send(MessageType::AS_REQ, &padata, self.body);
        let Some(granted) = answer::read(&answer, &WORLD.key, KeyUsage::AS_REP) else {
            return false;
        };
        let sent = PaEncTsEnc::from_padded_der(self.sealed).expect("a timestamp");
        let now = forge::kerberos_now().as_unix();
        assert!(sent.patimestamp.as_unix().abs_diff(now) <= SKEW);
        let body = KdcReqBody::from_der(self.body).expect("a body");
        assert_eq!(granted.client, *forge::ALICE);
        assert_eq!(granted.nonce, body.nonce);
        true
    }

    fn get_ticket(&self) -> bool {
        let tgt = match self.is(FRONT) {
            true => &WORLD.front,
            false => &WORLD.alice,
        };
        let session_key = match self.ticket_part() {
            Some(part) if self.is(TICKET) => answer::key(&part.key),
            _ => Some(tgt.session_key.clone()),
        };
        let session_key = session_key.unwrap_or_else(|| tgt.session_key.clone());
        let said = Authenticator::from_padded_der(self.sealed).ok();
        let subkey = said.and_then(|said| answer::key(&said.subkey?));
        let body = self.body_with(&session_key, subkey.as_ref());
        let authenticator = self.authenticator(said, &session_key, &body);
        let ap_req = self.ap_req(tgt, &session_key, &authenticator);
        let ours = (PaDataType::TGS_REQ, ap_req);
        let padata = self.padata(ours, &session_key, subkey.as_ref());
        let answer = send(MessageType::TGS_REQ, &padata, &body);
        let (key, usage) = match &subkey {
            Some(subkey) => (subkey, KeyUsage::TGS_REP_SUBKEY),
            None => (&session_key, KeyUsage::TGS_REP_SESSION),
        };
        let Some(granted) = answer::read(&answer, key, usage) else {
            return false;
        };
        let said = said.expect("an authenticator");
        let now = forge::kerberos_now().as_unix();
        assert!(said.ctime.as_unix().abs_diff(now) <= SKEW);
        if !self.is(TICKET) {
            granted.assert_within(tgt, self.is(FRONT), &WORLD.web);
        }
        true
    }

    fn ticket_part(&self) -> Option<EncTicketPart<'_>> {
        EncTicketPart::from_padded_der(self.ticket).ok()
    }

    /// The body, with the authorization data sealed in it and the evidence along with it.
    fn body_with(&self, session_key: &Key, subkey: Option<&Key>) -> Vec<u8> {
        let Ok(mut body) = KdcReqBody::from_der(self.body) else {
            return self.body.to_vec();
        };
        let (key, usage) = match subkey {
            Some(subkey) => (subkey, KeyUsage::TGS_REQ_AUTHDATA_SUBKEY),
            None => (session_key, KeyUsage::TGS_REQ_AUTHDATA_SESSION),
        };
        let cipher = forge::seal(key, usage, self.authorization_data);
        if !self.authorization_data.is_empty() {
            body.enc_authorization_data = Some(forge::encrypted(key, None, &cipher));
        }
        let evidence = Ticket::from_der(&WORLD.evidence.ticket).expect("a ticket");
        let tickets = SequenceOfBuf::of([&evidence]);
        if self.is(EVIDENCE) {
            body.additional_tickets = Some(tickets.borrow());
        }
        body.to_der()
    }

    fn authenticator(
        &self,
        said: Option<Authenticator<'_>>,
        session_key: &Key,
        body: &[u8],
    ) -> Vec<u8> {
        let Some(said) = said.filter(|_| self.is(SIGNED)) else {
            return self.sealed.to_vec();
        };
        let checksum = session_key
            .mac(KeyUsage::TGS_REQ_CHECKSUM)
            .checksum(&[body]);
        let cksum = Some(signature(session_key, checksum.as_ref()));
        Authenticator { cksum, ..said }.to_der()
    }

    /// PA-TGS-REQ: with the ticket that the KDC gave, or with one that it might have given.
    fn ap_req(&self, tgt: &ClientTicket, session_key: &Key, authenticator: &[u8]) -> Vec<u8> {
        let usage = KeyUsage::TGS_REQ_AUTHENTICATOR;
        let authenticator = forge::seal(session_key, usage, authenticator);
        let forged = forge::seal(&WORLD.krbtgt, KeyUsage::TICKET, self.ticket);
        let mut ticket = Ticket::from_der(&tgt.ticket).expect("a ticket");
        if self.is(TICKET) {
            ticket.enc_part = forge::encrypted(&WORLD.krbtgt, None, &forged);
        }
        ApReq {
            ap_options: ApOptions::default(),
            ticket,
            authenticator: forge::encrypted(session_key, None, &authenticator),
        }
        .to_der()
    }

    /// What else comes, with whom a service asks for signed as it has to be.
    fn padata(&self, ours: PaOctets, session_key: &Key, subkey: Option<&Key>) -> Vec<PaOctets> {
        let mut all = vec![ours];
        let Ok(padata) = MethodData::from_der(self.padata) else {
            return all;
        };
        all.extend(padata.iter().map(|padata| {
            let value = padata.padata_value;
            let signed = match padata.padata_type {
                PaDataType::FOR_USER => for_user(value, session_key),
                PaDataType::S4U_X509_USER => x509_user(value, subkey.unwrap_or(session_key)),
                _ => None,
            };
            let signed = signed.filter(|_| self.is(FOR_USER));
            (padata.padata_type, signed.unwrap_or_else(|| value.to_vec()))
        }));
        all
    }
}

/// A type of preauthentication data, and its octets.
type PaOctets = (PaDataType, Vec<u8>);

fn send(msg_type: MessageType, padata: &[PaOctets], req_body: &[u8]) -> Vec<u8> {
    let padata = padata.iter().map(|(padata_type, value)| PaData {
        padata_type: *padata_type,
        padata_value: value,
    });
    let padata = SequenceOfBuf::of(&padata.collect::<Vec<_>>());
    let request = KdcReq {
        msg_type,
        padata: Some(padata.borrow()),
        req_body,
    };
    WORLD.kdc.answer(&request.to_der(), WORLD.now)
}

/// PA-FOR-USER with a good checksum ([MS-SFU] §2.2.1).
fn for_user(octets: &[u8], session_key: &Key) -> Option<Vec<u8>> {
    let sent = PaForUser::from_der(octets).ok()?;
    let mut signed = sent.user_name.name_type.0.to_le_bytes().to_vec();
    let components = sent.user_name.name_string.iter();
    components.for_each(|component| signed.extend(component.0));
    let mac = session_key.hmac_md5(KeyUsage::new(17));
    let checksum = mac.checksum(&[&signed, sent.user_realm.0, sent.auth_package.0]);
    let cksum = Checksum {
        cksumtype: ChecksumTypeNumber::HMAC_MD5_RC4,
        checksum: checksum.as_ref(),
    };
    Some(PaForUser { cksum, ..sent }.to_der())
}

/// PA-S4U-X509-USER with a good checksum ([MS-SFU] §2.2.2).
fn x509_user(octets: &[u8], key: &Key) -> Option<Vec<u8>> {
    let sent = PaS4uX509User::from_der(octets).ok()?;
    let mac = key.mac(KeyUsage::new(26)).checksum(&[sent.user_id]);
    let checksum = signature(key, mac.as_ref());
    Some(PaS4uX509User { checksum, ..sent }.to_der())
}

fn signature<'c>(key: &Key, checksum: &'c [u8]) -> Checksum<'c> {
    Checksum {
        cksumtype: ChecksumTypeNumber(key.enctype().checksum_type()),
        checksum,
    }
}
