//! Each bit of a token, flipped.

use crate::scene::Scene;
use portcullis::{Rejection, Step};

/// Every bit of a token: it is refused, or it makes no difference.
#[test]
fn a_flipped_bit_is_refused_or_makes_no_difference() {
    let scene = Scene::new();
    let token = scene.token().mutual().spnego().delegate().build();
    let facts = |outcome: Result<Step, Rejection>| match outcome {
        Ok(Step::Complete { context, .. }) => {
            let identity = context.into_identity();
            let facts = (
                identity.client().to_text(),
                identity.service().to_text(),
                identity.key().kvno,
                identity.flags(),
                identity.ticket_flags(),
                (
                    identity.authtime(),
                    identity.starttime(),
                    identity.endtime(),
                ),
                (identity.session_etype(), identity.subkey_etype()),
            );
            Some(facts)
        }
        _ => None,
    };
    let fresh = || Scene::new().acceptor;
    let expected = facts(fresh().begin().step(token.token(), scene.realm.now()));
    assert!(expected.is_some());
    let mut harmless = 0;
    for bit in 0..token.token().len() * 8 {
        let mut flipped = token.token().to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let found = facts(fresh().begin().step(&flipped, scene.realm.now()));
        if found.is_some() {
            assert_eq!(found, expected, "bit {bit}");
            harmless += 1;
        }
    }
    // The service's realm, name, name type and version, and the options, of some 1,100 octets.
    assert!((100..700).contains(&harmless), "{harmless}");
}

/// Every bit of what is sealed, by somebody who has the key: no panic, whatever comes of it.
#[test]
fn a_flipped_bit_inside_of_what_is_sealed_breaks_nothing() {
    let scene = Scene::new();
    for bit in 0..1200 {
        let flip = move |mut octets: Vec<u8>| {
            let at = (bit / 8) % octets.len();
            octets[at] ^= 1 << (bit % 8);
            octets
        };
        let _ = scene.step(&scene.token().edit_ticket(flip).build());
        let _ = scene.step(&scene.token().edit_authenticator(flip).build());
    }
}
