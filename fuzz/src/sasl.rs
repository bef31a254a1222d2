//! SASL logins and what follows them: responses of a client that has no key, a choice of the
//! security layer that is wrapped as it has to be, and buffers, foreign ones and good ones.
//!
//! The first octet says which of the four, and which layers the server offers.

use crate::messages::Messages;
use portcullis::context::Protection;
use portcullis::replay::Freshness;
use portcullis::{Acceptor, Keytab};
use portcullis_sasl::{
    Exchange, LayerError, Layers, Mechanism, Received, Rejection, SaslServer, SecurityLayer,
    Session, Step, UnrecordedStep,
};
use portcullis_testrealm::{InitiatorContext, TestRealm, TokenBuilder};
use std::sync::LazyLock;
use std::time::SystemTime;

/// The messages are responses.
pub const RESPONSES: u8 = 0;
/// What follows is a choice.
pub const CHOICE: u8 = 1;
/// What follows are buffers that nobody has made who has the key.
pub const FOREIGN: u8 = 2;
/// The messages go through the layer, in pieces.
pub const STREAM: u8 = 3;
/// The responses are for GSS-SPNEGO; the layer is integrity.
pub const OTHER: u8 = 4;
/// Where the bits of the layers begin that the server offers, less one.
const LAYERS: u32 = 3;

/// What is opened at most.
const MAX_RECEIVE: u32 = 1000;
const ALICE: &str = "alice@EXAMPLE.TEST";

static WORLD: LazyLock<World> = LazyLock::new(World::new);

struct World {
    acceptor: Acceptor,
    alice: TokenBuilder,
    now: SystemTime,
}

impl World {
    fn new() -> Self {
        let realm = TestRealm::new("EXAMPLE.TEST");
        let service = realm.service("ldap/directory.example.test");
        let keytab: Keytab = service.keytab();
        Self {
            acceptor: Acceptor::new(keytab).expect("a key"),
            alice: realm.user("alice").token_for(&service).mutual(),
            now: realm.now(),
        }
    }
}

/// Plays one login.
pub fn run(input: &[u8]) {
    let Some((settings, rest)) = input.split_first() else {
        return;
    };
    let offered = settings >> LAYERS & 7;
    let offered = if offered == 0 { 7 } else { offered };
    let other = settings & OTHER != 0;
    match settings & 3 {
        RESPONSES => respond(other, offered, rest),
        CHOICE => choose(offered, rest),
        FOREIGN => unwrap_foreign(other, rest),
        _ => unwrap_good(other, rest),
    }
}

fn server(offered: u8) -> SaslServer {
    let layers = [Layers::NONE, Layers::INTEGRITY, Layers::CONFIDENTIALITY];
    let layers = (0..).zip(layers).filter(|(bit, _)| offered >> bit & 1 == 1);
    let layers = layers.map(|(_, layer)| layer).reduce(Layers::union);
    SaslServer::new(WORLD.acceptor.clone(), layers.expect("one at least")).max_receive(MAX_RECEIVE)
}

/// Each login is alice's first: the store knows nobody.
fn step(exchange: Exchange, response: &[u8]) -> Result<Step, Rejection> {
    match exchange.step_unrecorded(response, WORLD.now)? {
        UnrecordedStep::Settled(step) => Ok(step),
        UnrecordedStep::Unrecorded(unrecorded) => unrecorded.settle(Freshness::Fresh),
        _ => unreachable!("a third kind of step"),
    }
}

/// Nobody gets in without a key.
fn respond(spnego: bool, offered: u8, messages: &[u8]) {
    let mechanism = match spnego {
        true => Mechanism::GssSpnego,
        false => Mechanism::Gssapi,
    };
    let mut exchange = server(offered).begin(mechanism);
    for response in Messages(messages) {
        match step(exchange, response) {
            Ok(Step::Continue { exchange: next, .. }) => exchange = next,
            Ok(step) => panic!("nobody made this login: {step:?}"),
            Err(rejection) => {
                let error = rejection.error();
                assert!(!error.to_string().is_empty() && !error.remedy().is_empty());
                return;
            }
        }
    }
}

/// alice, up to where her choice is due.
fn offer(offered: u8) -> (Exchange, InitiatorContext) {
    let alice = WORLD.alice.clone().build();
    let exchange = server(offered).begin(Mechanism::Gssapi);
    let (exchange, challenge) = proceed(step(exchange, alice.token()));
    let mut context = alice.finish(&challenge).expect("our token");
    let (exchange, challenge) = proceed(step(exchange, b""));
    let (octets, _) = context.unwrap(&challenge).expect("our offer");
    let max = if offered == 1 { 0 } else { MAX_RECEIVE };
    assert_eq!(octets, (u32::from(offered) << 24 | max).to_be_bytes());
    (exchange, context)
}

fn proceed(step: Result<Step, Rejection>) -> (Exchange, Vec<u8>) {
    match step {
        Ok(Step::Continue {
            exchange,
            challenge,
        }) => (exchange, challenge),
        other => panic!("alice may go on: {other:?}"),
    }
}

fn chosen(offered: u8, choice: &[u8]) -> (Result<Session, Rejection>, InitiatorContext) {
    let (exchange, mut context) = offer(offered);
    let token = context
        .wrap(choice, Protection::Integrity)
        .expect("a token");
    let session = step(exchange, &token).map(|step| match step {
        Step::Complete { session, .. } => session,
        other => panic!("a choice ends the login: {other:?}"),
    });
    (session, context)
}

/// A choice is taken if it is a good one, by a reading of its own.
fn choose(offered: u8, choice: &[u8]) {
    let (session, mut context) = chosen(offered, choice);
    assert_eq!(session.is_ok(), is_good(choice, offered), "{session:?}");
    let Ok(session) = session else { return };
    assert_eq!(session.identity().client().to_string(), ALICE);
    let authorization_id = session.authorization_id().unwrap_or_default();
    assert_eq!(authorization_id.as_bytes(), &choice[4..]);
    if let Some(mut layer) = session.into_layer() {
        let max = u32::from_be_bytes([0, choice[1], choice[2], choice[3]]);
        wrap_within(&mut layer, &mut context, max);
    } else {
        assert_eq!(choice[0], 1);
    }
}

fn is_good(choice: &[u8], offered: u8) -> bool {
    let Some(([layer, high, middle, low], name)) = choice.split_first_chunk() else {
        return false;
    };
    let max = u32::from_be_bytes([0, *high, *middle, *low]);
    let room = match layer {
        1 => true,
        2..=7 => max >= 256, // the longest token that a peer has to take
        _ => return false,
    };
    let its_own = name.is_empty() || name == ALICE.as_bytes();
    layer & !offered == 0 && room && its_own
}

/// No token is longer than alice takes, and all of the message is in them.
fn wrap_within(layer: &mut SecurityLayer, context: &mut InitiatorContext, max: u32) {
    let message = [0x5a; 300];
    let mut buffers = Vec::new();
    layer.wrap(&message, &mut buffers).expect("buffers");
    let mut opened = Vec::new();
    for token in tokens(&buffers) {
        assert!(u32::try_from(token.len()).is_ok_and(|length| length <= max));
        opened.extend(context.unwrap(token).expect("our token").0);
    }
    assert_eq!(opened, message);
}

fn tokens(mut buffers: &[u8]) -> Vec<&[u8]> {
    let mut tokens = Vec::new();
    while let Some((length, rest)) = buffers.split_first_chunk() {
        let length = usize::try_from(u32::from_be_bytes(*length)).expect("a length");
        let (token, rest) = rest.split_at(length);
        tokens.push(token);
        buffers = rest;
    }
    tokens
}

/// A layer of alice's, and the octet that chose it.
fn layer(integrity: bool) -> (SecurityLayer, InitiatorContext) {
    let octet = if integrity { 2 } else { 4 };
    let (session, context) = chosen(7, &[octet, 1, 0, 0]);
    let layer = session.expect("a login").into_layer();
    (layer.expect("a layer"), context)
}

/// Buffers that nobody has made are refused, long ones at their fourth octet.
fn unwrap_foreign(integrity: bool, octets: &[u8]) {
    let (mut layer, _) = layer(integrity);
    let mut octets = octets.to_vec();
    let length = octets.first_chunk().copied().map(u32::from_be_bytes);
    match (layer.unwrap(&mut octets), length) {
        (Ok(Received::Partial { missing }), None) => assert_eq!(missing, 4 - octets.len()),
        (Ok(Received::Partial { missing }), Some(length)) => {
            assert!(length <= MAX_RECEIVE);
            assert_eq!(missing + octets.len(), 4 + length as usize);
        }
        (Ok(message), _) => panic!("nobody made {message:?}"),
        (Err(LayerError::TooLong { found, .. }), length) => {
            assert!(found > MAX_RECEIVE && Some(found) == length);
        }
        (Err(_), _) => assert_eq!(layer.unwrap(&mut []), Err(LayerError::Broken)),
    }
}

/// Good messages come out as they went in, however they are cut on their way.
fn unwrap_good(integrity: bool, input: &[u8]) {
    let (mut layer, mut context) = layer(integrity);
    let Some((step, messages)) = input.split_first() else {
        return;
    };
    let (mut sent, mut buffers) = (Vec::new(), Vec::new());
    for message in Messages(messages) {
        let message = &message[..message.len().min(900)];
        let token = context.wrap(message, layer.protection()).expect("a token");
        let length = u32::try_from(token.len()).expect("a length");
        buffers.extend(length.to_be_bytes());
        buffers.extend(token);
        sent.extend_from_slice(message);
    }
    let (mut arrived, mut opened) = (Vec::new(), Vec::new());
    for piece in buffers.chunks(usize::from(*step) + 1) {
        arrived.extend_from_slice(piece);
        while let Received::Message { message, consumed } =
            layer.unwrap(&mut arrived).expect("a good buffer")
        {
            opened.extend_from_slice(message);
            arrived.drain(..consumed);
        }
    }
    assert!(arrived.is_empty());
    assert_eq!(opened, sent);
}
