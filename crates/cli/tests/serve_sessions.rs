//! `portcullis serve`: one login, then a cookie; and memories that others share.
#![cfg(target_os = "linux")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "test code"
)]

mod daemon;
mod program;

use core::time::Duration;
use daemon::{Answer, Daemon, Realm, authorization};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

fn key_file() -> PathBuf {
    program::directory().join("session.keys")
}

fn sessions(keys: &Path) -> String {
    format!(
        "[sessions]\nkey_file = '{}'\nlogout = '/logout'",
        keys.display()
    )
}

/// The field by which a browser shows the cookie that it was given.
fn cookie(answer: &Answer) -> String {
    let set = answer.field("set-cookie").unwrap();
    for attribute in ["; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"] {
        assert!(set.contains(attribute), "{set}");
    }
    assert!(set.starts_with("__Host-portcullis-session="), "{set}");
    format!("Cookie: {}", set.split(';').next().unwrap())
}

#[test]
fn after_a_login_a_cookie_will_do_on_every_node() {
    let realm = Realm::new();
    let keys = key_file();
    let one = Daemon::start(&realm.keytab(), &sessions(&keys));
    let mode = std::fs::metadata(&keys).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let cookie = cookie(&one.get("/auth", &[&realm.authorization("alice")]));

    let another = Daemon::start(&realm.keytab(), &sessions(&keys));
    for node in [&one, &another] {
        let answer = node.get("/auth", &[&cookie]);
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.field("remote-user"), Some("alice@EXAMPLE.TEST"));
        assert_eq!(answer.field("set-cookie"), None);
        node.logged(&[
            "outcome=accepted",
            "login=session",
            "client=alice@EXAMPLE.TEST",
        ]);
    }
    let elsewhere = one.get("/auth", &[&cookie, "X-Forwarded-Host: other.example.test"]);
    assert_eq!(elsewhere.status, 401);
    let forged = cookie.replace("session=", "session=A");
    assert_eq!(one.get("/auth", &[&forged]).status, 401);
}

#[test]
fn a_session_says_what_its_login_said() {
    let realm = Realm::new();
    let daemon = Daemon::start(&realm.keytab(), &sessions(&key_file()));
    realm.wind();
    let alice = realm.realm.user_with("alice");
    let alice = alice.full_name("Alice Liddell").build();
    let token = alice.token_for(&realm.service).with_pac().spnego();
    let login = daemon.get("/auth", &[&authorization(&token.build())]);
    let again = daemon.get("/auth", &[&cookie(&login)]);
    let said = |answer: &Answer| -> Vec<_> {
        let is_said = |(name, _): &&(String, String)| name.starts_with("remote-");
        answer.fields.iter().filter(is_said).cloned().collect()
    };
    assert_eq!(said(&login).len(), 3, "{login:?}");
    assert_eq!(said(&login), said(&again));
    assert_eq!(login.field("remote-name"), Some("Alice Liddell"));
}

/// Who reads the keys makes sessions of anybody.
#[test]
fn keys_that_others_may_read_are_refused() {
    let realm = Realm::new();
    let keys = key_file();
    std::fs::write(&keys, "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=\n").unwrap();
    let config = daemon::config(&realm.keytab(), &sessions(&keys));
    for (mode, status) in [(0o640, 2), (0o604, 2), (0o620, 2), (0o600, 0), (0o400, 0)] {
        std::fs::set_permissions(&keys, std::fs::Permissions::from_mode(mode)).unwrap();
        let said = program::run(&["serve", "--check", config.to_str().unwrap()]);
        assert_eq!(said.status, status, "{mode:o}: {}", said.error);
        assert_eq!(said.error.contains("others may read"), status == 2);
    }
}

#[test]
fn a_session_ends_with_its_ticket() {
    let realm = Realm::new();
    let daemon = Daemon::start(&realm.keytab(), &sessions(&key_file()));
    let token = realm.token_of("alice", |token| {
        token.endtime(SystemTime::now() + Duration::from_secs(3))
    });
    let cookie = cookie(&daemon.get("/auth", &[&authorization(&token)]));

    assert_eq!(daemon.get("/auth", &[&cookie]).status, 200);
    std::thread::sleep(Duration::from_secs(4));
    assert_eq!(daemon.get("/auth", &[&cookie]).status, 401);
}

#[test]
fn a_user_may_go() {
    let realm = Realm::new();
    let daemon = Daemon::start(&realm.keytab(), &sessions(&key_file()));
    let cookie = cookie(&daemon.get("/auth", &[&realm.authorization("alice")]));

    let answer = daemon.get("/auth", &[&cookie, "X-Forwarded-Uri: /logout"]);

    assert_eq!((answer.status, answer.field("remote-user")), (403, None));
    let gone = answer.field("set-cookie").unwrap();
    assert!(gone.contains("Max-Age=0"), "{gone}");
    assert!(answer.body.starts_with("You are signed out."), "{answer:?}");
    daemon.logged(&["outcome=logged-out"]);
}

#[test]
fn sessions_of_keys_that_are_taken_away_are_over() {
    let realm = Realm::new();
    let keys = key_file();
    let daemon = Daemon::start(
        &realm.keytab(),
        &format!("{}\n[limits]\nreload = 1", sessions(&keys)),
    );
    let cookie = cookie(&daemon.get("/auth", &[&realm.authorization("alice")]));
    let old = std::fs::read_to_string(&keys).unwrap();

    std::fs::write(&keys, "not a key\n").unwrap();
    daemon.logged(&["event=\"session keys\"", "the old one stays"]);
    assert_eq!(daemon.get("/auth", &[&cookie]).status, 200);

    let new = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=\n";
    std::fs::write(&keys, format!("{new}{old}")).unwrap();
    daemon.logged(&["event=\"session keys\"", "read again"]);
    assert_eq!(daemon.get("/auth", &[&cookie]).status, 200);

    std::fs::write(&keys, new).unwrap();
    daemon.signal("HUP");
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(daemon.get("/auth", &[&cookie]).status, 401);
}

#[test]
fn daemons_that_share_a_file_share_a_memory() {
    let realm = Realm::new();
    let replay = format!(
        "[replay]\nfile = '{}'",
        program::directory().join("rcache").display()
    );
    let (one, another) = (
        Daemon::start(&realm.keytab(), &replay),
        Daemon::start(&realm.keytab(), &replay),
    );
    let field = realm.authorization("alice");

    assert_eq!(one.get("/auth", &[&field]).status, 200);
    assert_eq!(another.get("/auth", &[&field]).status, 401);
    another.logged(&["kind=replay"]);
}

/// What was accepted before the start is not in a memory that begins with it.
#[test]
fn a_token_of_before_the_start_is_refused_unless_a_file_remembers() {
    let realm = Realm::new();
    let replay = format!(
        "[replay]\nfile = '{}'",
        program::directory().join("rcache").display()
    );
    let field = realm.authorization("alice");
    std::thread::sleep(Duration::from_millis(1100));

    let forgetful = Daemon::start(&realm.keytab(), "");
    assert_eq!(forgetful.get("/auth", &[&field]).status, 401);
    let mindful = Daemon::start(&realm.keytab(), &replay);
    assert_eq!(mindful.get("/auth", &[&field]).status, 200);
}

#[test]
fn without_the_store_nobody_comes_in() {
    let realm = Realm::new();
    let nowhere = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let daemon = Daemon::start(&realm.keytab(), &format!("[replay]\nredis = '{nowhere}'"));

    let answer = daemon.get("/auth", &[&realm.authorization("alice")]);

    assert_eq!((answer.status, answer.field("remote-user")), (503, None));
    assert_eq!(answer.field("www-authenticate"), None);
    daemon.logged(&[
        "outcome=failed",
        "level=error",
        "kind=replay-cache",
        "unreachable",
    ]);
}
