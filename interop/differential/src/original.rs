//! A good token, taken apart down to what is sealed, so that it can be put together again with something changed.

use std::path::{Path, PathBuf};

use portcullis_crypto::{Key, KeyUsage};
use portcullis_formats::der::{Decode, Encode};
use portcullis_formats::gss::{
    FirstToken, Mechanism, TokenId, frame, frame_message, split_token_id,
};
use portcullis_formats::messages::{ApReq, EncTicketPart, EncryptedData};
use portcullis_formats::spnego::NegTokenInit;
use portcullis_interop::seeded::Seeded;
use portcullis_oracles::corpus::{key, keys_of_keytab, open};

use crate::change;
use crate::shapes::{AP_REQ, AUTHENTICATOR, ENC_TICKET_PART, NEGOTIATION};
use crate::tree::{self, Node};

/// A part of a token that changes are made in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The NegTokenInit around everything, if there is one.
    Offer,
    /// The AP-REQ, with its ciphertexts.
    Request,
    /// The EncTicketPart, sealed again.
    Ticket,
    /// The Authenticator, sealed again.
    Authenticator,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Offer,
        Self::Request,
        Self::Ticket,
        Self::Authenticator,
    ];

    /// What a case's class begins with.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Offer => "spnego",
            Self::Request => "ap-req",
            Self::Ticket => "ticket",
            Self::Authenticator => "authenticator",
        }
    }
}

/// A good token.
#[derive(Clone, Debug)]
pub struct Original {
    /// Whose it is.
    pub name: String,
    /// The service's keys.
    pub keytab: PathBuf,
    /// The token.
    pub token: Vec<u8>,
    offer: Option<Vec<u8>>,
    /// Of the frame around the AP-REQ.
    oid: Option<Vec<u8>>,
    request: Vec<u8>,
    ticket: Vec<u8>,
    authenticator: Vec<u8>,
    service_key: Key,
    session_key: Key,
}

impl Original {
    /// Takes a token apart; `None` when it has no AP-REQ that the keytab opens.
    ///
    /// # Panics
    /// When there is no keytab.
    #[must_use]
    pub fn of(name: impl Into<String>, keytab: &Path, token: &[u8]) -> Option<Self> {
        let keys = keys_of_keytab(&std::fs::read(keytab).expect("a keytab"));
        let (offer, inner) = offer(token)?;
        let (oid, request) = match FirstToken::recognize(inner.as_ref()).ok()? {
            FirstToken::Framed(framed) => {
                let (_, message) = split_token_id(framed.inner).ok()?;
                (Some(framed.oid.to_vec()), message.to_vec())
            }
            FirstToken::ApReq(message) => (None, message.to_vec()),
            _ => return None,
        };
        let decoded = ApReq::from_der(&request).ok()?;
        let (service_key, ticket) = keys.into_iter().find_map(|key| {
            let ticket = open(&key, KeyUsage::TICKET, decoded.ticket.enc_part)?;
            Some((key, ticket))
        })?;
        let session = EncTicketPart::from_der(&ticket).ok()?.key;
        let session_key = key(session.keytype.0, session.keyvalue)?;
        let usage = KeyUsage::AP_REQ_AUTHENTICATOR;
        let authenticator = open(&session_key, usage, decoded.authenticator)?;
        Some(Self {
            name: name.into(),
            keytab: keytab.to_owned(),
            token: token.to_vec(),
            offer,
            oid,
            request,
            ticket,
            authenticator,
            service_key,
            session_key,
        })
    }

    /// Whether it is in SPNEGO.
    #[must_use]
    pub fn is_spnego(&self) -> bool {
        self.offer.is_some()
    }

    /// The part as a tree; `None` when there is no such part.
    #[must_use]
    pub fn tree(&self, part: Part) -> Option<Vec<Node>> {
        match part {
            Part::Offer => tree::parse(self.offer.as_deref()?, "", &NEGOTIATION),
            Part::Request => tree::parse(&self.request, "", &AP_REQ),
            Part::Ticket => tree::parse(&self.ticket, "", &ENC_TICKET_PART),
            Part::Authenticator => tree::parse(&self.authenticator, "", &AUTHENTICATOR),
        }
    }

    /// The token with another part in the place of its own.
    #[must_use]
    pub fn with(&self, part: Part, octets: &[u8], seeded: &mut Seeded) -> Vec<u8> {
        match part {
            Part::Offer => frame(Mechanism::Spnego.oid(), octets),
            Part::Request => self.around(octets),
            Part::Ticket => {
                let sealed = seal(&self.service_key, KeyUsage::TICKET, octets, seeded);
                self.with_ciphers(Some(&sealed), None)
            }
            Part::Authenticator => {
                let usage = KeyUsage::AP_REQ_AUTHENTICATOR;
                let sealed = seal(&self.session_key, usage, octets, seeded);
                self.with_ciphers(None, Some(&sealed))
            }
        }
    }

    /// The token with so many random changes in one part, and what they are.
    #[must_use]
    pub fn changed(
        &self,
        part: Part,
        count: usize,
        seeded: &mut Seeded,
    ) -> Option<(String, Vec<u8>)> {
        let mut nodes = self.tree(part)?;
        let mut said = Vec::new();
        for _ in 0..count {
            let size = tree::count(&nodes);
            if size == 0 {
                break;
            }
            let at = seeded.below(size);
            let change = change::any(nth(&nodes, at)?, seeded);
            said.extend(change.apply(&mut nodes, &mut { at }));
        }
        let said: Vec<_> = said.iter().map(|said| class(part, said)).collect();
        let token = self.with(part, &tree::encode(&nodes), seeded);
        Some((said.join(" + "), token))
    }

    /// The token with every change of one part, one at a time.
    #[must_use]
    pub fn each_change(&self, part: Part, seeded: &mut Seeded) -> Vec<(String, Vec<u8>)> {
        let Some(nodes) = self.tree(part) else {
            return Vec::new();
        };
        let mut all = Vec::new();
        for at in 0..tree::count(&nodes) {
            let Some(node) = nth(&nodes, at) else {
                continue;
            };
            for change in change::all(node) {
                let mut nodes = nodes.clone();
                if let Some(said) = change.apply(&mut nodes, &mut { at }) {
                    let token = self.with(part, &tree::encode(&nodes), seeded);
                    all.push((class(part, &said), token));
                }
            }
        }
        all
    }

    fn with_ciphers(&self, ticket: Option<&[u8]>, authenticator: Option<&[u8]>) -> Vec<u8> {
        let mut request = ApReq::from_der(&self.request).expect("it was one");
        if let Some(cipher) = ticket {
            request.ticket.enc_part = EncryptedData {
                cipher,
                ..request.ticket.enc_part
            };
        }
        if let Some(cipher) = authenticator {
            request.authenticator = EncryptedData {
                cipher,
                ..request.authenticator
            };
        }
        self.around(&request.to_der())
    }

    /// The frames around an AP-REQ.
    fn around(&self, request: &[u8]) -> Vec<u8> {
        let inner = match &self.oid {
            Some(oid) => frame_message(oid, TokenId::AP_REQ, request),
            None => request.to_vec(),
        };
        let Some(offer) = &self.offer else {
            return inner;
        };
        let offer = NegTokenInit::from_der(offer).expect("it was one");
        let offer = NegTokenInit {
            mech_token: Some(&inner),
            ..offer
        };
        frame(Mechanism::Spnego.oid(), &offer.to_der())
    }
}

fn class(part: Part, said: &str) -> String {
    let separator = if said.starts_with(':') { "" } else { "." };
    format!("{}{separator}{said}", part.name())
}

/// The NegTokenInit, if there is one, and what it holds.
fn offer(token: &[u8]) -> Option<(Option<Vec<u8>>, Vec<u8>)> {
    match FirstToken::recognize(token).ok()? {
        FirstToken::Framed(framed) if framed.oid == Mechanism::Spnego.oid() => {
            let offer = NegTokenInit::from_der(framed.inner).ok()?;
            Some((Some(framed.inner.to_vec()), offer.mech_token?.to_vec()))
        }
        _ => Some((None, token.to_vec())),
    }
}

fn seal(key: &Key, usage: KeyUsage, plaintext: &[u8], seeded: &mut Seeded) -> Vec<u8> {
    let confounder = std::array::from_fn(|_| u8::try_from(seeded.below(256)).unwrap_or(0));
    let mut sealed = Vec::new();
    key.seal(usage, &confounder, &[plaintext], &mut sealed);
    sealed
}

/// The element that has `left` others before it.
fn nth(nodes: &[Node], mut left: usize) -> Option<&Node> {
    for node in nodes {
        if left == 0 {
            return Some(node);
        }
        left -= 1;
        if let tree::Contents::Nodes(inside) = &node.contents {
            let size = tree::count(inside);
            if left < size {
                return nth(inside, left);
            }
            left -= size;
        }
    }
    None
}
