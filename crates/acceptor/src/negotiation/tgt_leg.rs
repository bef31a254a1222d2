//! The leg before the AP-REQ in user-to-user: the client asks for our ticket-granting ticket
//! (RFC 4120 §3.7, draft-swift-win2k-krb-user2user).
//!
//! It has proven nothing yet, and gets what it could see in any AP-REQ of ours: a ticket that only
//! the KDC can open. What it needs to use it, the session key, stays here.

use super::envelope::{Envelope, reject_negotiation};
use super::first_leg::silent;
use super::later_leg::AwaitKerberos;
use super::{Negotiation, State, Step, UnrecordedStep};
use crate::acceptor::Acceptor;
use crate::error::{Error, NegotiationError, Unsupported};
use crate::peer::Peer;
use crate::rejection::Rejection;
use portcullis_formats::der::Decode;
use portcullis_formats::gss::TokenId;
use portcullis_formats::messages::{TgtReply, TgtRequest, Ticket};

/// Answers a KERB-TGT-REQUEST, once.
pub(super) fn step(
    acceptor: Acceptor,
    mut peer: Peer,
    envelope: Envelope<'_>,
    message: &[u8],
) -> Result<UnrecordedStep, Rejection> {
    let reply = match reply(&peer, message) {
        Ok(reply) => envelope.kerberos(TokenId::TGT_REPLY, &reply),
        Err(error) if envelope.spnego.is_some() => return Err(reject_negotiation(error)),
        Err(error) => return Err(silent(error)),
    };
    peer.got_tgt = true;
    let Some(spnego) = envelope.spnego else {
        let negotiation = Negotiation {
            acceptor,
            peer,
            state: State::AwaitApReq,
        };
        return Ok(UnrecordedStep::Settled(Step::Continue {
            negotiation,
            reply,
        }));
    };
    Ok(AwaitKerberos::ask(acceptor, peer, spnego, Some(&reply)))
}

/// The name in the request says whose ticket the client wants; the one that we have is all there
/// is, and the client sees whose it is.
fn reply<'p>(peer: &'p Peer, message: &[u8]) -> Result<TgtReply<'p>, Error> {
    let tgt = peer.tgt.as_ref().ok_or(Unsupported::UserToUser)?;
    if peer.got_tgt {
        return Err(NegotiationError::TgtRepeated.into());
    }
    TgtRequest::from_der(message)?;
    let ticket = Ticket::from_der(tgt.ticket())?;
    Ok(TgtReply { ticket })
}
