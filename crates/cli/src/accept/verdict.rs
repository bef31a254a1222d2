//! [`Verdict`]: what came of the tokens, in the shape of its JSON.
//!
//! The JSON is a stable interface: every key is always there, and `null` when it is unknown.

use super::pac::PacFacts;
use crate::failure::Failure;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use portcullis::identity::{Identity, KeyUsed};
use portcullis::names::NoLocalName;
use portcullis::{DelegatedCredential, Error, Rejection};
use serde::Serialize;

/// What came of the tokens. The order of the fields is that of the JSON.
#[derive(Debug, Serialize)]
pub(super) struct Verdict {
    pub(super) verdict: Outcome,
    pub(super) mechanism: Option<&'static str>,
    pub(super) framing: Option<&'static str>,
    pub(super) client: Option<String>,
    pub(super) local_name: Option<String>,
    /// Why there is none, although there are rules.
    #[serde(skip)]
    pub(super) no_local_name: Option<NoLocalName>,
    pub(super) service: Option<String>,
    pub(super) key: Option<Key>,
    pub(super) session_enctype: Option<i32>,
    pub(super) subkey_enctype: Option<i32>,
    pub(super) flags: Option<Vec<&'static str>>,
    pub(super) ticket: Option<Ticket>,
    pub(super) channel_bound: Option<bool>,
    pub(super) delegated: Option<Delegated>,
    pub(super) pac: Option<PacFacts>,
    /// Base64 of what the peer has to get.
    pub(super) reply: Option<String>,
    pub(super) error: Option<Refusal>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Outcome {
    Accepted,
    Continue,
    Rejected,
}

/// The key of the keytab that opened the ticket.
#[derive(Debug, Serialize)]
pub(super) struct Key {
    pub(super) principal: String,
    pub(super) kvno: u32,
    pub(super) enctype: i32,
    pub(super) selected: &'static str,
}

/// The ticket; times in seconds since 1970.
#[derive(Debug, Serialize)]
pub(super) struct Ticket {
    pub(super) flags: Vec<&'static str>,
    pub(super) authtime: i64,
    pub(super) starttime: i64,
    pub(super) endtime: i64,
}

/// The credential that the client delegated.
#[derive(Debug, Serialize)]
pub(super) struct Delegated {
    pub(super) client: String,
    pub(super) service: String,
    pub(super) endtime: i64,
}

/// Why the tokens were refused; `code` and `number` are what the peer is told.
#[derive(Debug, Serialize)]
pub(super) struct Refusal {
    pub(super) code: Option<&'static str>,
    pub(super) number: Option<i32>,
    pub(super) blame: &'static str,
    pub(super) message: String,
    pub(super) remedy: &'static str,
    pub(super) kind: &'static str,
}

impl Verdict {
    /// The client is proven.
    pub(super) fn accepted(identity: &Identity, reply: Option<&[u8]>) -> Self {
        Self {
            mechanism: Some(identity.mechanism().name()),
            framing: Some(identity.framing().name()),
            client: Some(identity.client().to_string()),
            service: Some(identity.service().to_string()),
            key: Some(identity.key().into()),
            session_enctype: Some(identity.session_etype().0),
            subkey_enctype: identity.subkey_etype().map(|etype| etype.0),
            flags: Some(identity.flags().names().collect()),
            ticket: Some(identity.into()),
            channel_bound: Some(identity.channel_bound()),
            delegated: identity.delegated().map(Delegated::from),
            pac: identity.pac().map(PacFacts::from),
            ..Self::bare(Outcome::Accepted, reply)
        }
    }

    /// With the client's local name, if there are rules for such.
    pub(super) fn called(mut self, local_name: Option<Result<String, NoLocalName>>) -> Self {
        match local_name {
            Some(Ok(local_name)) => self.local_name = Some(local_name),
            Some(Err(reason)) => self.no_local_name = Some(reason),
            None => {}
        }
        self
    }

    /// The peer owes another token, after `reply`.
    pub(super) fn to_be_continued(reply: &[u8]) -> Self {
        Self::bare(Outcome::Continue, Some(reply))
    }

    /// The tokens were refused; nothing that they say of anybody is repeated.
    pub(super) fn rejected(rejection: &Rejection) -> Self {
        Self {
            error: Some(rejection.error().into()),
            ..Self::bare(Outcome::Rejected, rejection.reply())
        }
    }

    fn bare(verdict: Outcome, reply: Option<&[u8]>) -> Self {
        Self {
            verdict,
            mechanism: None,
            framing: None,
            client: None,
            local_name: None,
            no_local_name: None,
            service: None,
            key: None,
            session_enctype: None,
            subkey_enctype: None,
            flags: None,
            ticket: None,
            channel_bound: None,
            delegated: None,
            pac: None,
            reply: reply.map(|octets| STANDARD.encode(octets)),
            error: None,
        }
    }

    /// One line, without its end.
    pub(super) fn to_json(&self) -> Result<String, Failure> {
        serde_json::to_string(self).map_err(Failure::Json)
    }

    /// 2 is taken: the command could not run.
    pub(super) const fn exit_status(&self) -> u8 {
        match self.verdict {
            Outcome::Accepted => 0,
            Outcome::Rejected => 1,
            Outcome::Continue => 3,
        }
    }
}

impl From<&KeyUsed> for Key {
    fn from(key: &KeyUsed) -> Self {
        Self {
            principal: key.principal.to_string(),
            kvno: key.kvno.0,
            enctype: key.etype.0,
            selected: key.selected.name(),
        }
    }
}

impl From<&Identity> for Ticket {
    fn from(identity: &Identity) -> Self {
        Self {
            flags: identity.ticket_flags().names().collect(),
            authtime: identity.authtime().as_unix(),
            starttime: identity.starttime().as_unix(),
            endtime: identity.endtime().as_unix(),
        }
    }
}

impl From<&DelegatedCredential> for Delegated {
    fn from(credential: &DelegatedCredential) -> Self {
        Self {
            client: credential.client().to_string(),
            service: credential.service().to_string(),
            endtime: credential.endtime().as_unix(),
        }
    }
}

impl From<&Error> for Refusal {
    fn from(error: &Error) -> Self {
        let code = error.code();
        Self {
            code: code.and_then(|code| code.name()),
            number: code.map(|code| code.0),
            blame: error.blame().name(),
            message: error.to_string(),
            remedy: error.remedy(),
            kind: error.kind(),
        }
    }
}
