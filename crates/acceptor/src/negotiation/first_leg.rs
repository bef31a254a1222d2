//! The first token: what it is, and the choice of a mechanism (RFC 4178 §4.2.1).

use super::envelope::{Spnego, reject_negotiation};
use super::later_leg::AwaitKerberos;
use super::{Negotiation, State, Step, UnrecordedStep, kerberos_leg};
use crate::acceptor::Acceptor;
use crate::error::{Bounded, Error, NegotiationError, TooLarge, Unsupported};
use crate::peer::Peer;
use crate::rejection::Rejection;
use portcullis_formats::der::{Decode, DecodeErrorKind, Reader};
use portcullis_formats::gss::{FirstToken, InitialContextToken, Mechanism, oid_to_dotted};
use portcullis_formats::spnego::{MechTypeList, NegTokenInit, neg_token_init2};
use std::borrow::Cow;
use std::time::SystemTime;

/// The most mechanisms that an error lists.
const MAX_LISTED: usize = 8;

pub(super) fn step(
    acceptor: Acceptor,
    peer: Peer,
    token: &[u8],
    now: SystemTime,
    hinted: bool,
) -> Result<UnrecordedStep, Rejection> {
    let first = FirstToken::recognize(token).map_err(|error| silent(error.into()))?;
    match first {
        FirstToken::Empty if hinted => Err(reject_negotiation(NegotiationError::HintsRepeated)),
        FirstToken::Empty => Ok(hint(acceptor, peer)),
        FirstToken::Framed(InitialContextToken { oid, inner }) => match Mechanism::from_oid(oid) {
            Some(Mechanism::Spnego) => spnego(acceptor, peer, token, inner, now),
            _ => kerberos_leg::step(acceptor, peer, None, token, token, now),
        },
        // PEER some stacks leave the frame away (RFC 4178 §4.2 wants it); nothing else begins so.
        FirstToken::NegTokenInit(inner) => spnego(acceptor, peer, token, inner, now),
        FirstToken::NegTokenResp(_) => Err(reject_negotiation(NegotiationError::NotBegun)),
        _ => kerberos_leg::step(acceptor, peer, None, token, token, now),
    }
}

/// An empty token asks which mechanisms we have ([MS-SPNG] §3.2.5.2).
fn hint(acceptor: Acceptor, peer: Peer) -> UnrecordedStep {
    let reply = neg_token_init2(&[Mechanism::MsKrb5, Mechanism::Krb5]);
    let negotiation = Negotiation {
        acceptor,
        peer,
        state: State::Hinted,
    };
    UnrecordedStep::Settled(Step::Continue { negotiation, reply })
}

fn spnego(
    acceptor: Acceptor,
    peer: Peer,
    token: &[u8],
    inner: &[u8],
    now: SystemTime,
) -> Result<UnrecordedStep, Rejection> {
    bound_mech_types(inner, acceptor.settings.rules.max_mech_types)?;
    let offset = token.len().saturating_sub(inner.len());
    let offer =
        NegTokenInit::from_der(inner).map_err(|error| reject_negotiation(error.shifted(offset)))?;
    let list = offer
        .mech_types
        .ok_or_else(|| reject_negotiation(NegotiationError::NoMechanisms))?;
    let user_to_user = peer.tgt.is_some();
    let (chosen, is_first) =
        choose(&list, offer.mech_token, user_to_user).map_err(reject_negotiation)?;
    let spnego = Spnego {
        chosen,
        first_answer: true,
        mech_types: list.octets().into(),
        mic_requested: !is_first,
        initiator_mic: offer.mech_list_mic.map(Cow::Borrowed),
    };
    match offer.mech_token.filter(|token| !token.is_empty()) {
        // The optimistic token belongs to the initiator's first choice (RFC 4178 §4.2.1).
        Some(mech_token) if is_first => {
            kerberos_leg::step(acceptor, peer, Some(spnego), token, mech_token, now)
        }
        _ => Ok(AwaitKerberos::ask(acceptor, peer, spnego, None)),
    }
}

/// Before any of them is read: a thousand names would cost more than a login.
fn bound_mech_types(inner: &[u8], limit: usize) -> Result<(), Rejection> {
    match NegTokenInit::mech_types_octets(inner) {
        Some(found) if found > limit => {
            let what = Bounded::MechTypes;
            let bound = TooLarge { what, limit, found };
            Err(reject_negotiation(Error::TooLarge(bound)))
        }
        _ => Ok(()),
    }
}

/// The initiator's first mechanism that is Kerberos, and whether it is its first of all.
fn choose(
    list: &MechTypeList<'_>,
    mech_token: Option<&[u8]>,
    user_to_user: bool,
) -> Result<(Mechanism, bool), Error> {
    let is_ours = |mechanism: &Mechanism| {
        mechanism.is_krb5() || user_to_user && *mechanism == Mechanism::Krb5UserToUser
    };
    let mut offered = list.iter().map(Mechanism::from_oid).enumerate();
    let kerberos = offered.find_map(|(index, mechanism)| {
        mechanism
            .filter(is_ours)
            .map(|mechanism| (mechanism, index == 0))
    });
    kerberos.ok_or_else(|| without_kerberos(list, mech_token))
}

#[cold]
fn without_kerberos(list: &MechTypeList<'_>, mech_token: Option<&[u8]>) -> Error {
    let is_ntlm = |oid| Mechanism::from_oid(oid) == Some(Mechanism::Ntlm);
    let token = mech_token.map(FirstToken::recognize);
    match (list.iter().next(), token) {
        (None, _) => NegotiationError::NoMechanisms.into(),
        (_, Some(Ok(FirstToken::Ntlm { .. }))) => Unsupported::Ntlm.into(),
        (_, Some(Ok(FirstToken::NegoEx))) => Unsupported::NegoEx.into(),
        (Some(first), _) if is_ntlm(first) => Unsupported::Ntlm.into(),
        _ => {
            let name = |oid| match Mechanism::from_oid(oid) {
                Some(mechanism) => mechanism.name().to_owned(),
                None => oid_to_dotted(oid).to_string(),
            };
            Unsupported::Mechanism {
                offered: list.iter().take(MAX_LISTED).map(name).collect(),
            }
            .into()
        }
    }
}

/// A refusal of what is no token at all: there is nobody to answer.
pub(super) fn silent(error: Error) -> Rejection {
    Rejection::new(error, None)
}

/// The error of a first octet that begins no token.
pub(super) fn unknown_token(token: &[u8]) -> Error {
    let rule = DecodeErrorKind::Value("begins like no token of SPNEGO, GSS-API or Kerberos");
    Reader::new(token).error(rule).in_structure("token").into()
}
