//! `portcullis serve`: a proxy asks who the client is.
#![cfg(target_os = "linux")]
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "test code")]

mod daemon;
mod program;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use core::time::Duration;
use daemon::{Daemon, Realm, authorization};
use portcullis_testrealm::Fault;

#[test]
fn a_proven_client_has_a_name_and_the_server_proves_itself() {
    let realm = Realm::new();
    let daemon = Daemon::start(&realm.keytab(), "");
    let token = realm.token("alice");

    let answer = daemon.get("/auth", &[&authorization(&token)]);

    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.field("remote-user"), Some("alice@EXAMPLE.TEST"));
    assert_eq!(answer.field("remote-name"), Some("alice@EXAMPLE.TEST"));
    assert_eq!(answer.field("remote-groups"), Some(""));
    assert_eq!(
        answer.field("x-envoy-auth-headers-to-remove"),
        Some("remote-groups")
    );
    assert_eq!(answer.field("cache-control"), Some("no-store"));
    let reply = answer.field("www-authenticate").unwrap();
    let reply = STANDARD.decode(reply.strip_prefix("Negotiate ").unwrap());
    token.finish(&reply.unwrap()).unwrap();
    let line = daemon.logged(&["event=verdict", "outcome=accepted"]);
    for part in [
        "status=200",
        "client=alice@EXAMPLE.TEST",
        "user=alice@EXAMPLE.TEST",
        "login=negotiate",
        "key=\"HTTP/localhost@EXAMPLE.TEST kvno 1 ",
        "path=/ ",
        "level=info",
    ] {
        assert!(line.contains(part), "{part}: {line}");
    }
}

#[test]
fn who_shows_nothing_is_challenged() {
    let realm = Realm::new();
    let daemon = Daemon::start(&realm.keytab(), "");

    let answer = daemon.get(
        "/auth",
        &["X-Original-URI: /app?secret=1", "User-Agent: test"],
    );

    assert_eq!(answer.status, 401);
    assert_eq!(answer.field("www-authenticate"), Some("Negotiate"));
    assert_eq!(answer.field("remote-user"), None);
    assert!(
        answer.body.starts_with("You are not signed in."),
        "{answer:?}"
    );
    let line = daemon.logged(&["outcome=challenged", "path=/app ", "agent=test"]);
    let id = answer.field("x-portcullis-id").unwrap();
    assert!(line.contains(&format!("id={id} ")), "{line}");
    assert!(answer.body.contains(id), "{answer:?}");
}

#[test]
fn a_person_sees_a_page_with_the_reference_and_no_reason() {
    let realm = Realm::new();
    let daemon = Daemon::start(&realm.keytab(), "");
    let token = realm.token_of("alice", |token| token.fault(Fault::Expired));

    let answer = daemon.get("/auth", &[&authorization(&token), "Accept: text/html,*/*"]);

    assert_eq!(answer.status, 401);
    assert!(
        answer
            .field("content-type")
            .unwrap()
            .starts_with("text/html")
    );
    assert!(
        answer.body.contains("Your Kerberos login was refused."),
        "{answer:?}"
    );
    assert!(!answer.body.contains("alice"), "{answer:?}");
    let id = answer.field("x-portcullis-id").unwrap();
    assert!(
        answer.body.contains(&format!("<code>{id}</code>")),
        "{answer:?}"
    );
    let line = daemon.logged(&[&format!("id={id} "), "kind=expired"]);
    for part in [
        "level=warning",
        "blame=",
        "remedy=",
        "reason=\"alice@EXAMPLE.TEST's ticket expired",
    ] {
        assert!(line.contains(part), "{part}: {line}");
    }
}

#[test]
fn a_token_lets_in_once() {
    let realm = Realm::new();
    let daemon = Daemon::start(&realm.keytab(), "");
    let field = realm.authorization("alice");

    assert_eq!(daemon.get("/auth", &[&field]).status, 200);
    assert_eq!(daemon.get("/auth", &[&field]).status, 401);
    daemon.logged(&["kind=replay"]);
}

#[test]
fn nobody_says_who_they_are() {
    let realm = Realm::new();
    let daemon = Daemon::start(
        &realm.keytab(),
        "[headers]\nuser = 'X-User'\nprincipal = 'X-Principal'\nname = ''",
    );

    let spoofed = [
        "X-User: admin",
        "x_user: admin",
        "X-PRINCIPAL: admin",
        "Remote-Groups: wheel",
    ];
    let answer = daemon.get("/auth", &spoofed);
    assert_eq!(answer.status, 401);
    assert!(!format!("{answer:?}").contains("admin"), "{answer:?}");

    let field = realm.authorization("alice");
    let answer = daemon.get("/auth", &[&spoofed[..], &[&field]].concat());
    assert_eq!(answer.field("x-user"), Some("alice@EXAMPLE.TEST"));
    assert_eq!(answer.field("x-principal"), Some("alice@EXAMPLE.TEST"));
    assert_eq!(answer.field("remote-groups"), Some(""));
    assert!(!format!("{answer:?}").contains("admin"), "{answer:?}");
    let metrics = daemon.get("/metrics", &[]).body;
    assert!(
        metrics.contains("\nportcullis_stripped_total 2\n"),
        "{metrics}"
    );
}

#[test]
fn clients_have_the_names_that_the_file_gives_them() {
    let realm = Realm::new();
    let names =
        "[names]\nforget_realms = ['EXAMPLE.TEST']\nmap = { 'bob@EXAMPLE.TEST' = 'robert' }";
    let daemon = Daemon::start(&realm.keytab(), names);

    for (client, user) in [("alice", "alice"), ("bob", "robert")] {
        let answer = daemon.get("/auth", &[&realm.authorization(client)]);
        assert_eq!(answer.field("remote-user"), Some(user));
    }
    let abroad = realm.token_of("alice", |token| token.client_realm("OTHER.TEST"));
    let answer = daemon.get("/auth", &[&authorization(&abroad)]);
    assert_ne!(answer.field("remote-user"), Some("alice"), "{answer:?}");
}

#[test]
fn who_may_not_is_told_so_and_no_more() {
    let realm = Realm::new();
    let routes = "[[route]]\npath = '/admin'\nrequire.users = ['root@EXAMPLE.TEST']";
    let daemon = Daemon::start(&realm.keytab(), routes);
    let get = |field: &str| daemon.get("/auth", &[field, &realm.authorization("alice")]);

    assert_eq!(get("X-Forwarded-Uri: /index").status, 200);
    let answer = get("X-Forwarded-Uri: /%61dmin/x?y");
    assert_eq!(answer.status, 403, "{answer:?}");
    assert_eq!(answer.field("remote-user"), None);
    assert!(!answer.body.contains("root"), "{answer:?}");
    daemon.logged(&[
        "outcome=forbidden",
        "rule=\"route /admin require.users: root@EXAMPLE.TEST\"",
    ]);
    let envoy = daemon.get("/auth/admin", &[&realm.authorization("alice")]);
    assert_eq!(envoy.status, 403);
    let two = [
        "X-Forwarded-Uri: /a",
        "X-Original-URI: /admin",
        &realm.authorization("alice"),
    ];
    assert_eq!(daemon.get("/auth", &two).status, 400);
}

#[test]
fn new_keys_count_when_they_are_there() {
    let (old, new) = (Realm::new(), Realm::new());
    let rotated = new.realm.service_with("HTTP/localhost").kvnos([7]).build();
    let keytab = old.keytab();
    let daemon = Daemon::start(&keytab, "[limits]\nreload = 1");
    let accepted = |realm: &Realm| daemon.get("/auth", &[&realm.authorization("alice")]).status;
    assert_eq!(accepted(&old), 200);

    std::fs::write(&keytab, b"\x05\x02damaged").unwrap();
    daemon.logged(&["event=keytab", "level=error", "the old one stays"]);
    assert_eq!(accepted(&old), 200);

    std::fs::write(&keytab, rotated.keytab_octets()).unwrap();
    daemon.logged(&["event=keytab", "read again"]);
    let new = Realm {
        service: rotated,
        ..new
    };
    assert_eq!(accepted(&new), 200);
    daemon.signal("HUP");
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(accepted(&new), 200);
    let metrics = daemon.get("/metrics", &[]).body;
    assert!(
        metrics.contains("portcullis_reloads_total{result=\"ok\"} 2\n"),
        "{metrics}"
    );
    assert!(
        metrics.contains("portcullis_reloads_total{result=\"failed\"} 1\n"),
        "{metrics}"
    );
}

#[test]
fn it_is_well_and_counts() {
    let realm = Realm::new();
    let daemon = Daemon::start(&realm.keytab(), "");
    daemon.get("/auth", &[&realm.authorization("alice")]);
    daemon.get("/auth", &["Authorization: Negotiate !"]);
    daemon.get("/auth", &[]);

    assert_eq!(daemon.get("/healthz", &[]).body, "ok\n");
    assert_eq!(daemon.request("POST /healthz", &[], "").status, 405);
    assert_eq!(daemon.get("/author", &[]).status, 404);
    let metrics = daemon.get("/metrics", &[]).body;
    for line in [
        "portcullis_verdicts_total{outcome=\"accepted\",kind=\"negotiate\"} 1",
        "portcullis_verdicts_total{outcome=\"challenged\",kind=\"\"} 1",
        "portcullis_verdicts_total{outcome=\"refused\",kind=\"header-base64\"} 1",
        "portcullis_request_seconds_count 3",
        "portcullis_request_seconds_bucket{le=\"+Inf\"} 3",
    ] {
        assert!(metrics.lines().any(|it| it == line), "{line}: {metrics}");
    }
}

#[test]
fn it_ends_well_when_it_is_told_to() {
    let realm = Realm::new();
    for signal in ["INT", "TERM"] {
        let mut daemon = Daemon::start(&realm.keytab(), "");
        daemon.signal(signal);
        assert_eq!(daemon.wait(), Some(0), "{signal}");
        daemon.logged(&["event=gone", "everybody was answered"]);
    }
}

#[test]
fn json_lines_are_objects() {
    let realm = Realm::new();
    let log = program::file("log", b"");
    let config = daemon::config(&realm.keytab(), "[log]\nformat = 'json'");
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_portcullis"))
        .arg("serve")
        .arg(config)
        .stderr(std::fs::File::create(&log).unwrap())
        .spawn()
        .unwrap();
    let lines = || std::fs::read_to_string(&log).unwrap();
    while !lines().contains("ready") {
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    for line in lines().lines() {
        let object: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(
            object["time"].is_string() && object["event"].is_string(),
            "{line}"
        );
    }
}

/// Nobody comes in by saying what a browser asks, unless the proxy says that it is that.
#[test]
fn a_proxy_lets_preflights_through_where_that_is_said() {
    let realm = Realm::new();
    let switched_on = Daemon::start(&realm.keytab(), "[cors]\npreflight = true");
    let origin = "Origin: https://other.example.test";
    let fields = [origin, "Access-Control-Request-Method: PUT"];
    let options = "X-Original-Method: OPTIONS";
    let answer = switched_on.get("/auth", &[&fields[..], &[options]].concat());
    assert_eq!(
        (answer.status, answer.field("remote-user")),
        (200, Some(""))
    );
    assert_eq!(answer.field("remote-groups"), Some(""));
    switched_on.logged(&["outcome=preflight", "method=OPTIONS"]);

    assert_eq!(switched_on.get("/auth", &fields).status, 401);
    let get = "X-Original-Method: GET";
    let claimed = [&fields[..], &[get, "X-Forwarded-Method: OPTIONS"]].concat();
    assert_eq!(switched_on.get("/auth", &claimed).status, 400);
    let by_envoy = [&fields[..], &[options]].concat();
    assert_eq!(switched_on.get("/auth/api", &by_envoy).status, 401);
    let asked = switched_on.request("OPTIONS /auth/api", &fields, "");
    assert_eq!(asked.status, 200);

    let off = Daemon::start(&realm.keytab(), "");
    let answer = off.get("/auth", &[&fields[..], &[options]].concat());
    assert_eq!((answer.status, answer.field("remote-user")), (401, None));
}
