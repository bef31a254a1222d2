//! SPNEGO (RFC 4178 §4.2): what is offered, what was chosen, and the mechanism's token inside.

use super::names::Mech;
use super::page::Fields;
use super::token::Glass;
use portcullis::formats::spnego::{NegState, NegTokenInit, NegTokenResp};

/// NegTokenInit: the first token, or the acceptor's hint.
pub(super) fn init(octets: &[u8], glass: Glass<'_>, to: &mut Fields) {
    to.within("NegTokenInit", |to| {
        let Some(token) = glass.ground.decode::<NegTokenInit<'_>>(octets, to) else {
            return;
        };
        let mechanisms = token.mech_types.iter().flat_map(|list| list.iter());
        to.list("mechanisms", mechanisms.map(Mech));
        signature(token.mech_list_mic, to);
        inner("mechToken", token.mech_token, glass, to);
    });
}

/// NegTokenResp: every later token.
pub(super) fn resp(octets: &[u8], glass: Glass<'_>, to: &mut Fields) {
    to.within("NegTokenResp", |to| {
        let Some(token) = glass.ground.decode::<NegTokenResp<'_>>(octets, to) else {
            return;
        };
        to.optional("state", token.neg_state.map(state));
        to.optional("mechanism", token.supported_mech.map(Mech));
        signature(token.mech_list_mic, to);
        inner("responseToken", token.response_token, glass, to);
    });
}

fn signature(mic: Option<&[u8]>, to: &mut Fields) {
    if let Some(mic) = mic {
        to.octets("mechListMIC octets", mic);
    }
}

fn inner(name: &'static str, token: Option<&[u8]>, glass: Glass<'_>, to: &mut Fields) {
    match token {
        None => to.text(name, "none"),
        Some(token) => to.within(name, |to| glass.read_inside(token, to)),
    }
}

/// The names of RFC 4178 §4.2.2.
const fn state(state: NegState) -> &'static str {
    match state {
        NegState::AcceptCompleted => "accept-completed",
        NegState::AcceptIncomplete => "accept-incomplete",
        NegState::Reject => "reject",
        NegState::RequestMic => "request-mic",
        _ => "unknown",
    }
}
