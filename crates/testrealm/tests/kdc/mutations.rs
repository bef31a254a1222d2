//! Whatever comes, there is a reply, a KRB-ERROR or silence, and never a panic.

use crate::client::{
    Credential, Presenting, Wish, as_req, ask, login, login_of, principal, request,
};
use crate::s4u::{for_user, signed_x509_user};
use crate::{Scene, scene};
use portcullis_formats::der::Decode;
use portcullis_formats::messages::{KdcOptions, KdcRep, KrbError, MessageType};
use portcullis_testdata::hex;
use portcullis_testrealm::{Pacs, TestRealm};
use serde_json::Value;

/// What came of a request.
#[derive(Debug, PartialEq, Eq)]
enum Came {
    Ticket,
    Error,
    Nothing,
}

fn answer(scene: &Scene, request: &[u8]) -> Came {
    let reply = scene.kdc.answer(request, scene.now);
    if reply.is_empty() {
        Came::Nothing
    } else if KrbError::from_der(&reply).is_ok() {
        Came::Error
    } else {
        KdcRep::from_der(&reply).unwrap();
        Came::Ticket
    }
}

/// Of services, for users.
fn requests_for_others(scene: &Scene) -> [Vec<u8>; 2] {
    let web = login_of(&scene.kdc, &scene.web, scene.now);
    let mut on_behalf = Presenting::new(&web, scene.now);
    let user = principal("alice");
    on_behalf.padata = vec![
        for_user(&user, &web.session_key, -138),
        signed_x509_user(&user, &web.session_key),
    ];
    let service = Wish::new("HTTP/web.example.test").options(KdcOptions::FORWARDABLE);
    let mut delegated = Wish::new("HTTP/web.example.test").options(KdcOptions::CNAME_IN_ADDL_TKT);
    let alice = login(&scene.kdc, &Wish::tgt("alice"), scene.now);
    delegated.tickets = vec![ask(&scene.kdc, &alice, &service, scene.now).ticket];
    [
        on_behalf.request(&service),
        Presenting::new(&web, scene.now).request(&delegated),
    ]
}

fn requests(scene: &Scene) -> [Vec<u8>; 4] {
    let tgt = |user: &str| -> Credential { login(&scene.kdc, &Wish::tgt(user), scene.now) };
    let alice = Presenting::new(&tgt("alice"), scene.now);
    let mut user_to_user = Wish::new("bob").options(KdcOptions::ENC_TKT_IN_SKEY);
    user_to_user.tickets = vec![tgt("bob").ticket];
    [
        request(MessageType::AS_REQ, &[], &Wish::tgt("alice").body()),
        as_req(&Wish::tgt("alice"), "secret", scene.now).0,
        alice.request(&Wish::new("HTTP/web.example.test")),
        alice.request(&user_to_user),
    ]
}

#[test]
fn every_flipped_bit_is_answered_or_passed_over() {
    let scene = scene();
    scene.realm.issue_pacs(Pacs::None); // sealed, so that they would add nothing but time
    for request in requests(&scene) {
        for bit in 0..request.len() * 8 {
            let mut flipped = request.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            answer(&scene, &flipped);
        }
    }
}

#[test]
fn flipped_bits_of_a_request_for_somebody_else_are_answered_or_passed_over() {
    let scene = scene();
    for request in requests_for_others(&scene) {
        for bit in (0..request.len() * 8).step_by(7) {
            let mut flipped = request.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            answer(&scene, &flipped);
        }
    }
}

#[test]
fn every_beginning_of_a_request_is_passed_over() {
    let scene = scene();
    for request in requests(&scene) {
        for length in 0..request.len() {
            assert_eq!(answer(&scene, &request[..length]), Came::Nothing);
        }
        let longer = [request, vec![0]].concat();
        assert_eq!(answer(&scene, &longer), Came::Nothing);
    }
}

/// No bit of a TGS-REQ's body can be another without the client's doing.
#[test]
fn a_body_of_which_one_bit_is_another_gets_no_ticket() {
    let scene = scene();
    let [_, _, request, _] = requests(&scene);
    let body = Wish::new("HTTP/web.example.test").body();
    let start = request.len() - body.len();
    assert_eq!(answer(&scene, &request), Came::Ticket);
    for bit in start * 8..request.len() * 8 {
        let mut flipped = request.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert_ne!(answer(&scene, &flipped), Came::Ticket, "bit {bit}");
    }
}

#[test]
fn octets_of_anything_are_passed_over() {
    let scene = scene();
    let mut state = 1_u64;
    for length in 0..2000 {
        let mut octets = Vec::new();
        for _ in 0..length % 200 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            octets.extend_from_slice(&state.to_be_bytes()[..1]);
        }
        assert_eq!(answer(&scene, &octets), Came::Nothing);
    }
}

/// Requests of MIT krb5 1.20.1, to a KDC with other keys.
#[test]
fn recorded_requests_are_answered_whatever_becomes_of_them() {
    let recorded: Value =
        serde_json::from_str(include_str!("../../../formats/tests/kdc_exchange.json")).unwrap();
    let realm = TestRealm::new("EXAMPLE.TEST");
    realm.user_with_password("alice", "alice");
    let scene = Scene {
        kdc: realm.kdc(),
        web: realm.service("HTTP/www.example.test"),
        now: realm.now(),
        realm,
    };
    for name in ["as_req_without_preauthentication", "as_req", "tgs_req"] {
        let request = hex(&recorded[name]);
        assert_eq!(answer(&scene, &request), Came::Error, "{name}");
        for bit in 0..request.len() * 8 {
            let mut flipped = request.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            answer(&scene, &flipped);
        }
    }
}
