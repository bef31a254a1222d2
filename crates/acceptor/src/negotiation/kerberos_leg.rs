//! The Kerberos token: from octets to a proven client, and the answer to it.

use super::envelope::{Envelope, Spnego};
use super::first_leg::{silent, unknown_token};
use super::krb_error::{KrbErrorFacts, krb_error};
use super::third_leg::AwaitThirdLeg;
use super::{Step, Unrecorded, UnrecordedStep, later_leg, tgt_leg};
use crate::acceptor::Acceptor;
use crate::ap_rep::{self, Answer};
use crate::ap_req;
use crate::error::{Error, Unsupported};
use crate::peer::Peer;
use crate::rejection::Rejection;
use crate::replay::{Freshness, ReplayCache, ReplayTag};
use crate::settings::Settings;
use crate::time::{kerberos_time, system_time};
use portcullis_formats::der::{Decode, Encode};
use portcullis_formats::gss::{
    ContextFlags, FirstToken, InitialContextToken, Mechanism, TokenId, oid_to_dotted,
    split_token_id,
};
use portcullis_formats::messages::ApReq;
use portcullis_formats::principal::Principal;
use std::time::SystemTime;

/// A leg whose client has shown everything but that its authenticator is new.
pub(super) struct ClaimedLeg {
    acceptor: Acceptor,
    peer: Peer,
    envelope: Envelope<'static>,
    /// Whom a refusal names, if one is expected.
    answering: Option<Principal>,
    claim: ap_req::Unrecorded,
    now: SystemTime,
}

/// Reads `kerberos_token`, which lies in `token` and came inside of `spnego` or alone.
pub(super) fn step(
    acceptor: Acceptor,
    peer: Peer,
    spnego: Option<Spnego<'_>>,
    token: &[u8],
    kerberos_token: &[u8],
    now: SystemTime,
) -> Result<UnrecordedStep, Rejection> {
    let chosen = spnego
        .as_ref()
        .map_or(Mechanism::Krb5, |spnego| spnego.chosen);
    let mut envelope = Envelope {
        mechanism: chosen,
        bare: false,
        spnego,
    };
    let Message {
        mechanism,
        id,
        octets: message,
    } = match Message::of(kerberos_token, &peer) {
        Ok(found) => found,
        Err(error) => {
            let error = in_token(error, token, kerberos_token);
            envelope.mechanism = framing_mechanism(kerberos_token).unwrap_or(chosen);
            return Err(reject_unread(&envelope, error, &acceptor.settings, now));
        }
    };
    envelope.bare = mechanism.is_none();
    envelope.mechanism = mechanism.unwrap_or(chosen);
    if id == TokenId::TGT_REQUEST {
        return tgt_leg::step(acceptor, peer, envelope, message);
    }
    let request = match ApReq::from_der(message) {
        Ok(request) => request,
        Err(error) => {
            let error = in_token(error.into(), token, message);
            return Err(reject_unread(&envelope, error, &acceptor.settings, now));
        }
    };
    verify(acceptor, peer, envelope, &request, now)
}

/// All checks but the replay record.
fn verify(
    acceptor: Acceptor,
    peer: Peer,
    envelope: Envelope<'_>,
    request: &ApReq<'_>,
    now: SystemTime,
) -> Result<UnrecordedStep, Rejection> {
    let (settings, time) = (&acceptor.settings, kerberos_time(now));
    match ap_req::verify(request, settings, &peer, envelope.carrier(), time) {
        Ok(claim) => {
            let leg = Box::new(ClaimedLeg {
                acceptor,
                peer,
                envelope: envelope.kept(claim.flags()),
                answering: KrbErrorFacts::of(request).and_then(|facts| facts.kept(claim.service())),
                claim,
                now,
            });
            Ok(UnrecordedStep::Unrecorded(Unrecorded { leg }))
        }
        Err(error) => {
            let answer = krb_error(&error, KrbErrorFacts::of(request), now);
            Err(envelope.reject(error, answer.as_ref()))
        }
    }
}

/// The refusal of what could not be read as an AP-REQ.
fn reject_unread(
    envelope: &Envelope<'_>,
    error: Error,
    settings: &Settings,
    now: SystemTime,
) -> Rejection {
    match (&error, &envelope.spnego) {
        (Error::Unsupported(Unsupported::TokenId(_)), _) => {
            let answer = krb_error(&error, KrbErrorFacts::of_no_request(settings), now);
            envelope.reject(error, answer.as_ref())
        }
        (_, Some(_)) => envelope.reject(error, None),
        (_, None) => silent(error),
    }
}

/// A message that can begin a context: an AP-REQ, or a request for our ticket-granting ticket.
struct Message<'t> {
    /// By its framing, if it has one.
    mechanism: Option<Mechanism>,
    id: TokenId,
    octets: &'t [u8],
}

impl<'t> Message<'t> {
    fn of(token: &'t [u8], peer: &Peer) -> Result<Self, Error> {
        match FirstToken::recognize(token)? {
            FirstToken::Framed(framed) => Self::framed(token, framed, peer),
            FirstToken::ApReq(octets) => Ok(Self {
                mechanism: None,
                id: TokenId::AP_REQ,
                octets,
            }),
            FirstToken::Ntlm { .. } => Err(Unsupported::Ntlm.into()),
            FirstToken::NegoEx => Err(Unsupported::NegoEx.into()),
            _ => Err(unknown_token(token)),
        }
    }

    fn framed(token: &[u8], framed: InitialContextToken<'t>, peer: &Peer) -> Result<Self, Error> {
        let InitialContextToken { oid, inner } = framed;
        let mechanism = Mechanism::from_oid(oid);
        let user_to_user = mechanism == Some(Mechanism::Krb5UserToUser);
        match mechanism {
            Some(kerberos) if kerberos.is_krb5() => {}
            Some(Mechanism::Krb5UserToUser) if peer.tgt.is_some() => {}
            Some(Mechanism::Krb5UserToUser) => return Err(Unsupported::UserToUser.into()),
            Some(Mechanism::Ntlm) => return Err(Unsupported::Ntlm.into()),
            Some(Mechanism::NegoEx) => return Err(Unsupported::NegoEx.into()),
            Some(other) => return Err(mechanism_alone(other.name().to_owned())),
            None => return Err(mechanism_alone(oid_to_dotted(oid).to_string())),
        }
        let split = split_token_id(inner).map_err(|error| in_token(error.into(), token, inner));
        let (id, octets) = split?;
        match id {
            TokenId::AP_REQ => {}
            TokenId::TGT_REQUEST if user_to_user => {}
            TokenId(other) => return Err(Unsupported::TokenId(other).into()),
        }
        Ok(Self {
            mechanism,
            id,
            octets,
        })
    }
}

/// The number of Kerberos that a frame has, whatever is in it: the answer gets the same.
fn framing_mechanism(token: &[u8]) -> Option<Mechanism> {
    let framed = InitialContextToken::decode(token).ok()?;
    let is_ours =
        |mechanism: &Mechanism| mechanism.is_krb5() || *mechanism == Mechanism::Krb5UserToUser;
    Mechanism::from_oid(framed.oid).filter(is_ours)
}

fn mechanism_alone(name: String) -> Error {
    Unsupported::Mechanism {
        offered: vec![name],
    }
    .into()
}

/// An error whose offset counts in `part`, as one whose offset counts in `token` around it.
fn in_token(error: Error, token: &[u8], part: &[u8]) -> Error {
    match error {
        Error::Malformed(error) => {
            let offset = part.as_ptr().addr().saturating_sub(token.as_ptr().addr());
            Error::Malformed(error.shifted(offset))
        }
        other => other,
    }
}

impl ClaimedLeg {
    pub(super) const fn tag(&self) -> &ReplayTag {
        self.claim.tag()
    }

    pub(super) fn expires(&self) -> SystemTime {
        system_time(self.claim.expires(self.acceptor.settings.rules.skew))
    }

    pub(super) fn replay_cache(&self) -> &dyn ReplayCache {
        &*self.acceptor.settings.replay_cache
    }

    pub(super) fn reject(self: Box<Self>, error: Error) -> Rejection {
        let facts = self.answering.as_ref().map(KrbErrorFacts::of_service);
        let answer = krb_error(&error, facts, self.now);
        self.envelope.reject(error, answer.as_ref())
    }

    /// RFC 4120 §3.2.4: a client that is proven is answered, if it wants to be.
    pub(super) fn settle(mut self: Box<Self>, verdict: Freshness) -> Result<Step, Rejection> {
        // What is moved out of a box stays in it, too.
        let keys = self.claim.take_keys();
        let Self {
            acceptor,
            peer,
            envelope,
            answering,
            claim,
            now,
        } = *self;
        let settings = &acceptor.settings;
        let remembered = settings.rules.sequence_window;
        let cover = envelope.cover_of_ap_rep(claim.flags());
        let answered = claim
            .with_keys(keys)
            .settle(verdict, &settings.tickets, kerberos_time(now))
            .and_then(|client| ap_rep::answer(client, &settings.entropy, remembered, &cover));
        let answer = match answered {
            Ok(answer) => answer,
            Err(error) => {
                let facts = answering.as_ref().map(KrbErrorFacts::of_service);
                let reply = krb_error(&error, facts, now);
                return Err(envelope.reject(error, reply.as_ref()));
            }
        };
        if answer
            .context
            .identity()
            .flags()
            .contains(ContextFlags::DCE_STYLE)
        {
            return Ok(AwaitThirdLeg::ask(acceptor, peer, envelope, answer));
        }
        let Answer {
            context, ap_rep, ..
        } = answer;
        match (envelope.spnego, cover.answer) {
            (Some(spnego), None) => later_leg::conclude(acceptor, peer, spnego, context, ap_rep),
            (_, answer) => Ok(Step::Complete {
                context,
                reply: ap_rep.or_else(|| answer.map(|answer| answer.to_der())),
            }),
        }
    }
}

impl core::fmt::Debug for ClaimedLeg {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("ClaimedLeg")
            .field("tag", self.tag())
            .finish_non_exhaustive()
    }
}
