//! [`Exchange`]: the authentication exchange with one client (RFC 4422 §3).
//!
//! `step` consumes the exchange and gives the next one, as the acceptor's negotiation does: one
//! that failed is gone. GSSAPI has up to three responses after the token that proves the client,
//! which are two states here; GSS-SPNEGO is over when SPNEGO is.

mod gssapi;
mod spnego;

use crate::error::Error;
use crate::layers::Layer;
use crate::mechanism::Mechanism;
use crate::rejection::Rejection;
use crate::security_layer::{MaxTokens, SecurityLayer};
use crate::server::Rules;
use crate::session::Session;
use core::fmt;
use gssapi::Offer;
use portcullis::replay::{Freshness, ReplayCacheError, ReplayTag};
use portcullis::{Negotiation, SecurityContext};
use std::sync::Arc;
use std::time::SystemTime;

/// The authentication exchange with one client.
#[derive(Debug)]
#[must_use]
pub struct Exchange {
    login: Login,
    state: State,
}

/// What holds for the whole exchange.
#[derive(Debug)]
struct Login {
    rules: Arc<Rules>,
    mechanism: Mechanism,
}

/// What is due next.
enum State {
    /// The first token, or nothing if the protocol has no initial response.
    Start(Negotiation),
    /// A token.
    AwaitToken(Negotiation),
    /// An empty response to the last token of GSSAPI.
    AwaitEmpty(Offer),
    /// The client's choice of a security layer, in GSSAPI.
    AwaitChoice(Offer),
}

/// What a response led to.
#[non_exhaustive]
#[derive(Debug)]
#[must_use]
pub enum Step {
    /// The login has succeeded.
    Complete {
        /// Who it is, and what its messages go through.
        session: Session,
        /// What goes with the success (RFC 4422 §3.6). A protocol that has no place for it there
        /// sends it as a challenge first, and awaits an empty response (RFC 4422 §3).
        additional_data: Option<Vec<u8>>,
    },
    /// Another response is due.
    Continue {
        /// Where it has to go.
        exchange: Exchange,
        /// What the client has to get first. It may be empty.
        challenge: Vec<u8>,
    },
}

/// What a response led to, before the replay cache was asked.
#[non_exhaustive]
#[derive(Debug)]
#[must_use]
pub enum UnrecordedStep {
    /// All is shown but that the authenticator is new: ask the store, then
    /// [`Unrecorded::settle`].
    Unrecorded(Unrecorded),
    /// There is nothing to ask: no authenticator came with this response.
    Settled(Step),
}

/// A client that has shown everything but that its authenticator is new.
///
/// Nothing leads on from here but [`Unrecorded::settle`], so the question cannot be forgotten.
#[derive(Debug)]
#[must_use = "the client is not proven until `settle` is called"]
pub struct Unrecorded {
    login: Login,
    claim: portcullis::Unrecorded,
}

/// What a response is for.
enum Due {
    /// The negotiation, as its next token.
    Token(Login, Negotiation),
    /// It is done with.
    Settled(Step),
}

impl Exchange {
    pub(crate) const fn new(
        rules: Arc<Rules>,
        mechanism: Mechanism,
        negotiation: Negotiation,
    ) -> Self {
        Self {
            login: Login { rules, mechanism },
            state: State::Start(negotiation),
        }
    }

    /// Reads a response and says what comes of it, asking the acceptor's replay cache. A protocol
    /// without an initial response, or a client that sends none, begins with an empty one.
    ///
    /// # Errors
    /// [`Rejection`]: why, and what the client may get.
    pub fn step(self, response: &[u8], now: SystemTime) -> Result<Step, Rejection> {
        match self.due(response)? {
            Due::Settled(step) => Ok(step),
            Due::Token(login, negotiation) => {
                let step = negotiation.step(response, now);
                login.go_on(step.map_err(|rejection| Rejection::of_token(&rejection))?)
            }
        }
    }

    /// Reads a response and says what comes of it, leaving the replay cache to the caller: for
    /// stores that have to be awaited.
    ///
    /// # Errors
    /// [`Rejection`]: why, and what the client may get.
    pub fn step_unrecorded(
        self,
        response: &[u8],
        now: SystemTime,
    ) -> Result<UnrecordedStep, Rejection> {
        let (login, negotiation) = match self.due(response)? {
            Due::Settled(step) => return Ok(UnrecordedStep::Settled(step)),
            Due::Token(login, negotiation) => (login, negotiation),
        };
        let step = negotiation.step_unrecorded(response, now);
        match step.map_err(|rejection| Rejection::of_token(&rejection))? {
            portcullis::UnrecordedStep::Settled(step) => {
                login.go_on(step).map(UnrecordedStep::Settled)
            }
            portcullis::UnrecordedStep::Unrecorded(claim) => {
                Ok(UnrecordedStep::Unrecorded(Unrecorded { login, claim }))
            }
            _ => Err(Error::UnknownStep.into()),
        }
    }

    fn due(self, response: &[u8]) -> Result<Due, Rejection> {
        let Self { login, state } = self;
        let gssapi = login.mechanism == Mechanism::Gssapi;
        match state {
            // RFC 4422 §3: a client that goes first is asked by an empty challenge. In SPNEGO an
            // empty token has an answer of its own, our hints.
            State::Start(negotiation) if gssapi && response.is_empty() => {
                let state = State::AwaitToken(negotiation);
                Ok(Due::Settled(login.proceed(state, Vec::new())))
            }
            State::Start(negotiation) | State::AwaitToken(negotiation) => {
                if gssapi {
                    gssapi::refuse_other_mechanisms(response)?;
                }
                Ok(Due::Token(login, negotiation))
            }
            State::AwaitEmpty(offer) => offer.after_empty(login, response).map(Due::Settled),
            State::AwaitChoice(offer) => offer.after_choice(&login, response).map(Due::Settled),
        }
    }
}

impl Login {
    /// Goes on with what the acceptor made of a token.
    fn go_on(self, step: portcullis::Step) -> Result<Step, Rejection> {
        match (step, self.mechanism) {
            (portcullis::Step::Continue { negotiation, reply }, _) => {
                Ok(self.proceed(State::AwaitToken(negotiation), reply))
            }
            (portcullis::Step::Complete { context, reply }, Mechanism::Gssapi) => {
                Offer::begin(self, context, reply)
            }
            (portcullis::Step::Complete { context, reply }, Mechanism::GssSpnego) => {
                spnego::complete(&self, context, reply)
            }
            _ => Err(Error::UnknownStep.into()),
        }
    }

    const fn proceed(self, state: State, challenge: Vec<u8>) -> Step {
        Step::Continue {
            exchange: Exchange { login: self, state },
            challenge,
        }
    }
}

/// The session with the layer that was agreed on.
fn begin_session(context: SecurityContext, layer: Layer, max: MaxTokens) -> Result<Session, Error> {
    match layer {
        Layer::None => Ok(Session::plain(context.into_identity())),
        Layer::Wrapped(protection) => SecurityLayer::new(context, protection, max)
            .map(Session::layered)
            .map_err(Error::Layer),
    }
}

fn octets(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

impl Unrecorded {
    /// What identifies the authenticator.
    #[must_use]
    pub const fn tag(&self) -> &ReplayTag {
        self.claim.tag()
    }

    /// From when on the authenticator can no longer be accepted, so that the record may go.
    #[must_use]
    pub fn expires(&self) -> SystemTime {
        self.claim.expires()
    }

    /// Goes on with what the store said.
    ///
    /// # Errors
    /// [`Rejection`], of an authenticator that was here before among others.
    pub fn settle(self, verdict: Freshness) -> Result<Step, Rejection> {
        let step = self.claim.settle(verdict);
        let step = step.map_err(|rejection| Rejection::of_token(&rejection))?;
        self.login.go_on(step)
    }

    /// Refuses the client because the store could not say.
    #[must_use]
    pub fn refuse(self, error: ReplayCacheError) -> Rejection {
        Rejection::of_token(&self.claim.refuse(error))
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Start(_) => "Start",
            Self::AwaitToken(_) => "AwaitToken",
            Self::AwaitEmpty(_) => "AwaitEmpty",
            Self::AwaitChoice(_) => "AwaitChoice",
        })
    }
}
