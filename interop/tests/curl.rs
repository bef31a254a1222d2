//! `curl --negotiate` against the axum example.

use portcullis_interop::http::{Server, example};
use portcullis_interop::login::Login;
use portcullis_interop::peer::{Peer, built, present};
use portcullis_interop::realm::MitRealm;

fn realm() -> Option<MitRealm> {
    let ready = present(&[Peer::MIT, Peer::CURL]) && built(&example());
    ready.then(MitRealm::start)
}

fn serve(realm: &MitRealm, name: &str, more: &[&str]) -> Server {
    Server::start(
        &example(),
        &realm.keytab(&format!("HTTP/{name}.example.test")),
        more,
    )
}

fn logs_in(login: &Login<'_>, name: &str, client: &str) {
    let server = serve(login.realm(), name, &[]);
    let host = format!("{name}.example.test");
    let (answer, log) = server.curl(login, &host);
    assert_eq!(answer.status, 200, "{log}");
    assert!(answer.body.contains(client), "{answer:?}");
    // curl gives our token to gss_init_sec_context, which verifies the AP-REP, and says so when it fails.
    assert!(
        log.contains("< www-authenticate: Negotiate ")
            || log.contains("< WWW-Authenticate: Negotiate "),
        "{log}"
    );
    assert!(!log.contains("gss_init_sec_context() failed"), "{log}");
}

#[test]
fn curl_logs_in_with_every_enctype() {
    let Some(realm) = realm() else { return };
    let alice = realm.login("alice");
    for name in [
        "e17", "e18", "e19", "e20", "s17", "s19", "s20", "b19", "b20",
    ] {
        logs_in(&alice, name, "alice@EXAMPLE.TEST");
    }
}

#[test]
fn curl_logs_in_from_another_realm() {
    let Some(realm) = realm() else { return };
    logs_in(&realm.login("carol@OTHER.TEST"), "e18", "carol@OTHER.TEST");
}

#[test]
fn a_header_that_is_sent_again_is_a_replay() {
    let Some(realm) = realm() else { return };
    let alice = realm.login("alice");
    let server = serve(&realm, "e18", &[]);
    let host = "e18.example.test";
    let (answer, log) = server.curl(&alice, host);
    assert_eq!(answer.status, 200, "{log}");
    let header = log
        .lines()
        .filter_map(|line| line.strip_prefix("> "))
        .find(|line| line.starts_with("Authorization: "));
    let header = header.expect("curl shows what it sent").trim();
    let (again, log) = server.curl_with(&alice, host, &["-H", header]);
    assert_eq!(again.status, 401, "{log}");
    assert!(!again.body.contains("alice"), "{again:?}");
    let (fresh, log) = server.curl(&alice, host);
    assert_eq!(fresh.status, 200, "a new token is no replay: {log}");
}

#[test]
fn without_credentials_there_is_a_bare_challenge() {
    let Some(realm) = realm() else { return };
    let server = serve(&realm, "e18", &[]);
    let (answer, log) = server.curl_with(&realm.login("alice"), "e18.example.test", &[]);
    assert_eq!(answer.status, 401);
    let challenge = log
        .lines()
        .filter_map(|line| line.strip_prefix("< "))
        .find(|line| line.to_ascii_lowercase().starts_with("www-authenticate:"));
    let value = challenge
        .and_then(|line| line.split_once(": "))
        .map(|(_, value)| value.trim());
    assert_eq!(value, Some("Negotiate"), "{log}");
}

#[test]
fn rc4_is_not_let_in_over_http_unless_it_is_allowed() {
    let Some(realm) = realm() else { return };
    // With RC4 alone the example would not even start.
    let keytab = realm.joined_keytab(&["HTTP/e23.example.test", "HTTP/e18.example.test"]);
    let alice = realm.login("alice");
    let (answer, log) = Server::start(&example(), &keytab, &[]).curl(&alice, "e23.example.test");
    assert_eq!(answer.status, 401, "{log}");
    let allowed = Server::start(&example(), &keytab, &["--allow", "rc4-hmac"]);
    let (answer, log) = allowed.curl(&alice, "e23.example.test");
    assert_eq!(answer.status, 200, "{log}");
}

#[test]
fn a_ticket_for_another_service_is_refused() {
    let Some(realm) = realm() else { return };
    let server = serve(&realm, "e17", &[]);
    let (answer, log) = server.curl(&realm.login("alice"), "e18.example.test");
    assert_eq!(answer.status, 401, "{log}");
}
