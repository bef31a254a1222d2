//! Every message in the recorded tokens and in the vectors, taken out of its frames and opened.

use std::path::Path;

use portcullis_crypto::{Enctype, Key, KeyUsage};
use portcullis_formats::der::{Decode, Encode, Reader};
use portcullis_formats::gss::{FirstToken, GssChecksum, TokenId, split_token_id};
use portcullis_formats::keytab::KeytabFile;
use portcullis_formats::messages::{
    ApReq, Authenticator, EncTicketPart, EncryptedData, EncryptionKey, KrbCred,
};
use portcullis_formats::spnego::{NegTokenInit, NegTokenResp};
use portcullis_interop::recorded::Recorded;
use portcullis_testdata::{hex, vectors};

use crate::kind::Kind;

/// Some octets, and what they are to be read as.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Which message.
    pub kind: Kind,
    /// Where it comes from.
    pub name: String,
    /// The message.
    pub octets: Vec<u8>,
}

/// All of them.
///
/// # Panics
/// When a recorded token cannot be read.
#[must_use]
pub fn samples() -> Vec<Sample> {
    let mut corpus = Corpus::default();
    for recorded in recorded() {
        corpus.begin(&recorded.name, keys_of_keytab(&recorded.keytab));
        for token in &recorded.tokens {
            corpus.token(token);
        }
    }
    for vector in vectors("mit_gss_exchanges") {
        let name = vector["name"].as_str().unwrap_or_default();
        let etype = i32::try_from(vector["service_key_etype"].as_i64().unwrap_or(0));
        let service = key(etype.unwrap_or(0), &hex(&vector["service_key"]));
        corpus.begin(name, service.into_iter().collect());
        for token in vector["tokens"].as_array().into_iter().flatten() {
            corpus.token(&hex(&token["token"]));
        }
        for token in ["ap_req_token", "error_token"] {
            corpus.token(&hex(&vector[token]));
        }
        corpus.message(
            Kind::EncApRepPart,
            &hex(&vector["ap_rep"]["enc_part_plain"]),
        );
        corpus.message(
            Kind::EncTicketPart,
            &hex(&vector["ap_req"]["enc_ticket_part"]),
        );
        corpus.message(
            Kind::Authenticator,
            &hex(&vector["ap_req"]["authenticator_plain"]),
        );
    }
    for vector in vectors("pac") {
        corpus.begin(vector["name"].as_str().unwrap_or_default(), Vec::new());
        corpus.message(Kind::Ticket, &hex(&vector["ticket"]));
        corpus.message(Kind::EncTicketPart, &hex(&vector["enc_ticket_part"]));
        let signed = &vector["enc_ticket_part_for_ticket_signature"];
        corpus.message(Kind::EncTicketPart, &hex(signed));
    }
    corpus.samples
}

/// The recorded tokens.
///
/// # Panics
/// When one cannot be read.
#[must_use]
pub fn recorded() -> Vec<Recorded> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/tokens");
    Recorded::read_all(&directory).expect("recorded tokens")
}

/// The keys of a keytab that we can use.
///
/// # Panics
/// When it is none.
#[must_use]
pub fn keys_of_keytab(keytab: &[u8]) -> Vec<Key> {
    let file = KeytabFile::open(keytab).expect("a keytab");
    let entries = file.records().filter_map(Result::ok);
    entries
        .filter_map(|entry| key(entry.etype.0, entry.key))
        .collect()
}

/// The key of these octets, if we know its enctype.
#[must_use]
pub fn key(etype: i32, octets: &[u8]) -> Option<Key> {
    Key::new(Enctype::try_from(etype).ok()?, octets).ok()
}

/// The plaintext, if the key opens it; without the padding of DES3 (RFC 3961 §6.3).
#[must_use]
pub fn open(key: &Key, usage: KeyUsage, data: EncryptedData<'_>) -> Option<Vec<u8>> {
    let mut octets = data.cipher.to_vec();
    let plaintext = key.open(usage, &mut octets).ok()?;
    let message = Reader::new(plaintext).whole();
    Some(message.unwrap_or(plaintext).to_vec())
}

#[derive(Default)]
struct Corpus {
    samples: Vec<Sample>,
    name: String,
    service_keys: Vec<Key>,
}

impl Corpus {
    fn begin(&mut self, name: &str, service_keys: Vec<Key>) {
        name.clone_into(&mut self.name);
        self.service_keys = service_keys;
    }

    fn message(&mut self, kind: Kind, octets: &[u8]) {
        let known = |sample: &Sample| sample.kind == kind && sample.octets == octets;
        if octets.is_empty() || self.samples.iter().any(known) {
            return;
        }
        let (name, octets) = (self.name.clone(), octets.to_vec());
        self.samples.push(Sample { kind, name, octets });
    }

    fn token(&mut self, token: &[u8]) {
        let first = FirstToken::recognize(token).expect("a recorded token");
        match first {
            FirstToken::Framed(frame) if frame.inner.first() == Some(&0xa0) => {
                self.neg_token_init(frame.inner);
            }
            FirstToken::Framed(frame) => {
                let (id, message) = split_token_id(frame.inner).expect("a token identifier");
                match id {
                    TokenId::AP_REQ => self.ap_req(message),
                    TokenId::AP_REP => self.message(Kind::ApRep, message),
                    TokenId::KRB_ERROR => self.message(Kind::KrbError, message),
                    _ => {}
                }
            }
            FirstToken::NegTokenInit(token) => self.neg_token_init(token),
            FirstToken::NegTokenResp(token) => {
                self.message(Kind::NegTokenResp, token);
                let token = NegTokenResp::from_der(token).expect("NegTokenResp");
                self.token(token.response_token.unwrap_or_default());
            }
            FirstToken::ApReq(message) => self.ap_req(message),
            FirstToken::Unknown { first: 0x6f } => self.message(Kind::ApRep, token),
            _ => {}
        }
    }

    fn neg_token_init(&mut self, token: &[u8]) {
        self.message(Kind::NegTokenInit, token);
        let token = NegTokenInit::from_der(token).expect("NegTokenInit");
        self.token(token.mech_token.unwrap_or_default());
    }

    fn ap_req(&mut self, message: &[u8]) {
        self.message(Kind::ApReq, message);
        let request = ApReq::from_der(message).expect("AP-REQ");
        self.message(Kind::Ticket, &request.ticket.to_der());
        let opened = self
            .service_keys
            .iter()
            .find_map(|key| open(key, KeyUsage::TICKET, request.ticket.enc_part));
        let Some(ticket) = opened else { return };
        self.message(Kind::EncTicketPart, &ticket);
        let session_key = session_key(&ticket);
        let opened = open(
            &session_key,
            KeyUsage::AP_REQ_AUTHENTICATOR,
            request.authenticator,
        );
        let Some(authenticator) = opened else { return };
        self.message(Kind::Authenticator, &authenticator);
        self.delegation(&authenticator, &session_key);
    }

    fn delegation(&mut self, authenticator: &[u8], session_key: &Key) {
        let authenticator = Authenticator::from_der(authenticator).expect("Authenticator");
        let checksum = authenticator
            .cksum
            .filter(|checksum| checksum.cksumtype.0 == 0x8003);
        let Some(checksum) = checksum else { return };
        let checksum = GssChecksum::decode(checksum.checksum).expect("the checksum of GSS-API");
        let Some(delegated) = checksum.delegation else {
            return;
        };
        self.message(Kind::KrbCred, delegated);
        let credential = KrbCred::from_der(delegated).expect("KRB-CRED");
        let opened = open(session_key, KeyUsage::KRB_CRED, credential.enc_part);
        self.message(Kind::EncKrbCredPart, &opened.unwrap_or_default());
        for ticket in credential.tickets {
            self.message(Kind::Ticket, &ticket.to_der());
        }
    }
}

fn session_key(ticket: &[u8]) -> Key {
    let EncryptionKey { keytype, keyvalue } =
        EncTicketPart::from_der(ticket).expect("EncTicketPart").key;
    key(keytype.0, keyvalue).expect("a session key")
}
