//! What strangers can cost: the octets of a token and of a list of mechanisms.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "test code"
)]

mod scene;

use portcullis::error::{Bounded, TooLarge};
use portcullis::formats::der::Writer;
use portcullis::formats::gss::{Mechanism, frame};
use portcullis::formats::registry::AuthDataType;
use portcullis::formats::spnego::encode_mech_types;
use portcullis::{Error, Negotiation, Step};
use scene::{Scene, complete, refused};

const TOKEN: usize = 64 * 1024;
const MECH_TYPES: usize = 512;

/// A good token of exactly so many octets: the ticket has as much authorization data as it takes.
fn token_of(scene: &Scene, octets: usize) -> Vec<u8> {
    let with = |padding: usize| {
        let data = vec![0; padding];
        let token = scene
            .token()
            .sequence(1)
            .ticket_authorization_data(AuthDataType::WIN2K_PAC, &data);
        token.build().token().to_vec()
    };
    let more = with(octets / 2).len() - octets / 2;
    let token = with(octets - more);
    with(2 * octets - more - token.len())
}

#[test]
fn a_token_of_64_kib_is_read_and_a_longer_one_is_not() {
    let scene = Scene::new();
    let largest = token_of(&scene, TOKEN);
    assert_eq!(largest.len(), TOKEN);
    complete(scene.acceptor.begin().step(&largest, scene.realm.now()));

    let too_large = token_of(&scene, TOKEN + 1);
    let rejection = refused(scene.acceptor.begin().step(&too_large, scene.realm.now()));
    let Error::TooLarge(TooLarge {
        what, limit, found, ..
    }) = *rejection.error()
    else {
        panic!("{rejection}")
    };
    assert_eq!((what, limit, found), (Bounded::Token, TOKEN, TOKEN + 1));
    assert_eq!(rejection.reply(), None);
}

#[test]
fn the_limit_of_the_token_is_as_it_was_set() {
    let scene = Scene::with(|settings| settings.max_token(TOKEN + 1));
    let token = token_of(&scene, TOKEN + 1);
    complete(scene.acceptor.begin().step(&token, scene.realm.now()));
    let scene = Scene::with(|settings| settings.max_token(100));
    scene.refuse(&scene.token().build());
}

/// A NegTokenInit whose list has exactly so many octets, Kerberos the last of it, and no token.
fn list_of(octets: usize) -> Vec<u8> {
    let unknown = [1; 100];
    let krb5 = Mechanism::Krb5.oid();
    let build = |last: usize| {
        let mut oids = vec![unknown.as_slice(); 4];
        oids.push(unknown.get(..last).unwrap());
        oids.push(krb5);
        encode_mech_types(oids)
    };
    let list = build(octets - (build(50).len() - 50));
    assert_eq!(list.len(), octets);
    let mut offer = Writer::new();
    offer.nested(0xa0, |choice| {
        choice.sequence(|token| token.field(0, |field| field.raw(&list)));
    });
    frame(Mechanism::Spnego.oid(), &offer.into_vec())
}

#[test]
fn a_list_of_512_octets_is_kept_and_a_longer_one_is_not() {
    let scene = Scene::new();
    let step = scene
        .acceptor
        .begin()
        .step(&list_of(MECH_TYPES), scene.realm.now());
    assert!(matches!(step, Ok(Step::Continue { .. })));

    let rejection = refused(
        scene
            .acceptor
            .begin()
            .step(&list_of(MECH_TYPES + 1), scene.realm.now()),
    );
    let Error::TooLarge(TooLarge {
        what, limit, found, ..
    }) = *rejection.error()
    else {
        panic!("{rejection}")
    };
    assert_eq!(
        (what, limit, found),
        (Bounded::MechTypes, MECH_TYPES, MECH_TYPES + 1)
    );
    assert!(rejection.reply().is_some());

    let mut unreadable = list_of(MECH_TYPES + 1);
    *unreadable.last_mut().expect("not empty") = 0x80;
    let rejection = refused(scene.acceptor.begin().step(&unreadable, scene.realm.now()));
    assert!(
        matches!(rejection.error(), Error::TooLarge(_)),
        "{rejection}"
    );

    let scene = Scene::with(|settings| settings.max_mech_types(MECH_TYPES + 1));
    let step = scene
        .acceptor
        .begin()
        .step(&list_of(MECH_TYPES + 1), scene.realm.now());
    assert!(matches!(step, Ok(Step::Continue { .. })));
}

/// What a step gives is small to move, also where a client delegated a credential.
#[test]
fn what_a_step_gives_is_small() {
    assert!(size_of::<Step>() <= 256, "{}", size_of::<Step>());
    assert!(
        size_of::<Negotiation>() <= 128,
        "{}",
        size_of::<Negotiation>()
    );
}
