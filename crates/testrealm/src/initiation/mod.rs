//! [`Initiation`]: the initiator's side of the conversation, from its first token to its context.

mod answer;
mod context;
mod envelope;
mod error;
mod http;
mod negotiation;
mod rfc1964;
mod third_leg;
mod wrap;

pub use context::InitiatorContext;
pub(crate) use envelope::Envelope;
pub use error::InitiationError;
pub use wrap::WrapShape;

use crate::Fault;
use crate::random::Octets;
use answer::ap_rep_in;
use portcullis_crypto::Key;
use portcullis_formats::gss::TokenId;
use portcullis_formats::messages::{KerberosTime, Microseconds};
use std::sync::Arc;

/// An initiator that has a token to send.
#[derive(Debug)]
#[must_use]
pub struct Initiation {
    token: Vec<u8>,
    state: State,
    conversation: Conversation,
}

/// What an answer leads to.
#[derive(Debug)]
#[must_use]
#[expect(clippy::exhaustive_enums, reason = "there is no third way to go on")]
pub enum Next {
    /// Nothing more is to be sent: both sides have a context.
    Complete(InitiatorContext),
    /// Another token is to be sent.
    Send(Initiation),
}

/// What the initiator knows.
pub(crate) struct Conversation {
    pub(crate) envelope: Envelope,
    pub(crate) session_key: Key,
    pub(crate) subkey: Option<Key>,
    pub(crate) ctime: KerberosTime,
    pub(crate) cusec: Microseconds,
    pub(crate) sequence: u32,
    /// An AP-REP is due.
    pub(crate) mutual: bool,
    pub(crate) dce_style: bool,
    pub(crate) integrity: bool,
    pub(crate) faults: Vec<Fault>,
    pub(crate) random: Arc<Octets>,
}

/// What the acceptor's answer has to be.
#[derive(Debug)]
enum State {
    /// The choice of a mechanism, to which this is sent.
    AwaitChoice { kerberos_token: Vec<u8> },
    /// The answer to the AP-REQ.
    AwaitAnswer { first_answer: bool },
    /// The last word of SPNEGO, or nothing.
    Established(Box<InitiatorContext>),
}

impl Initiation {
    /// Sends the AP-REQ, or the list of mechanisms if it comes first.
    pub(crate) fn begin(conversation: Conversation, ap_req: &[u8]) -> Self {
        let id = match conversation.has(Fault::ApRepToken) {
            true => TokenId::AP_REP,
            false => TokenId::AP_REQ,
        };
        let kerberos_token = conversation.envelope.kerberos(id, ap_req);
        if conversation.envelope.is_spnego() {
            return Self::begin_spnego(conversation, kerberos_token);
        }
        let state = State::AwaitAnswer { first_answer: true };
        Self {
            token: conversation.spoiled(kerberos_token),
            state,
            conversation,
        }
    }

    /// What is to be sent.
    #[must_use]
    pub fn token(&self) -> &[u8] {
        &self.token
    }

    /// Ends with the acceptor's last answer, empty if it gave none.
    ///
    /// # Errors
    /// [`InitiationError`]: the answer is not one to this token, or another token is due.
    pub fn finish(self, reply: &[u8]) -> Result<InitiatorContext, InitiationError> {
        match self.next(reply)? {
            Next::Complete(context) => Ok(context),
            Next::Send(_) => Err(InitiationError::NotFinished),
        }
    }

    /// Goes on with the acceptor's answer, empty if it gave none.
    ///
    /// # Errors
    /// [`InitiationError`]: the answer is not one to this token.
    pub fn next(self, reply: &[u8]) -> Result<Next, InitiationError> {
        match self.conversation.envelope.is_spnego() {
            true => self.next_of_spnego(reply),
            false => self.next_of_kerberos(reply),
        }
    }

    fn next_of_kerberos(self, reply: &[u8]) -> Result<Next, InitiationError> {
        let Self {
            state,
            conversation,
            ..
        } = self;
        if let State::Established(context) = state {
            return match reply {
                [] => Ok(Next::Complete(*context)),
                _ => Err(InitiationError::Unexpected),
            };
        }
        let (context, part) = match (conversation.mutual, reply) {
            (false, []) => return Ok(Next::Complete(conversation.unanswered())),
            (false, _) => {
                conversation.envelope.kerberos_error(reply)?;
                return Err(InitiationError::Unexpected);
            }
            (true, []) => return Err(InitiationError::NoAnswer),
            (true, _) => ap_rep_in(reply, &conversation)?,
        };
        if !conversation.dce_style {
            return Ok(Next::Complete(context));
        }
        let token = conversation.third_leg(part);
        let state = State::Established(Box::new(context));
        Ok(Next::Send(Self {
            token,
            state,
            conversation,
        }))
    }
}

impl Conversation {
    pub(crate) fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    /// The first token, with the faults of octets.
    fn spoiled(&self, mut token: Vec<u8>) -> Vec<u8> {
        if self.has(Fault::Truncated) {
            token.truncate(token.len().saturating_sub(1));
        }
        if self.has(Fault::TrailingOctets) {
            token.push(0);
        }
        token
    }

    /// The context without mutual authentication (RFC 1964 §1.1.1): both directions begin with
    /// the initiator's number.
    fn unanswered(&self) -> InitiatorContext {
        InitiatorContext::new(self, None, self.sequence)
    }

    fn base_key(&self) -> &Key {
        self.subkey.as_ref().unwrap_or(&self.session_key)
    }
}

/// Prints no key.
impl core::fmt::Debug for Conversation {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Conversation")
            .field("ctime", &self.ctime)
            .field("mutual", &self.mutual)
            .field("faults", &self.faults)
            .finish_non_exhaustive()
    }
}
