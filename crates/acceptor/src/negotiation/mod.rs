//! [`Negotiation`]: the conversation with one peer, SPNEGO (RFC 4178) or bare Kerberos.
//!
//! `step` consumes the negotiation and gives the next one, so a failed one cannot be used again.
//! What waits is small: between two legs of SPNEGO the list of mechanisms, or the established
//! context when only the MIC over that list is missing.

mod envelope;
mod first_leg;
mod kerberos_leg;
mod krb_error;
mod later_leg;
mod tgt_leg;
mod third_leg;

use crate::acceptor::Acceptor;
use crate::channel_bindings;
use crate::context::SecurityContext;
use crate::error::{Bounded, Error, TooLarge};
use crate::peer::Peer;
use crate::rejection::Rejection;
use crate::replay::{Freshness, ReplayTag};
use crate::user_to_user::OurTgt;
use core::fmt;
use core::net::IpAddr;
use kerberos_leg::ClaimedLeg;
use later_leg::{AwaitKerberos, AwaitMic};
use portcullis_formats::gss::ChannelBindings;
use std::time::SystemTime;
use third_leg::AwaitThirdLeg;

/// One peer's conversation.
#[derive(Debug)]
#[must_use]
pub struct Negotiation {
    acceptor: Acceptor,
    peer: Peer,
    state: State,
}

/// What is due next.
enum State {
    /// The first token.
    Start,
    /// The first token; our hints have been asked for.
    Hinted,
    /// The AP-REQ, after our ticket-granting ticket and without SPNEGO.
    AwaitApReq,
    /// The AP-REQ, in a later leg of SPNEGO.
    AwaitKerberos(Box<AwaitKerberos>),
    /// The MIC over the list of mechanisms, and no more.
    AwaitMic(Box<AwaitMic>),
    /// The client's AP-REP of DCE style.
    AwaitThirdLeg(Box<AwaitThirdLeg>),
}

/// What a token led to.
#[non_exhaustive]
#[derive(Debug)]
#[must_use]
pub enum Step {
    /// The client is proven.
    Complete {
        /// Who it is, and the keys that are shared with it.
        context: SecurityContext,
        /// What the client still has to get.
        reply: Option<Vec<u8>>,
    },
    /// Another token is due.
    Continue {
        /// Where it has to go.
        negotiation: Negotiation,
        /// What the peer has to get first.
        reply: Vec<u8>,
    },
}

/// What a token led to, before the replay cache was asked.
#[non_exhaustive]
#[derive(Debug)]
#[must_use]
pub enum UnrecordedStep {
    /// All is shown but that the authenticator is new: ask the store, then
    /// [`Unrecorded::settle`].
    Unrecorded(Unrecorded),
    /// There is nothing to ask: no authenticator came with this token.
    Settled(Step),
}

/// A client that has shown everything but that its authenticator is new.
///
/// Nothing leads on from here but [`Unrecorded::settle`], so the question cannot be forgotten.
#[must_use = "the client is not proven until `settle` is called"]
pub struct Unrecorded {
    leg: Box<ClaimedLeg>,
}

impl Negotiation {
    pub(crate) fn new(acceptor: Acceptor) -> Self {
        Self {
            acceptor,
            peer: Peer::default(),
            state: State::Start,
        }
    }

    /// The bindings of the channel that the token came through, which the client's must equal.
    /// They hold for the legs that follow, until they are said anew.
    pub fn channel_bindings(self, bindings: &ChannelBindings) -> Self {
        self.channel_bindings_any_of([bindings])
    }

    /// As [`Negotiation::channel_bindings`], where the client may see one of several channels:
    /// while a certificate is changed.
    pub fn channel_bindings_any_of<'b>(
        mut self,
        acceptable: impl IntoIterator<Item = &'b ChannelBindings>,
    ) -> Self {
        self.peer.bindings = acceptable.into_iter().map(channel_bindings::hash).collect();
        self
    }

    /// Where the peer connects from: tickets that name addresses must name this one. Not for
    /// peers behind NAT or a proxy.
    pub fn peer_address(mut self, address: IpAddr) -> Self {
        self.peer.address = Some(address);
        self
    }

    /// Accepts tickets that are sealed with the session key of `tgt`, if the client says that its
    /// ticket is (RFC 4120 §3.7), and hands `tgt` to a client that asks for it. Other tickets are
    /// still opened with the keytab alone. The service is then the owner of `tgt`, whatever
    /// [`AcceptorBuilder::service`](crate::AcceptorBuilder::service) says.
    ///
    /// Give the ticket that the client knows of: after it was renewed, that is the old one.
    pub fn user_to_user(mut self, tgt: &OurTgt) -> Self {
        self.peer.tgt = Some(tgt.clone());
        self
    }

    /// Reads a token and says what comes of it, asking the acceptor's replay cache.
    ///
    /// # Errors
    /// [`Rejection`]: why, and what the peer must get.
    pub fn step(self, token: &[u8], now: SystemTime) -> Result<Step, Rejection> {
        match self.step_unrecorded(token, now)? {
            UnrecordedStep::Settled(step) => Ok(step),
            UnrecordedStep::Unrecorded(unrecorded) => {
                let cache = unrecorded.leg.replay_cache();
                let verdict = cache.record(unrecorded.tag(), now, unrecorded.expires());
                match verdict {
                    Ok(freshness) => unrecorded.settle(freshness),
                    Err(error) => Err(unrecorded.leg.reject(error.into())),
                }
            }
        }
    }

    /// Reads a token and says what comes of it, leaving the replay cache to the caller: for stores
    /// that have to be awaited.
    ///
    /// # Errors
    /// [`Rejection`]: why, and what the peer must get.
    pub fn step_unrecorded(
        self,
        token: &[u8],
        now: SystemTime,
    ) -> Result<UnrecordedStep, Rejection> {
        let limit = self.acceptor.settings.rules.max_token;
        if token.len() > limit {
            let bound = TooLarge {
                what: Bounded::Token,
                limit,
                found: token.len(),
            };
            return Err(Rejection::new(Error::TooLarge(bound), None));
        }
        let Self {
            acceptor,
            peer,
            state,
        } = self;
        match state {
            State::Start => first_leg::step(acceptor, peer, token, now, false),
            State::Hinted => first_leg::step(acceptor, peer, token, now, true),
            State::AwaitApReq => kerberos_leg::step(acceptor, peer, None, token, token, now),
            State::AwaitKerberos(waiting) => waiting.step(acceptor, peer, token, now),
            State::AwaitMic(waiting) => waiting
                .step(&acceptor, token, now)
                .map(UnrecordedStep::Settled),
            State::AwaitThirdLeg(waiting) => waiting
                .step(acceptor, peer, token, now)
                .map(UnrecordedStep::Settled),
        }
    }
}

impl Unrecorded {
    /// What identifies the authenticator.
    #[must_use]
    pub const fn tag(&self) -> &ReplayTag {
        self.leg.tag()
    }

    /// From when on the authenticator can no longer be accepted, so that the record may go.
    #[must_use]
    pub fn expires(&self) -> SystemTime {
        self.leg.expires()
    }

    /// Goes on with what the store said.
    ///
    /// # Errors
    /// [`Rejection`] of an authenticator that was here before.
    pub fn settle(self, verdict: Freshness) -> Result<Step, Rejection> {
        self.leg.settle(verdict)
    }

    /// Refuses the client because the store could not say.
    #[must_use]
    pub fn refuse(self, error: crate::replay::ReplayCacheError) -> Rejection {
        self.leg.reject(error.into())
    }
}

impl fmt::Debug for Unrecorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unrecorded")
            .field("tag", self.tag())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Start => "Start",
            Self::Hinted => "Hinted",
            Self::AwaitApReq => "AwaitApReq",
            Self::AwaitKerberos(_) => "AwaitKerberos",
            Self::AwaitMic(_) => "AwaitMic",
            Self::AwaitThirdLeg(_) => "AwaitThirdLeg",
        })
    }
}
