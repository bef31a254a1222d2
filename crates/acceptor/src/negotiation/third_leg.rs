//! The third leg of DCE style (RFC 4757 §7.1, [MS-KILE] §3.4.5.1): the client answers our AP-REP
//! with one of its own, which repeats our sequence number.

use super::envelope::{Envelope, Spnego, reject_negotiation};
use super::first_leg::silent;
use super::{Negotiation, State, Step, later_leg};
use crate::acceptor::Acceptor;
use crate::ap_rep::Answer;
use crate::context::SecurityContext;
use crate::error::{Error, NegotiationError};
use crate::peer::Peer;
use crate::rejection::Rejection;
use portcullis_crypto::{Key, KeyUsage};
use portcullis_formats::der::{Decode, Encode};
use portcullis_formats::messages::{ApRep, EncApRepPart};
use portcullis_formats::spnego::{NegState, NegTokenResp};
use std::borrow::Cow;
use std::time::SystemTime;
use zeroize::Zeroizing;

/// Our AP-REP is sent; the client's is due.
pub(super) struct AwaitThirdLeg {
    context: SecurityContext,
    session_key: Key,
    spnego: Option<Spnego<'static>>,
}

impl AwaitThirdLeg {
    /// Sends our AP-REP and asks for the client's.
    pub(super) fn ask(
        acceptor: Acceptor,
        peer: Peer,
        envelope: Envelope<'static>,
        answer: Answer,
    ) -> Step {
        let ap_rep = answer.ap_rep.unwrap_or_default();
        let reply = match &envelope.spnego {
            None => ap_rep,
            Some(spnego) => NegTokenResp {
                neg_state: Some(NegState::AcceptIncomplete),
                supported_mech: spnego.first_answer.then_some(spnego.chosen.oid()),
                response_token: Some(&ap_rep),
                mech_list_mic: None,
            }
            .to_der(),
        };
        let waiting = Self {
            context: answer.context,
            session_key: answer.session_key,
            spnego: envelope.spnego,
        };
        let state = State::AwaitThirdLeg(Box::new(waiting));
        Step::Continue {
            negotiation: Negotiation {
                acceptor,
                peer,
                state,
            },
            reply,
        }
    }

    pub(super) fn step(
        self,
        acceptor: Acceptor,
        peer: Peer,
        token: &[u8],
        now: SystemTime,
    ) -> Result<Step, Rejection> {
        let Self {
            context,
            session_key,
            spnego,
        } = self;
        later_leg::still_counts(&context, &acceptor, now).map_err(|error| match &spnego {
            Some(_) => reject_negotiation(error),
            None => silent(error.into()),
        })?;
        let due = context.next_sequence();
        let Some(spnego) = spnego else {
            answers(token, &session_key, due).map_err(silent)?;
            return Ok(Step::Complete {
                context,
                reply: None,
            });
        };
        let leg = later_leg::decode(token)?;
        let ap_rep = leg
            .response_token
            .ok_or_else(|| reject_negotiation(NegotiationError::NoToken))?;
        answers(ap_rep, &session_key, due).map_err(reject_negotiation)?;
        let initiator_mic = match (leg.mech_list_mic, spnego.initiator_mic) {
            (Some(_), Some(_)) => return Err(reject_negotiation(NegotiationError::SecondMic)),
            (late, early) => late.map(Cow::Borrowed).or(early),
        };
        let spnego = Spnego {
            first_answer: false,
            initiator_mic,
            ..spnego
        };
        later_leg::conclude(acceptor, peer, spnego, context, None)
    }
}

/// Whether `token` is an AP-REP of the client to ours, the one with the sequence number `due`.
fn answers(token: &[u8], session_key: &Key, due: u64) -> Result<(), Error> {
    let message = ApRep::from_der(token)?;
    let mut cipher = Zeroizing::new(message.enc_part.cipher.to_vec());
    let opened = session_key
        .open(KeyUsage::AP_REP, &mut cipher)
        .map_err(|_| NegotiationError::ThirdLeg)?;
    let part = EncApRepPart::from_padded_der(opened)?;
    // MIT krb5 refuses a subkey here, too: the keys are settled.
    match part.subkey.is_none() && part.seq_number.map(u64::from) == Some(due) {
        true => Ok(()),
        false => Err(NegotiationError::ThirdLeg.into()),
    }
}
