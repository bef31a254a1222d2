//! A ticket that came before is not decrypted again, and judged as anew.
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod scene;

use core::time::Duration;
use portcullis::error::TicketError;
use portcullis::formats::der::{Decode, Encode};
use portcullis::formats::gss::{InitialContextToken, split_token_id};
use portcullis::formats::keytab::KeytabFile;
use portcullis::formats::messages::{
    ApReq, Authenticator, EncTicketPart, KerberosString, KerberosTime, Microseconds,
};
use portcullis::formats::registry::Kvno;
use portcullis::identity::KeySelected;
use portcullis::replay::Freshness;
use portcullis::{Acceptor, Enctype, Error, Identity, KeySelection, Unrecorded, UnrecordedStep};
use portcullis_crypto::{Key, KeyUsage};
use portcullis_testrealm::{Initiation, TestService};
use scene::{Scene, WEB, complete, refused, rewrite};
use std::time::UNIX_EPOCH;

/// A ticket, its session key as the service reads it, and the authenticators made with it.
struct Ticket {
    token: Vec<u8>,
    session_key: Key,
    authenticator: Vec<u8>,
    made: u32,
}

impl Ticket {
    fn of(initiation: &Initiation, service: &TestService) -> Self {
        let token = initiation.token().to_vec();
        let framed = InitialContextToken::decode(&token).unwrap();
        let request = ApReq::from_der(split_token_id(framed.inner).unwrap().1).unwrap();
        let mut cipher = request.ticket.enc_part.cipher.to_vec();
        let opened = service_key(service).open(KeyUsage::TICKET, &mut cipher);
        let key = EncTicketPart::from_padded_der(opened.unwrap()).unwrap().key;
        let session_key =
            Key::new(Enctype::try_from(key.keytype.0).unwrap(), key.keyvalue).unwrap();
        let mut authenticator = request.authenticator.cipher.to_vec();
        let authenticator = session_key
            .open(KeyUsage::AP_REQ_AUTHENTICATOR, &mut authenticator)
            .unwrap()
            .to_vec();
        Self {
            token,
            session_key,
            authenticator,
            made: 0,
        }
    }

    /// The ticket with an authenticator made now.
    fn again(&mut self, scene: &Scene) -> Vec<u8> {
        self.made = self.made.checked_add(1).unwrap();
        let now = scene.realm.now().duration_since(UNIX_EPOCH).unwrap();
        let mut authenticator = Authenticator::from_padded_der(&self.authenticator).unwrap();
        authenticator.ctime = KerberosTime::from_unix(now.as_secs().try_into().unwrap());
        authenticator.cusec = Microseconds::of(Duration::from_micros(self.made.into()));
        let mut cipher = Vec::new();
        let (usage, confounder) = (KeyUsage::AP_REQ_AUTHENTICATOR, [7; 16]);
        let parts = [authenticator.to_der()];
        let parts = parts.each_ref().map(Vec::as_slice);
        self.session_key
            .seal(usage, &confounder, &parts, &mut cipher);
        rewrite(&self.token, |request| {
            request.authenticator.cipher = Box::leak(cipher.into_boxed_slice());
        })
    }
}

fn service_key(service: &TestService) -> Key {
    let octets = service.keytab_octets();
    let file = KeytabFile::open(&octets).unwrap();
    let entry = file.records().next().unwrap().unwrap();
    Key::new(Enctype::try_from(entry.etype.0).unwrap(), entry.key).unwrap()
}

fn accept(acceptor: &Acceptor, scene: &Scene, token: &[u8]) -> Identity {
    let step = acceptor.begin().step(token, scene.realm.now());
    complete(step).0.into_identity()
}

fn refusal(acceptor: &Acceptor, scene: &Scene, token: &[u8]) -> Error {
    let step = acceptor.begin().step(token, scene.realm.now());
    refused(step).error().clone()
}

/// A scene whose acceptor knows the ticket.
fn known(
    settings: impl FnOnce(portcullis::AcceptorBuilder) -> portcullis::AcceptorBuilder,
) -> (Scene, Ticket) {
    let scene = Scene::with(settings);
    let mut ticket = Ticket::of(&scene.token().mutual().build(), &scene.web);
    for _ in 0..3 {
        accept(&scene.acceptor, &scene, &ticket.again(&scene));
    }
    (scene, ticket)
}

#[test]
fn a_ticket_that_comes_again_tells_what_it_told_at_first() {
    for enctype in Enctype::all() {
        let realm = portcullis_testrealm::TestRealm::new("EXAMPLE.TEST");
        let web = realm.service_with(WEB).enctypes([*enctype]).build();
        let scene = Scene::of(realm, web, |settings| {
            settings
                .allow_camellia()
                .danger_allow(portcullis::WeakEnctype::Rc4Hmac)
                .danger_allow(portcullis::WeakEnctype::Des3CbcSha1)
        });
        let mut ticket = Ticket::of(&scene.token().mutual().build(), &scene.web);
        let mut tell = || {
            format!(
                "{:?}",
                accept(&scene.acceptor, &scene, &ticket.again(&scene))
            )
        };
        let first = tell();
        for _ in 0..4 {
            assert_eq!(tell(), first);
        }
    }
}

/// The AP-REP is sealed with what is kept of the session key: the client must be able to read it.
#[test]
fn the_answer_to_a_ticket_that_comes_again_is_read_by_the_client() {
    let scene = Scene::new();
    let initiation = scene.token().mutual().build();
    let mut ticket = Ticket::of(&initiation, &scene.web);
    for _ in 0..4 {
        accept(&scene.acceptor, &scene, &ticket.again(&scene));
    }
    let (mut context, reply) = scene.accept(&initiation);
    let mut client = initiation.finish(&reply.unwrap()).unwrap();
    let mic = client.mic(b"both have the subkey").unwrap();
    let order = context.verify_mic(b"both have the subkey", &mic).unwrap();
    assert_eq!(order, portcullis::context::Order::InOrder);
}

#[test]
fn a_ticket_that_comes_again_is_replayed_only_if_its_authenticator_is() {
    let (scene, mut ticket) = known(|settings| settings);
    let token = ticket.again(&scene);
    accept(&scene.acceptor, &scene, &token);
    assert_eq!(refusal(&scene.acceptor, &scene, &token).kind(), "replay");
}

/// A store that is asked by nobody: what it would say is in the caller's hands.
fn unrecorded(scene: &Scene, token: &[u8]) -> Unrecorded {
    let negotiation = scene.acceptor.begin();
    match negotiation.step_unrecorded(token, scene.realm.now()) {
        Ok(UnrecordedStep::Unrecorded(claim)) => claim,
        other => panic!("{other:?}"),
    }
}

/// Identities of a known ticket share what is known.
fn is_known(scene: &Scene, ticket: &mut Ticket) -> bool {
    let claims = [(); 2].map(|()| unrecorded(scene, &ticket.again(scene)));
    let [one, other] = claims.map(|claim| complete(claim.settle(Freshness::Fresh)).0);
    core::ptr::eq(one.identity().client(), other.identity().client())
}

#[test]
fn a_ticket_of_which_only_replays_came_is_not_known() {
    let scene = Scene::new();
    let mut ticket = Ticket::of(&scene.token().build(), &scene.web);
    for _ in 0..4 {
        let replayed = unrecorded(&scene, &ticket.again(&scene)).settle(Freshness::Replayed);
        assert_eq!(refused(replayed).error().kind(), "replay");
    }
    assert!(!is_known(&scene, &mut ticket));
    assert!(is_known(&scene, &mut ticket));
}

#[test]
fn a_known_ticket_expires() {
    let (scene, mut ticket) = known(|settings| settings);
    scene.realm.advance(Duration::from_secs(11 * 3600));
    let error = refusal(&scene.acceptor, &scene, &ticket.again(&scene));
    assert!(
        matches!(error, Error::Ticket(TicketError::Expired { .. })),
        "{error}"
    );
}

/// Where a ticket may be used from is looked at each time.
#[test]
fn a_ticket_that_names_addresses_is_refused_from_elsewhere_however_often_it_came() {
    let scene = Scene::new();
    let home = [192, 0, 2, 1].into();
    let token = scene.token().addresses(&[home]).build();
    let mut ticket = Ticket::of(&token, &scene.web);
    for _ in 0..4 {
        let negotiation = scene.acceptor.begin().peer_address(home);
        let _ = complete(negotiation.step(&ticket.again(&scene), scene.realm.now()));
        let negotiation = scene.acceptor.begin().peer_address([192, 0, 2, 2].into());
        let step = negotiation.step(&ticket.again(&scene), scene.realm.now());
        let error = refused(step).error().clone();
        assert_eq!(error, TicketError::Address.into());
    }
}

/// The hash of its end says where to look for a ticket; that it is the ticket, its octets do.
#[test]
fn a_flipped_bit_in_a_known_ticket_is_refused() {
    let (scene, mut ticket) = known(|settings| settings);
    let octets = {
        let framed = InitialContextToken::decode(&ticket.token).unwrap();
        let request = ApReq::from_der(split_token_id(framed.inner).unwrap().1).unwrap();
        request.ticket.enc_part.cipher.len()
    };
    for octet in 0..octets {
        let token = ticket.again(&scene);
        let changed = rewrite(&token, |request| {
            let mut cipher = request.ticket.enc_part.cipher.to_vec();
            *cipher.get_mut(octet).unwrap() ^= 1;
            request.ticket.enc_part.cipher = Box::leak(cipher.into_boxed_slice());
        });
        assert_eq!(
            refusal(&scene.acceptor, &scene, &changed).kind(),
            "wrong-key"
        );
        accept(&scene.acceptor, &scene, &token);
    }
}

/// What stands in clear decides which key may open a ticket, known or not.
#[test]
fn a_known_ticket_under_another_name_is_judged_by_that_name() {
    let (scene, mut ticket) = known(|settings| settings);
    let elsewhere = rewrite(&ticket.again(&scene), |request| {
        request.ticket.realm = KerberosString(b"EVIL.TEST");
    });
    let identity = accept(&scene.acceptor, &scene, &elsewhere);
    assert_eq!(identity.key().selected, KeySelected::Alias);
    let older = rewrite(&ticket.again(&scene), |request| {
        request.ticket.enc_part.kvno = Some(Kvno(77));
    });
    let identity = accept(&scene.acceptor, &scene, &older);
    assert_eq!(identity.key().selected, KeySelected::OtherKvno);

    let (scene, mut ticket) = known(|settings| settings.key_selection(KeySelection::EXACT));
    let elsewhere = rewrite(&ticket.again(&scene), |request| {
        request.ticket.realm = KerberosString(b"EVIL.TEST");
    });
    assert_eq!(
        refusal(&scene.acceptor, &scene, &elsewhere).kind(),
        "no-key"
    );
}

#[test]
fn a_new_keytab_knows_no_ticket() {
    let (scene, mut ticket) = known(|settings| settings);
    let other = scene.realm.service_with("HTTP/other.example.test").build();
    let acceptor = scene.acceptor.with_keytab(other.keytab()).unwrap();
    assert_eq!(
        refusal(&acceptor, &scene, &ticket.again(&scene)).kind(),
        "no-key"
    );
    accept(&scene.acceptor, &scene, &ticket.again(&scene));
}

#[test]
fn an_acceptor_that_remembers_nothing_accepts_the_same() {
    let (scene, mut ticket) = known(|settings| settings.known_tickets(0));
    let token = ticket.again(&scene);
    accept(&scene.acceptor, &scene, &token);
    assert_eq!(refusal(&scene.acceptor, &scene, &token).kind(), "replay");
}
