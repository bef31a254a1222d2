//! One login, then a cookie: whose, until when, under which keys.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "test code"
)]

mod realm;

use core::time::Duration;
use http::{HeaderValue, Request, StatusCode, header};
use portcullis::names::LocalNamePolicy;
use portcullis_http::session::{SameSite, SessionKeys, SessionKeysError, Sessions};
use portcullis_http::{ConnectionState, NegotiateLayer};
use realm::{
    Answer, Scene, ask, cookies, in_an_hour, nothing, now, outcome, verdict, with, with_token,
};
use std::time::SystemTime;
use tower::{Layer as _, ServiceExt as _, service_fn};

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const NEXT_KEY: &str = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

fn keys(lines: &[&str]) -> SessionKeys {
    SessionKeys::parse(&lines.join("\n")).unwrap()
}

fn sessions() -> Sessions {
    Sessions::new("HTTP/web.example.test", keys(&[KEY]))
}

fn with_cookie(cookie: &str) -> Request<String> {
    with(nothing(), header::COOKIE, cookie)
}

/// The cookie of a new session.
async fn begin(scene: &Scene, layer: &NegotiateLayer) -> String {
    let answer = ask(layer, scene.login()).await;
    assert_eq!(answer.status(), StatusCode::OK);
    cookies(&answer).remove(0)
}

fn no_session(answer: &Answer) -> bool {
    answer.status() == StatusCode::UNAUTHORIZED && outcome(answer) == "challenged"
}

#[tokio::test]
async fn after_the_first_login_the_cookie_will_do() {
    let scene = Scene::new();
    let names = LocalNamePolicy::new().forget_realm("EXAMPLE.TEST");
    let layer = scene.layer().local_names(names).sessions(sessions());
    let first = ask(&layer, scene.login()).await;
    assert_eq!(first.body(), "alice by negotiate, ticket");
    let cookie = cookies(&first).remove(0);
    for _ in 0..3 {
        let again = ask(&layer, with_cookie(&cookie)).await;
        assert_eq!(again.body(), "alice by session");
        assert_eq!(outcome(&again), "session");
        assert!(cookies(&again).is_empty());
        let (first, user) = (
            verdict(&first).user().unwrap(),
            verdict(&again).user().unwrap(),
        );
        assert_eq!(user.client().to_string(), "alice@EXAMPLE.TEST");
        assert_eq!(user.session(), first.session());
        assert!(user.session().is_some());
    }
}

/// An application that greets its users does not call them something else after the login.
#[tokio::test]
async fn a_session_has_the_full_name_of_its_login() {
    let scene = Scene::new();
    let layer = scene.layer().sessions(sessions());
    let full_name = |answer: &Answer| {
        let user = verdict(answer).user().unwrap();
        user.full_name().map(str::to_owned)
    };
    let alice = scene
        .realm
        .user_with("alice")
        .full_name("Alice Liddell \u{e9}");
    for (user, expected) in [
        (alice.build(), Some("Alice Liddell \u{e9}")),
        (scene.realm.user("bob"), None),
    ] {
        let token = user.token_for(&scene.web).with_pac().spnego().build();
        let login = ask(&layer, with_token(token.token())).await;
        let again = ask(&layer, with_cookie(&cookies(&login).remove(0))).await;
        assert_eq!(outcome(&again), "session");
        for answer in [login, again] {
            assert_eq!(full_name(&answer).as_deref(), expected);
        }
    }
}

#[tokio::test]
async fn the_cookie_is_kept_from_scripts_other_hosts_and_the_open_wire() {
    let scene = Scene::new();
    let lasting = |sessions| scene.layer().sessions(sessions);
    let set = async |layer: &NegotiateLayer| {
        let answer = ask(layer, scene.login()).await;
        let text = answer.headers()[header::SET_COOKIE]
            .to_str()
            .unwrap()
            .to_owned();
        let (name, rest) = text.split_once('=').unwrap();
        let (_, attributes) = rest.split_once(';').unwrap();
        format!("{name}:{attributes}")
    };
    let short = || sessions().lifetime(Duration::from_secs(600));
    let text = "__Host-portcullis-session: Path=/; Max-Age=600; HttpOnly; Secure; SameSite=Lax";
    assert_eq!(set(&lasting(short())).await, text);
    let named = short().cookie("my; app").same_site(SameSite::Strict);
    let text = "__Host-myapp: Path=/; Max-Age=600; HttpOnly; Secure; SameSite=Strict";
    assert_eq!(set(&lasting(named)).await, text);
    let nameless = short().cookie("; ").same_site(SameSite::None);
    let text = "__Host-portcullis-session: Path=/; Max-Age=600; HttpOnly; Secure; SameSite=None";
    assert_eq!(set(&lasting(nameless)).await, text);
    let plain = lasting(short()).danger_cookies_without_tls();
    let text = "portcullis-session: Path=/; Max-Age=600; HttpOnly; SameSite=Lax";
    assert_eq!(set(&plain).await, text);
}

/// Sealed, so that neither name nor groups stand in it, and never the same twice.
#[tokio::test]
async fn the_cookie_tells_nothing() {
    let scene = Scene::new();
    let layer = scene.layer().sessions(sessions());
    let (one, other) = (begin(&scene, &layer).await, begin(&scene, &layer).await);
    assert_ne!(one, other);
    for cookie in [one, other] {
        assert!(
            !cookie.contains("alice") && !cookie.contains("YWxpY2"),
            "{cookie}"
        );
    }
    assert_eq!(format!("{:?}", keys(&[KEY])), "SessionKeys(1 keys)");
    assert!(!format!("{layer:?}").contains("AAEC"));
}

fn in_ten_minutes() -> SystemTime {
    now() + Duration::from_secs(600)
}

#[tokio::test]
async fn a_session_ends_when_its_time_is_over() {
    let scene = Scene::new();
    let sessions = sessions().lifetime(Duration::from_secs(600));
    let layer = scene.layer().sessions(sessions);
    let cookie = begin(&scene, &layer).await;
    let before = layer
        .clone()
        .now(|| in_ten_minutes() - Duration::from_secs(1));
    assert_eq!(
        outcome(&ask(&before, with_cookie(&cookie)).await),
        "session"
    );
    let after = layer.clone().now(in_ten_minutes);
    assert!(no_session(&ask(&after, with_cookie(&cookie)).await));
}

#[tokio::test]
async fn a_session_ends_with_the_ticket() {
    let scene = Scene::new();
    let layer = scene.layer().sessions(sessions());
    let ends = in_ten_minutes();
    let answer = ask(
        &layer,
        with_token(scene.token().endtime(ends).build().token()),
    )
    .await;
    let set = answer.headers()[header::SET_COOKIE].to_str().unwrap();
    assert!(set.contains("; Max-Age=600;"), "{set}");
    let cookie = cookies(&answer).remove(0);
    let user = ask(&layer, with_cookie(&cookie)).await;
    assert_eq!(verdict(&user).user().unwrap().expires_at(), ends);
    let after = layer.clone().now(in_ten_minutes);
    assert!(no_session(&ask(&after, with_cookie(&cookie)).await));
}

/// The clock's skew lets such a ticket in; nothing is remembered of it.
#[tokio::test]
async fn a_ticket_that_has_ended_begins_no_session() {
    let scene = Scene::new();
    let layer = scene.layer().sessions(sessions());
    let ended = now() - Duration::from_secs(60);
    let token = scene.token().endtime(ended).build();
    let answer = ask(&layer, with_token(token.token())).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(cookies(&answer).is_empty());
    assert_eq!(verdict(&answer).user().unwrap().session(), None);
}

/// CVE-less, and found in the field: a cookie shorter than its seal.
#[tokio::test]
async fn a_cookie_of_any_length_that_nobody_sealed_is_no_session() {
    let scene = Scene::new();
    let layer = scene.layer().sessions(sessions());
    for length in (0..=64).chain([65, 100, 3000, 5000, 60_000]) {
        for symbol in ["A", "_", "=", "!"] {
            let cookie = format!("__Host-portcullis-session={}", symbol.repeat(length));
            assert!(
                no_session(&ask(&layer, with_cookie(&cookie)).await),
                "{length}"
            );
        }
    }
}

#[tokio::test]
async fn a_cookie_with_one_symbol_changed_or_cut_off_is_no_session() {
    let scene = Scene::new();
    let layer = scene.layer().sessions(sessions());
    let cookie = begin(&scene, &layer).await;
    let start = cookie.find('=').unwrap() + 1;
    for place in start..cookie.len() {
        let cut = &cookie[..place];
        assert!(no_session(&ask(&layer, with_cookie(cut)).await), "{place}");
        let mut changed = cookie.clone().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert!(
            no_session(&ask(&layer, with_cookie(&changed)).await),
            "{place}"
        );
    }
    let twice = format!("{cookie}; {cookie}");
    assert!(no_session(&ask(&layer, with_cookie(&twice)).await));
    assert_eq!(outcome(&ask(&layer, with_cookie(&cookie)).await), "session");
}

#[tokio::test]
async fn a_session_of_another_service_or_host_is_none() {
    let scene = Scene::new();
    let layer = scene.layer().sessions(sessions());
    let cookie = begin(&scene, &layer).await;
    let other = Sessions::new("HTTP/wiki.example.test", keys(&[KEY]));
    let other = scene.layer().sessions(other);
    assert!(no_session(&ask(&other, with_cookie(&cookie)).await));

    let mut elsewhere = with_cookie(&cookie);
    *elsewhere.uri_mut() = "https://wiki.example.test/".parse().unwrap();
    assert!(no_session(&ask(&layer, elsewhere).await));
}

/// The first key seals, all open: nodes change their files one after the other.
#[tokio::test]
async fn keys_are_changed_without_ending_sessions() {
    let scene = Scene::new();
    let node = |lines: &[&str]| {
        let sessions = Sessions::new("HTTP/web.example.test", keys(lines));
        scene.layer().sessions(sessions)
    };
    let old = begin(&scene, &node(&[KEY])).await;
    let during = node(&[NEXT_KEY, KEY]);
    let new = begin(&scene, &during).await;
    assert_eq!(outcome(&ask(&during, with_cookie(&old)).await), "session");
    let early = node(&[KEY, NEXT_KEY]);
    assert_eq!(outcome(&ask(&early, with_cookie(&new)).await), "session");
    let after = node(&[NEXT_KEY]);
    assert_eq!(outcome(&ask(&after, with_cookie(&new)).await), "session");
    assert!(no_session(&ask(&after, with_cookie(&old)).await));
}

#[tokio::test]
async fn keys_are_replaced_while_the_layer_is_in_use() {
    let scene = Scene::new();
    let sessions = sessions();
    let layer = scene.layer().sessions(sessions.clone());
    let cookie = begin(&scene, &layer).await;
    sessions.replace_keys(keys(&[NEXT_KEY, KEY]));
    assert_eq!(outcome(&ask(&layer, with_cookie(&cookie)).await), "session");
    sessions.replace_keys(SessionKeys::random().unwrap());
    assert!(no_session(&ask(&layer, with_cookie(&cookie)).await));
}

#[test]
fn a_file_of_keys_is_lines_of_32_octets() {
    let line = SessionKeys::new_line().unwrap();
    assert_ne!(line, SessionKeys::new_line().unwrap());
    let file = format!("# new\n{}\n\n  {KEY}  \n", *line);
    assert_eq!(
        format!("{:?}", SessionKeys::parse(&file).unwrap()),
        "SessionKeys(2 keys)"
    );
    let error = |text: &str| SessionKeys::parse(text).unwrap_err();
    assert_eq!(error("# none\n\n"), SessionKeysError::None);
    assert_eq!(error(&format!("{KEY}\n{KEY}x")), SessionKeysError::Line(2));
    assert_eq!(error("AAECAwQFBgcICQoLDA0ODw=="), SessionKeysError::Line(1));
    assert_eq!(
        error(&format!("{KEY}\n").repeat(17)),
        SessionKeysError::TooMany
    );
    let text = "line 2 is not the base64 of 32 octets";
    assert_eq!(SessionKeysError::Line(2).to_string(), text);
}

#[tokio::test]
async fn logging_out_takes_the_cookie_away_and_asks_for_no_login() {
    let scene = Scene::new();
    let sessions = sessions().logout_path("/logout");
    let layer = scene.layer().sessions(sessions);
    let cookie = begin(&scene, &layer).await;
    for mut request in [with_cookie(&cookie), nothing()] {
        *request.uri_mut() = "/logout?then=home".parse().unwrap();
        let answer = ask(&layer, request).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(outcome(&answer), "logged-out");
        let taken = answer.headers()[header::SET_COOKIE].to_str().unwrap();
        assert!(
            taken.starts_with("__Host-portcullis-session=; Path=/; Max-Age=0;"),
            "{taken}"
        );
        assert!(!answer.headers().contains_key(header::WWW_AUTHENTICATE));
    }
}

#[tokio::test]
async fn logging_out_ends_the_login_of_the_connection_too() {
    let scene = Scene::new();
    let layer = scene.layer().sessions(sessions().logout_path("/logout"));
    let (layer, connection) = (layer.connection_bound(), ConnectionState::new());
    let through = async |request| {
        let service = connection.layer(layer.layer(service_fn(realm::whoami)));
        outcome(&service.oneshot(request).await.unwrap())
    };
    assert_eq!(through(scene.login()).await, "accepted");
    assert_eq!(through(nothing()).await, "connection");
    let mut logout = nothing();
    *logout.uri_mut() = "/logout".parse().unwrap();
    assert_eq!(through(logout).await, "logged-out");
    assert_eq!(through(nothing()).await, "challenged");
}

/// An application may read the other of the two.
#[tokio::test]
async fn a_session_of_one_host_is_none_where_the_uri_says_another() {
    let scene = Scene::new();
    let layer = scene.layer().sessions(sessions());
    let cookie = begin(&scene, &layer).await;
    let mut request = with_cookie(&cookie);
    let other = HeaderValue::from_static("wiki.example.test");
    request.headers_mut().insert(header::HOST, other);
    *request.uri_mut() = "http://web.example.test/".parse().unwrap();
    assert!(no_session(&ask(&layer, request).await));
}

/// A token says more than a cookie: it has the last word, and begins another session.
#[tokio::test]
async fn a_token_beside_a_cookie_is_a_new_login() {
    let scene = Scene::new();
    let layer = scene.layer().sessions(sessions());
    let cookie = begin(&scene, &layer).await;
    let as_bob = with(scene.login_of("bob"), header::COOKIE, &cookie);
    let answer = ask(&layer, as_bob).await;
    assert_eq!(answer.body(), "bob@EXAMPLE.TEST by negotiate, ticket");
    assert_ne!(cookies(&answer), [cookie.as_str()]);
    let late = layer.clone().now(in_an_hour);
    let refused = with(scene.login(), header::COOKIE, &cookie);
    assert_eq!(outcome(&ask(&late, refused).await), "refused (skew)");
}

/// A browser would cut it: then there is Kerberos for each request.
#[tokio::test]
async fn a_user_who_does_not_fit_into_a_cookie_has_no_session() {
    let scene = Scene::new();
    let long = |_: &portcullis::Identity| Ok("x".repeat(3000));
    let layer = scene.layer().sessions(sessions()).user_names(long);
    let answer = ask(&layer, scene.login()).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(cookies(&answer).is_empty());
}

/// Its cookies would be those of the servers behind it.
#[tokio::test]
async fn a_proxy_has_no_sessions() {
    let scene = Scene::new();
    let cookie = begin(&scene, &scene.layer().sessions(sessions())).await;
    let proxy = scene
        .layer()
        .sessions(sessions().logout_path("/logout"))
        .proxy();
    let mut login = with(scene.login(), header::COOKIE, "__Host-portcullis-leg=x");
    let token = login.headers_mut().remove(header::AUTHORIZATION).unwrap();
    login
        .headers_mut()
        .insert(header::PROXY_AUTHORIZATION, token);
    let answer = ask(&proxy, login).await;
    assert_eq!(outcome(&answer), "accepted");
    assert!(!answer.headers().contains_key(header::SET_COOKIE));
    assert_eq!(
        outcome(&ask(&proxy, with_cookie(&cookie)).await),
        "challenged"
    );
    let mut logout = nothing();
    *logout.uri_mut() = "/logout".parse().unwrap();
    assert_eq!(outcome(&ask(&proxy, logout).await), "challenged");
}
