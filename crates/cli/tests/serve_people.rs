//! `portcullis serve`: groups from elsewhere, and people without tickets.
#![cfg(target_os = "linux")]
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "test code")]

mod daemon;
mod program;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use daemon::{Answer, Daemon, Realm, authorization};
use portcullis_testrealm::{ServedKdc, TestRealm};

const HTTPS: &str = "X-Forwarded-Proto: https";

#[test]
fn a_file_says_who_is_in_which_group() {
    let realm = Realm::new();
    let groups = program::file(
        "groups",
        b"staff: alice@EXAMPLE.TEST\nall: alice@EXAMPLE.TEST bob@EXAMPLE.TEST\n",
    );
    let more = format!(
        "[groups]\nfile = '{}'\n[authorize]\ngroups = ['staff']\n[limits]\nreload = 1",
        groups.display()
    );
    let daemon = Daemon::start(&realm.keytab(), &more);
    let get = |user: &str| daemon.get("/auth", &[&realm.authorization(user)]);

    assert_eq!(get("alice").field("remote-groups"), Some("all,staff"));
    assert_eq!(get("bob").status, 403);
    daemon.logged(&[
        "outcome=forbidden",
        "kind=groups",
        "rule=\"authorize.groups: staff\"",
    ]);

    std::fs::write(&groups, "no group").unwrap();
    daemon.logged(&["event=groups", "level=error", "line 1 lists no group"]);
    assert_eq!(get("alice").status, 200);
    std::fs::write(&groups, "staff: bob@EXAMPLE.TEST\n").unwrap();
    daemon.logged(&["event=groups", "read again"]);
    assert_eq!(get("bob").field("remote-groups"), Some("staff"));
    assert_eq!(get("alice").status, 403);
}

/// A domain controller of a trusted realm could make its users our administrators.
#[test]
fn a_realm_speaks_of_the_domains_that_it_may_speak_of() {
    let realm = Realm::new();
    let (own, admins) = (realm.realm.domain_sid(), "S-1-5-21-1-2-3-512");
    let login = || {
        realm.wind();
        let alice = realm.realm.user_with("alice").in_groups(["staff"]);
        let alice = alice.extra_sids([admins.parse().unwrap()]).build();
        authorization(&alice.token_for(&realm.service).spnego().build())
    };
    let groups = |realms: &str| {
        let more = format!("[names]\nall_groups = true\n{realms}");
        let daemon = Daemon::start(&realm.keytab(), &more);
        let answer = daemon.get("/auth", &[&login()]);
        let groups = answer.field("remote-groups").map(str::to_owned);
        (answer.status, groups.unwrap_or_default())
    };
    let staff = realm.realm.group("staff").sid().to_string();
    let with_staff = |(status, groups): (u16, String)| {
        assert!(groups.contains(&staff), "{groups}");
        (status, groups.contains(admins))
    };
    assert_eq!(with_staff(groups("")), (200, true));
    let any = groups("[realms.'EXAMPLE.TEST']\nsids = ['any']");
    assert_eq!(with_staff(any), (200, true));
    let confined = groups(&format!("[realms.'EXAMPLE.TEST']\nsids = ['{own}']"));
    assert_eq!(with_staff(confined), (200, false));
    for others in ["['S-1-5-21-1-2-3']", "[]"] {
        let refused = groups(&format!("[realms.'EXAMPLE.TEST']\nsids = {others}"));
        assert_eq!(refused, (401, String::new()), "{others}");
    }
}

#[test]
fn a_directory_that_does_not_answer_lets_nobody_in() {
    let realm = Realm::new();
    let nowhere = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let more = format!(
        "[groups.ldap]\nurl = 'ldap://{nowhere}'\nbase = 'dc=example'\nunder = ['ou=groups,dc=example']\n\
         danger_in_clear = true"
    );
    let daemon = Daemon::start(&realm.keytab(), &more);

    assert_eq!(
        daemon.get("/auth", &[&realm.authorization("alice")]).status,
        503
    );
    daemon.logged(&["outcome=failed", "kind=groups-unknown", "blame=environment"]);
}

/// A daemon that takes passwords which this realm's KDC knows.
fn takes_passwords(of: &TestRealm) -> (Realm, ServedKdc, Daemon) {
    of.user_with_password("alice", "secret");
    let kdc = of.kdc().serve(program::directory(), 0).unwrap();
    let realm = Realm::new();
    let more = format!(
        "[passwords]\nservice = 'HTTP/localhost@EXAMPLE.TEST'\nkdcs = {{ 'EXAMPLE.TEST' = ['{}'] }}",
        kdc.address()
    );
    let daemon = Daemon::start(&realm.keytab(), &more);
    (realm, kdc, daemon)
}

fn basic(user: &str, password: &str) -> String {
    format!(
        "Authorization: Basic {}",
        STANDARD.encode(format!("{user}:{password}"))
    )
}

fn challenges(answer: &Answer) -> Vec<&str> {
    let all = answer
        .fields
        .iter()
        .filter(|(name, _)| name == "www-authenticate");
    all.map(|(_, value)| value.as_str()).collect()
}

#[test]
fn a_password_will_do_over_tls() {
    let realm = TestRealm::new("EXAMPLE.TEST");
    realm.service("HTTP/localhost");
    let (_, _kdc, daemon) = takes_passwords(&realm);

    let asked = daemon.get("/auth", &[HTTPS]);
    assert_eq!(
        challenges(&asked),
        ["Negotiate", "Basic realm=\"Kerberos\", charset=\"UTF-8\""]
    );
    let answer = daemon.get("/auth", &[HTTPS, &basic("alice", "secret")]);
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.field("remote-user"), Some("alice@EXAMPLE.TEST"));

    for (user, password) in [("alice", "guess"), ("mallory", "secret"), ("alice", "")] {
        let answer = daemon.get("/auth", &[HTTPS, &basic(user, password)]);
        assert_eq!(
            (answer.status, challenges(&answer).len()),
            (401, 2),
            "{answer:?}"
        );
        assert!(
            answer.body.starts_with("Your name and your password"),
            "{answer:?}"
        );
    }
    daemon.logged(&["outcome=refused", "kind=password"]);
    let in_clear = daemon.get("/auth", &[&basic("alice", "secret")]);
    assert_eq!(
        (in_clear.status, challenges(&in_clear)),
        (401, vec!["Negotiate"])
    );
}

#[test]
fn who_tries_too_often_waits() {
    let realm = TestRealm::new("EXAMPLE.TEST");
    realm.service("HTTP/localhost");
    let (_, _kdc, daemon) = takes_passwords(&realm);

    let guess = |_| {
        daemon
            .get("/auth", &[HTTPS, &basic("alice", "guess")])
            .status
    };
    let tries: Vec<_> = (0..7).map(guess).collect();
    assert_eq!(tries.last(), Some(&429), "{tries:?}");
    let answer = daemon.get("/auth", &[HTTPS, &basic("alice", "secret")]);
    assert_eq!(answer.status, 429);
    assert!(answer.body.starts_with("There were too many"), "{answer:?}");
    let seconds: Option<u64> = answer
        .field("retry-after")
        .and_then(|text| text.parse().ok());
    assert!(
        seconds.is_some_and(|seconds| (1..=300).contains(&seconds)),
        "{answer:?}"
    );
}

/// CVE-2015-3206: whoever answers in the KDC's place knows the password, since he made it up.
#[test]
fn a_kdc_that_does_not_know_our_key_lets_nobody_in() {
    let fake = TestRealm::with_seed("EXAMPLE.TEST", &[0x66; 32]);
    fake.service("HTTP/localhost");
    let (_, _kdc, daemon) = takes_passwords(&fake);

    let answer = daemon.get("/auth", &[HTTPS, &basic("alice", "secret")]);
    assert_eq!((answer.status, answer.field("remote-user")), (503, None));
    daemon.logged(&["outcome=failed", "kind=password", "blame=configuration"]);
}

#[test]
fn without_a_kdc_nobody_is_told_that_the_password_is_wrong() {
    let realm = TestRealm::new("EXAMPLE.TEST");
    realm.service("HTTP/localhost");
    let (_, kdc, daemon) = takes_passwords(&realm);
    drop(kdc);

    let answer = daemon.get("/auth", &[HTTPS, &basic("alice", "secret")]);
    assert_eq!(answer.status, 503, "{answer:?}");
}
