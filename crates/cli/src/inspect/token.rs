//! The outermost layers: what arrived, and the frame around it (RFC 2743 §3.1).

use super::ground::Ground;
use super::keys::Keys;
use super::names::Mech;
use super::page::Fields;
use super::{kerberos, message_token, negotiation};
use portcullis::Error;
use portcullis::error::Unsupported;
use portcullis::formats::gss::{FirstToken, InitialContextToken, Mechanism, TokenId};

/// Negotiations inside each other; nobody sends more than one.
const MAX_LAYERS: u8 = 4;

/// What a token is read with.
#[derive(Clone, Copy)]
pub(super) struct Glass<'g> {
    /// What its offsets count from.
    pub(super) ground: Ground<'g>,
    /// What its ticket may be opened with.
    pub(super) keys: Option<&'g Keys>,
    /// How many more layers may follow.
    layers: u8,
}

impl<'g> Glass<'g> {
    /// To read the whole of `token`.
    pub(super) const fn on(token: &'g [u8], keys: Option<&'g Keys>) -> Self {
        Self {
            ground: Ground(token),
            keys,
            layers: MAX_LAYERS,
        }
    }

    /// Reads what lies one layer deeper.
    pub(super) fn read_inside(self, octets: &[u8], to: &mut Fields) {
        match self.layers.checked_sub(1) {
            Some(layers) => read(octets, Self { layers, ..self }, to),
            None => to.error("too many layers"),
        }
    }
}

/// Reads a token that begins a conversation, answers in it or protects a message of it.
pub(super) fn read(octets: &[u8], glass: Glass<'_>, to: &mut Fields) {
    to.octets("octets", octets);
    if let Some(read_it) = beyond_first_tokens(octets) {
        return read_it(octets, glass, to);
    }
    match FirstToken::recognize(octets) {
        Err(error) => {
            glass.ground.tell::<()>(error, octets, to);
        }
        Ok(FirstToken::Empty) => to.text("what", "nothing: the peer asks for our mechanisms"),
        Ok(FirstToken::Framed(token)) => framed(token, glass, to),
        Ok(FirstToken::NegTokenInit(_)) => negotiation::init(octets, glass, to),
        Ok(FirstToken::NegTokenResp(_)) => negotiation::resp(octets, glass, to),
        Ok(FirstToken::ApReq(_)) => kerberos::read(octets, glass, to),
        Ok(FirstToken::Ntlm { message_type }) => ntlm(message_type, to),
        Ok(FirstToken::NegoEx) => foreign("NegoEx", Unsupported::NegoEx, to),
        Ok(_) => unknown(octets, to),
    }
}

type Read = fn(&[u8], Glass<'_>, &mut Fields);

/// What is no first token, though it begins as one of ours.
fn beyond_first_tokens(octets: &[u8]) -> Option<Read> {
    match octets {
        [4, 4, ..] => Some(message_token::mic),
        [5, 4, ..] => Some(message_token::wrap),
        [first, ..] if kerberos::begins_with(*first) => Some(kerberos::read),
        _ => None,
    }
}

fn framed(token: InitialContextToken<'_>, glass: Glass<'_>, to: &mut Fields) {
    to.text("framed for", Mech(token.oid));
    match Mechanism::from_oid(token.oid) {
        Some(Mechanism::Spnego) => match token.inner.first() {
            Some(0xa1) => negotiation::resp(token.inner, glass, to),
            _ => negotiation::init(token.inner, glass, to),
        },
        Some(mechanism) if mechanism.is_krb5() || mechanism == Mechanism::Krb5UserToUser => {
            identified(token.inner, glass, to);
        }
        Some(Mechanism::Iakerb) => identified(token.inner, glass, to),
        _ => to.octets("token octets", token.inner),
    }
}

/// A token of Kerberos behind its identifier (RFC 4121 §4.1).
fn identified(inner: &[u8], glass: Glass<'_>, to: &mut Fields) {
    let Some((id, rest)) = inner.split_first_chunk() else {
        return to.error("the token ends before its identifier");
    };
    let id = TokenId(*id);
    let expected = kerberos::FRAMED.iter().find(|(known, ..)| *known == id);
    let Some((_, name, first)) = expected else {
        to.text("token id", id);
        return to.octets("token octets", rest);
    };
    to.text("token id", format_args!("{name} ({id})"));
    match first {
        Some(first) if rest.first() != Some(first) => {
            let offset = glass.ground.offset(rest);
            to.error(format_args!(
                "no {name} follows its identifier (at octet {offset})"
            ));
        }
        Some(_) => kerberos::read(rest, glass, to),
        None => to.octets("token octets", rest),
    }
}

/// [MS-NLMP] §2.2.1.
fn ntlm(message_type: Option<u32>, to: &mut Fields) {
    match message_type {
        Some(1) => to.text("what", "NTLM NEGOTIATE_MESSAGE"),
        Some(2) => to.text("what", "NTLM CHALLENGE_MESSAGE"),
        Some(3) => to.text("what", "NTLM AUTHENTICATE_MESSAGE"),
        Some(other) => to.text("what", format_args!("NTLM message of type {other}")),
        None => to.text("what", "NTLM, cut off"),
    }
    to.text("remedy", Error::from(Unsupported::Ntlm).remedy());
}

fn foreign(name: &str, unsupported: Unsupported, to: &mut Fields) {
    to.text("what", name);
    to.text("remedy", Error::from(unsupported).remedy());
}

fn unknown(octets: &[u8], to: &mut Fields) {
    let first = octets.first().copied().unwrap_or_default();
    to.error(format_args!(
        "no token of SPNEGO, GSS-API or Kerberos begins with {first:#04x} (at octet 0)"
    ));
}
