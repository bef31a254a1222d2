//! `GSSAPI`, server side (RFC 4752 §3.2): after the context, an exchange of four octets about the
//! security layer, wrapped so that nobody can change it on its way.

use super::{Login, State, Step, begin_session, octets};
use crate::authorization::authorization_id;
use crate::error::Error;
use crate::layers::{Layer, Layers};
use crate::rejection::Rejection;
use crate::security_layer::MaxTokens;
use crate::server::Rules;
use portcullis::context::{Order, Protection};
use portcullis::formats::gss::{ContextFlags, FirstToken, Mechanism};
use portcullis::{Identity, SecurityContext};

/// A proven client, and the layers that it may choose from.
pub(super) struct Offer {
    context: SecurityContext,
    offered: Layers,
}

/// RFC 4752 §3.2: a context of another mechanism than Kerberos ends the login. Looked at before
/// anything else, so that no SPNEGO begins that would have to be broken off.
pub(super) fn refuse_other_mechanisms(token: &[u8]) -> Result<(), Error> {
    match FirstToken::recognize(token) {
        Ok(FirstToken::Empty) => Err(Error::NoToken),
        Ok(FirstToken::Framed(token))
            if !Mechanism::from_oid(token.oid).is_some_and(Mechanism::is_krb5) =>
        {
            Err(Error::OtherMechanism)
        }
        Ok(FirstToken::NegTokenInit(_) | FirstToken::NegTokenResp(_) | FirstToken::ApReq(_)) => {
            Err(Error::OtherMechanism)
        }
        // The acceptor says what is wrong with what is no token at all.
        _ => Ok(()),
    }
}

impl Offer {
    /// The context is established. Its last token, if there is one, goes to the client first.
    pub(super) fn begin(
        login: Login,
        context: SecurityContext,
        reply: Option<Vec<u8>>,
    ) -> Result<Step, Rejection> {
        let offered = offer(login.rules.layers, &context)?;
        let offer = Self { context, offered };
        match reply {
            Some(token) => Ok(login.proceed(State::AwaitEmpty(offer), token)),
            None => offer.propose(login),
        }
    }

    /// RFC 4752 §3.1: the client, whose context is established, "responds with no data".
    pub(super) fn after_empty(self, login: Login, response: &[u8]) -> Result<Step, Rejection> {
        match response.len() {
            0 => self.propose(login),
            octets => Err(Error::NotEmpty { octets }.into()),
        }
    }

    fn propose(mut self, login: Login) -> Result<Step, Rejection> {
        let proposal = proposal(self.offered, login.rules.max_receive(login.mechanism));
        let token = self.context.wrap(&proposal, Protection::Integrity);
        let token = token.map_err(Error::Message)?;
        Ok(login.proceed(State::AwaitChoice(self), token))
    }

    pub(super) fn after_choice(
        mut self,
        login: &Login,
        response: &[u8],
    ) -> Result<Step, Rejection> {
        let mut token = response.to_vec();
        let unwrapped = self.context.unwrap(&mut token).map_err(Error::Message)?;
        if unwrapped.order != Order::InOrder {
            return Err(Error::Order(unwrapped.order).into());
        }
        let choice = Choice::decode(unwrapped.message, self.offered)?;
        authorize(
            &login.rules,
            self.context.identity(),
            choice.authorization_id,
        )?;
        let authorization_id = choice.authorization_id.map(Box::from);
        let max = MaxTokens {
            receive: octets(login.rules.max_receive(login.mechanism)),
            send: octets(choice.max_send),
        };
        let session = begin_session(self.context, choice.layer, max)?;
        Ok(Step::Complete {
            session: session.acting_as(authorization_id),
            additional_data: None,
        })
    }
}

/// The layers of the settings that this context can have.
fn offer(settings: Layers, context: &SecurityContext) -> Result<Layers, Error> {
    let possible = possible(context.identity().flags(), context.signs_numbers());
    let offered = settings.intersection(possible);
    match offered.is_empty() {
        true => Err(Error::NoLayer {
            offered: settings,
            possible,
        }),
        false => Ok(offered),
    }
}

/// RFC 4752 §3.1: a client that wants a layer asks for integrity, mutual authentication and
/// sequence; for confidentiality, too, if that is to be the layer.
///
/// Where numbers are not signed, the number that is due is all that tells the client's choice from
/// our offer, which anybody can send back as a choice. So our numbers must not be the client's,
/// which they are without mutual authentication, and must count; and no layer only signs.
fn possible(flags: ContextFlags, signs_numbers: bool) -> Layers {
    let asked = |flag| flags.contains(flag);
    let in_order = asked(ContextFlags::MUTUAL) && asked(ContextFlags::SEQUENCE);
    let sealed = match asked(ContextFlags::CONF) {
        true => Layers::CONFIDENTIALITY,
        false => Layers::NOTHING,
    };
    match (in_order && asked(ContextFlags::INTEG), signs_numbers) {
        (true, true) => Layers::NONE.union(Layers::INTEGRITY).union(sealed),
        (true, false) => Layers::NONE.union(sealed),
        (false, true) => Layers::NONE,
        (false, false) if in_order => Layers::NONE,
        (false, false) => Layers::NOTHING,
    }
}

/// RFC 4752 §3.2: the layers, and the longest token that we open, which is 0 without one.
fn proposal(offered: Layers, max_receive: u32) -> [u8; 4] {
    let max = match offered {
        Layers::NONE => 0,
        _ => max_receive,
    };
    let [_, high, middle, low] = max.to_be_bytes();
    [offered.octet(), high, middle, low]
}

/// What the client answers (RFC 4752 §3.1).
#[derive(Debug, PartialEq, Eq)]
struct Choice<'m> {
    layer: Layer,
    /// The longest token that the client opens. Clients that choose no layer send what they like,
    /// although RFC 4752 §3.2 wants a 0.
    max_send: u32,
    authorization_id: Option<&'m str>,
}

impl<'m> Choice<'m> {
    fn decode(message: &'m [u8], offered: Layers) -> Result<Self, Error> {
        let octets = message.len();
        let too_short = || Error::ChoiceLength { octets };
        let ([chosen, high, middle, low], rest) =
            message.split_first_chunk::<4>().ok_or_else(too_short)?;
        let layer = Layer::chosen(*chosen, offered);
        Ok(Self {
            layer: layer.ok_or(Error::NotOffered {
                chosen: *chosen,
                offered,
            })?,
            max_send: u32::from_be_bytes([0, *high, *middle, *low]),
            authorization_id: authorization_id(rest).map_err(Error::AuthorizationId)?,
        })
    }
}

/// RFC 4752 §3.2: the login ends with the question whether the client may act as the one that it
/// named.
fn authorize(rules: &Rules, client: &Identity, as_whom: Option<&str>) -> Result<(), Error> {
    let Some(name) = as_whom else {
        return Ok(());
    };
    let principal = client.client();
    if principal.to_string() == name || rules.authorization.permits(client, name) {
        return Ok(());
    }
    Err(Error::NotAuthorized {
        client: Box::new(principal.clone()),
        authorization_id: name.into(),
    })
}
