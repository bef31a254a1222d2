//! Negotiations of several legs: under a number in a cookie, or for as long as a connection lasts.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test code"
)]

mod realm;

use core::time::Duration;
use http::{Request, StatusCode, Version, header};
use portcullis::Error;
use portcullis::error::NegotiationError;
use portcullis::formats::gss::Mechanism;
use portcullis_http::{ConnectionState, HalfOpenLimits, NegotiateLayer};
use portcullis_testrealm::{Initiation, Next};
use realm::{Answer, Scene, ask, cookies, in_an_hour, outcome, reply, verdict, with, with_token};
use tower::{Layer as _, ServiceExt as _, service_fn};

const NTLM_FIRST: &[Mechanism] = &[Mechanism::Ntlm, Mechanism::Krb5];

fn first(scene: &Scene) -> Initiation {
    scene.token().mutual().mech_list(NTLM_FIRST).build()
}

fn next(initiation: Initiation, answer: &Answer) -> Initiation {
    match initiation.next(&reply(answer)).unwrap() {
        Next::Send(initiation) => initiation,
        other => panic!("{other:?}"),
    }
}

/// The next leg, with the cookies of the last answer.
fn leg(initiation: &Initiation, last: &Answer) -> Request<String> {
    let request = with_token(initiation.token());
    cookies(last).iter().fold(request, |request, cookie| {
        with(request, header::COOKIE, cookie)
    })
}

fn not_begun(answer: &Answer) -> bool {
    let error = verdict(answer)
        .rejection()
        .map(|rejection| rejection.error().clone());
    answer.status() == StatusCode::UNAUTHORIZED
        && error == Some(Error::Negotiation(NegotiationError::NotBegun))
}

/// RFC 4178 §5: the mechanism is chosen, the AP-REQ is answered, the list is signed.
#[tokio::test]
async fn kerberos_that_is_not_first_comes_in_with_its_third_token() {
    let scene = Scene::new();
    let layer = scene.layer();
    let one = first(&scene);
    let chosen = ask(&layer, with_token(one.token())).await;
    assert_eq!(chosen.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(outcome(&chosen), "another-leg");
    let [cookie] = &cookies(&chosen)[..] else {
        panic!("one cookie is due")
    };
    assert!(cookie.starts_with("__Host-portcullis-leg="), "{cookie}");

    let two = next(one, &chosen);
    let answered = ask(&layer, leg(&two, &chosen)).await;
    assert_eq!(outcome(&answered), "another-leg");
    assert_ne!(cookies(&answered), cookies(&chosen), "each is used once");

    let three = next(two, &answered);
    let accepted = ask(&layer, leg(&three, &answered)).await;
    assert_eq!(accepted.status(), StatusCode::OK);
    assert_eq!(accepted.body(), "alice@EXAMPLE.TEST by negotiate, ticket");
    assert!(cookies(&accepted).is_empty(), "{accepted:?}");
    let taken = &accepted.headers()[header::SET_COOKIE];
    assert!(taken.to_str().unwrap().contains("Max-Age=0"), "{taken:?}");
}

#[tokio::test]
async fn without_its_cookie_a_later_leg_begins_nothing() {
    let scene = Scene::new();
    let layer = scene.layer();
    let one = first(&scene);
    let chosen = ask(&layer, with_token(one.token())).await;
    let two = next(one, &chosen);
    assert!(not_begun(&ask(&layer, with_token(two.token())).await));
    let accepted = ask(&layer, scene.login()).await;
    assert_eq!(accepted.status(), StatusCode::OK, "with Kerberos first");
}

#[tokio::test]
async fn a_number_is_good_once() {
    let scene = Scene::new();
    let layer = scene.layer();
    let one = first(&scene);
    let chosen = ask(&layer, with_token(one.token())).await;
    let two = next(one, &chosen);
    assert_eq!(
        outcome(&ask(&layer, leg(&two, &chosen)).await),
        "another-leg"
    );
    assert!(not_begun(&ask(&layer, leg(&two, &chosen)).await));
}

#[tokio::test]
async fn a_number_that_was_not_given_out_is_none() {
    let scene = Scene::new();
    let layer = scene.layer();
    let one = first(&scene);
    let chosen = ask(&layer, with_token(one.token())).await;
    let given = cookies(&chosen).remove(0);
    let two = next(one, &chosen);
    let (name, value) = given.split_once('=').unwrap();
    let mut forged: Vec<String> = (0..64).map(|length| "A".repeat(length)).collect();
    for place in 0..value.len() {
        let mut changed = value.to_owned().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        forged.push(String::from_utf8(changed).unwrap());
    }
    for value in forged {
        let cookie = format!("{name}={value}");
        let request = with(with_token(two.token()), header::COOKIE, &cookie);
        assert!(not_begun(&ask(&layer, request).await), "{cookie}");
    }
    let still = ask(&layer, leg(&two, &chosen)).await;
    assert_eq!(outcome(&still), "another-leg", "nobody else has used it up");
}

#[tokio::test]
async fn a_leg_that_comes_too_late_begins_nothing() {
    let scene = Scene::new();
    let layer = scene.layer();
    let one = first(&scene);
    let chosen = ask(&layer, with_token(one.token())).await;
    let two = next(one, &chosen);
    let late = layer.clone().now(in_an_hour);
    assert!(not_begun(&ask(&late, leg(&two, &chosen)).await));
}

#[tokio::test]
async fn a_leg_for_another_host_begins_nothing() {
    let scene = Scene::new();
    let layer = scene.layer();
    let one = first(&scene);
    let chosen = ask(&layer, with_token(one.token())).await;
    let two = next(one, &chosen);
    let mut request = leg(&two, &chosen);
    *request.uri_mut() = "https://wiki.example.test/".parse().unwrap();
    assert!(not_begun(&ask(&layer, request).await));
}

#[tokio::test]
async fn where_nobody_may_wait_a_login_has_one_leg() {
    let scene = Scene::new();
    let layer = scene.layer().half_open(HalfOpenLimits::default().number(0));
    let chosen = ask(&layer, with_token(first(&scene).token())).await;
    assert_eq!(outcome(&chosen), "another-leg");
    assert!(cookies(&chosen).is_empty());
    let text = "this service takes a Kerberos login in one leg: offer Kerberos first\n";
    assert_eq!(chosen.body(), text);
}

/// Whoever waits longest goes first.
#[tokio::test]
async fn more_negotiations_than_may_wait_push_the_oldest_out() {
    let scene = Scene::new();
    for limits in [
        HalfOpenLimits::default().number(2),
        HalfOpenLimits::default().octets(2 * 2048 + 1024),
    ] {
        let layer = scene.layer().half_open(limits.age(Duration::from_secs(5)));
        let mut waiting = Vec::new();
        for _ in 0..3 {
            let one = first(&scene);
            let chosen = ask(&layer, with_token(one.token())).await;
            waiting.push((next(one, &chosen), chosen));
        }
        let mut outcomes = Vec::new();
        for (two, chosen) in &waiting {
            outcomes.push(outcome(&ask(&layer, leg(two, chosen)).await));
        }
        let oldest = ["refused (negotiation)", "another-leg", "another-leg"];
        assert_eq!(outcomes, oldest, "{limits:?}");
    }
}

/// Its cookie would be one of the servers behind it.
#[tokio::test]
async fn a_proxy_has_nobody_wait_by_a_cookie() {
    let scene = Scene::new();
    let mut request = with_token(first(&scene).token());
    let token = request.headers_mut().remove(header::AUTHORIZATION).unwrap();
    let fields = request.headers_mut();
    fields.insert(header::PROXY_AUTHORIZATION, token);
    let chosen = ask(&scene.layer().proxy(), request).await;
    assert_eq!(chosen.status(), StatusCode::PROXY_AUTHENTICATION_REQUIRED);
    assert_eq!(outcome(&chosen), "another-leg");
    assert!(!chosen.headers().contains_key(header::SET_COOKIE));
    let text = "this service takes a Kerberos login in one leg: offer Kerberos first\n";
    assert_eq!(chosen.body(), text);
}

async fn through(
    connection: &ConnectionState,
    layer: &NegotiateLayer,
    request: Request<String>,
) -> Answer {
    let service = connection.layer(layer.layer(service_fn(realm::whoami)));
    service.oneshot(request).await.unwrap()
}

#[tokio::test]
async fn a_connection_that_has_a_state_needs_no_cookie() {
    let scene = Scene::new();
    let (layer, connection) = (scene.layer(), ConnectionState::new());
    let one = first(&scene);
    let chosen = through(&connection, &layer, with_token(one.token())).await;
    assert!(cookies(&chosen).is_empty());
    let two = next(one, &chosen);
    let elsewhere = through(&ConnectionState::new(), &layer, with_token(two.token())).await;
    assert!(not_begun(&elsewhere));
    let answered = through(&connection, &layer, with_token(two.token())).await;
    let three = next(two, &answered);
    let accepted = through(&connection, &layer, with_token(three.token())).await;
    assert_eq!(accepted.body(), "alice@EXAMPLE.TEST by negotiate, ticket");
}

/// Several clients may be on one connection of HTTP/2, and their legs in any order.
#[tokio::test]
async fn a_connection_of_http_2_has_no_state() {
    let scene = Scene::new();
    let (layer, connection) = (scene.layer(), ConnectionState::new());
    let mut request = with_token(first(&scene).token());
    *request.version_mut() = Version::HTTP_2;
    let chosen = through(&connection, &layer, request).await;
    assert_eq!(cookies(&chosen).len(), 1);
}

/// A second client whose leg comes through the connection of the first is not the first.
#[tokio::test]
async fn a_signature_of_another_client_does_not_end_a_negotiation() {
    let scene = Scene::new();
    let (layer, connection) = (scene.layer(), ConnectionState::new());
    let one = first(&scene);
    let chosen = through(&connection, &layer, with_token(one.token())).await;
    let two = next(one, &chosen);
    let _ = through(&connection, &layer, with_token(two.token())).await;

    let (other, elsewhere) = (Scene::new(), ConnectionState::new());
    let bob = other.realm.user("bob").token_for(&other.web);
    let bob = bob.mutual().mech_list(NTLM_FIRST).build();
    let bobs = other.layer();
    let chosen = through(&elsewhere, &bobs, with_token(bob.token())).await;
    let bob = next(bob, &chosen);
    let answered = through(&elsewhere, &bobs, with_token(bob.token())).await;
    let bob = next(bob, &answered);
    let refused = through(&connection, &layer, with_token(bob.token())).await;
    assert_eq!(outcome(&refused), "refused (negotiation)");
}
