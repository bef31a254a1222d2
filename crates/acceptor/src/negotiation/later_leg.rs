//! The later legs of SPNEGO: the Kerberos token when it was not the first, and the MIC over the
//! list of mechanisms (RFC 4178 §4.2.2, §5).

use super::envelope::{Spnego, reject_negotiation};
use super::{Negotiation, State, Step, UnrecordedStep, kerberos_leg};
use crate::acceptor::Acceptor;
use crate::context::{MessageError, SecurityContext};
use crate::error::{Error, NegotiationError, TicketError, Unsupported};
use crate::peer::Peer;
use crate::rejection::Rejection;
use crate::time::kerberos_time;
use portcullis_formats::der::{Decode, Encode};
use portcullis_formats::gss::Mechanism;
use portcullis_formats::spnego::{NegState, NegTokenResp};
use std::borrow::Cow;
use std::time::SystemTime;

/// The mechanism is chosen; the AP-REQ is due.
pub(super) struct AwaitKerberos {
    chosen: Mechanism,
    mech_types: Box<[u8]>,
    mic_requested: bool,
}

/// The context is established; only the initiator's MIC is due.
pub(super) struct AwaitMic {
    context: SecurityContext,
    mech_types: Box<[u8]>,
}

impl AwaitKerberos {
    /// Names the mechanism and asks for its token, or for the next one after ours.
    pub(super) fn ask(
        acceptor: Acceptor,
        peer: Peer,
        spnego: Spnego<'_>,
        ours: Option<&[u8]>,
    ) -> UnrecordedStep {
        let neg_state = match spnego.mic_requested {
            true => NegState::RequestMic,
            false => NegState::AcceptIncomplete,
        };
        let answer = NegTokenResp {
            neg_state: Some(neg_state),
            supported_mech: spnego.first_answer.then_some(spnego.chosen.oid()),
            response_token: ours,
            ..NegTokenResp::default()
        };
        let waiting = Self {
            chosen: spnego.chosen,
            mech_types: spnego.mech_types.into_owned().into(),
            mic_requested: spnego.mic_requested,
        };
        let state = State::AwaitKerberos(Box::new(waiting));
        let negotiation = Negotiation {
            acceptor,
            peer,
            state,
        };
        UnrecordedStep::Settled(Step::Continue {
            negotiation,
            reply: answer.to_der(),
        })
    }

    pub(super) fn step(
        self,
        acceptor: Acceptor,
        peer: Peer,
        token: &[u8],
        now: SystemTime,
    ) -> Result<UnrecordedStep, Rejection> {
        let leg = decode(token)?;
        let kerberos_token = leg
            .response_token
            .ok_or_else(|| reject_negotiation(NegotiationError::NoToken))?;
        let spnego = Spnego {
            chosen: self.chosen,
            first_answer: false,
            mech_types: self.mech_types.into_vec().into(),
            mic_requested: self.mic_requested,
            initiator_mic: leg.mech_list_mic.map(Cow::Borrowed),
        };
        kerberos_leg::step(acceptor, peer, Some(spnego), token, kerberos_token, now)
    }
}

impl AwaitMic {
    /// RFC 4178 §5: the initiator's MIC ends the exchange, and no token follows it.
    pub(super) fn step(
        mut self,
        acceptor: &Acceptor,
        token: &[u8],
        now: SystemTime,
    ) -> Result<Step, Rejection> {
        still_counts(&self.context, acceptor, now).map_err(reject_negotiation)?;
        let leg = decode(token)?;
        let mic = leg
            .mech_list_mic
            .ok_or_else(|| reject_negotiation(NegotiationError::MicMissing))?;
        verify(&mut self.context, &self.mech_types, mic).map_err(reject_negotiation)?;
        Ok(Step::Complete {
            context: self.context,
            reply: None,
        })
    }
}

/// Kerberos is done: answers, and waits for the initiator's MIC where one is due.
pub(super) fn conclude(
    acceptor: Acceptor,
    peer: Peer,
    spnego: Spnego<'_>,
    mut context: SecurityContext,
    ap_rep: Option<Vec<u8>>,
) -> Result<Step, Rejection> {
    let mut answer = NegTokenResp {
        response_token: ap_rep.as_deref(),
        ..spnego.completed()
    };
    if !spnego.mic_is_due(context.identity().flags()) {
        return Ok(Step::Complete {
            context,
            reply: Some(answer.to_der()),
        });
    }
    let received = spnego.initiator_mic.as_deref();
    match (received, &ap_rep) {
        (Some(mic), _) => {
            verify(&mut context, &spnego.mech_types, mic).map_err(reject_negotiation)?;
        }
        // With our AP-REP under way the initiator's MIC can still come; otherwise this was its
        // last token, and its MIC had to be with it.
        (None, Some(_)) => answer.neg_state = Some(NegState::AcceptIncomplete),
        (None, None) => return Err(reject_negotiation(NegotiationError::MicMissing)),
    }
    let ours = context
        .mic(&spnego.mech_types)
        .map_err(|error| reject_negotiation(unmade(error)))?;
    answer.mech_list_mic = Some(&ours);
    let reply = answer.to_der();
    if received.is_some() {
        return Ok(Step::Complete {
            context,
            reply: Some(reply),
        });
    }
    let waiting = AwaitMic {
        context,
        mech_types: spnego.mech_types.into_owned().into(),
    };
    let state = State::AwaitMic(Box::new(waiting));
    Ok(Step::Continue {
        negotiation: Negotiation {
            acceptor,
            peer,
            state,
        },
        reply,
    })
}

pub(super) fn decode(token: &[u8]) -> Result<NegTokenResp<'_>, Rejection> {
    let leg = NegTokenResp::from_der(token).map_err(reject_negotiation)?;
    if leg.supported_mech.is_some() {
        // The acceptor alone names the mechanism; MIT krb5 refuses this, too.
        return Err(reject_negotiation(NegotiationError::MechanismNamedAgain));
    }
    match leg.neg_state {
        Some(NegState::Reject) => Err(reject_negotiation(NegotiationError::Refused)),
        _ => Ok(leg),
    }
}

/// The ticket still counts: a peer can take its time between two legs.
pub(super) fn still_counts(
    context: &SecurityContext,
    acceptor: &Acceptor,
    now: SystemTime,
) -> Result<(), TicketError> {
    let (ended, now) = (context.identity().endtime(), kerberos_time(now));
    let last = ended.as_unix().saturating_add(acceptor.settings.rules.skew);
    match now.as_unix() <= last {
        true => Ok(()),
        false => {
            let client = Box::new(context.identity().client().clone());
            Err(TicketError::Expired { client, ended, now })
        }
    }
}

fn verify(context: &mut SecurityContext, mech_types: &[u8], mic: &[u8]) -> Result<(), Error> {
    match context.verify_first_mic(mech_types, mic) {
        Ok(_) => Ok(()), // the first of the context's tokens: there is no order to keep yet
        Err(error @ MessageError::Unsupported(_)) => Err(unmade(error)),
        Err(_) => Err(NegotiationError::MicWrong.into()),
    }
}

fn unmade(error: MessageError) -> Error {
    match error {
        MessageError::Unsupported(etype) => Unsupported::MessageTokens { etype }.into(),
        _ => NegotiationError::MicWrong.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use portcullis_formats::registry::EtypeNumber;

    #[test]
    fn what_cannot_be_signed_is_told_from_what_is_signed_wrongly() {
        let etype = EtypeNumber(16);
        let unsupported = Unsupported::MessageTokens { etype };
        assert_eq!(unmade(MessageError::Unsupported(etype)), unsupported.into());
        let wrong = NegotiationError::MicWrong;
        assert_eq!(unmade(MessageError::Integrity), wrong.into());
    }
}
