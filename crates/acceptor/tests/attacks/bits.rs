//! Each bit of a token, flipped.

use crate::scene::Scene;
use portcullis::formats::gss::Mechanism;
use portcullis::{Rejection, Step};
use std::collections::BTreeSet;

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
    let mut harmless = BTreeSet::new();
    for bit in 0..token.token().len() * 8 {
        let mut flipped = token.token().to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let found = facts(fresh().begin().step(&flipped, scene.realm.now()));
        if found.is_some() {
            assert_eq!(found, expected, "bit {bit}");
            harmless.insert(bit / 8);
        }
    }
    assert_eq!(harmless, in_clear(token.token()));
}

/// The octets that nobody signed: Kerberos has two numbers that differ in one bit; options and
/// unused bits of the AP-REQ; the service's realm, name and name type and the version of its key.
fn in_clear(token: &[u8]) -> BTreeSet<usize> {
    let after = |start: usize, octets: &[u8]| {
        let found = token[start..]
            .windows(octets.len())
            .position(|window| window == octets);
        start + found.unwrap()
    };
    let krb5 = Mechanism::Krb5.oid();
    let listed = after(0, krb5);
    let framed = after(listed + 1, krb5);
    let options = after(framed, &[3, 5, 0, 0x20, 0, 0, 0]) + 2;
    let realm = after(options, b"EXAMPLE.TEST");
    let name_type = after(realm, &[0xa0, 3, 2, 1, 1]) + 4;
    let (http, web) = (
        after(name_type, b"HTTP"),
        after(name_type, b"web.example.test"),
    );
    let kvno = after(web, &[0xa1, 3, 2, 1, 1]) + 4;
    let ranges = [
        listed + 3..listed + 4,
        framed + 3..framed + 4,
        options..options + 5,
        realm..realm + 12,
        name_type..name_type + 1,
        http..http + 4,
        web..web + 16,
        kvno..kvno + 1,
    ];
    ranges.into_iter().flatten().collect()
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
