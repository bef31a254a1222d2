//! Groups of a real directory.

use std::sync::Arc;
use std::time::{Duration, Instant};

use portcullis::policy::GroupsError;
use portcullis_interop::peer::{Peer, present};
use portcullis_interop::slapd::{ADMIN, PASSWORD, Slapd};
use portcullis_store::{LdapGroups, LdapSettings};
use rustls::{ClientConfig, RootCertStore};
use tokio::runtime::Runtime;

const PEOPLE: &str = "ou=people,dc=example,dc=test";

fn slapd() -> Option<Slapd> {
    present(&[Peer::SLAPD]).then(|| {
        let staff: &[&str] = &["alice", "bob"];
        Slapd::start(
            &["alice", "bob", "carol"],
            &[
                ("cn=staff,ou=groups,dc=example,dc=test", staff),
                ("cn=Web Editors,ou=groups,dc=example,dc=test", &["alice"]),
                ("cn=owners,dc=example,dc=test", &["alice"]),
            ],
        )
    })
}

fn settings(url: &str) -> LdapSettings {
    LdapSettings::new(url, PEOPLE)
        .bind(ADMIN, PASSWORD)
        .under("ou=groups,dc=example,dc=test")
        .remembers(Duration::ZERO, 0)
}

fn in_clear(slapd: &Slapd) -> LdapSettings {
    settings(&slapd.url()).danger_in_clear()
}

/// Trusts the authority of `slapd`, or nobody.
fn trusting(slapd: Option<&Slapd>) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    if let Some(slapd) = slapd {
        roots.add(slapd.authority().into()).unwrap();
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let configuration = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap();
    Arc::new(
        configuration
            .with_root_certificates(roots)
            .with_no_client_auth(),
    )
}

fn groups_of(
    runtime: &Runtime,
    groups: &LdapGroups,
    user: &str,
) -> Result<Vec<String>, GroupsError> {
    runtime.block_on(groups.of(user, &format!("{user}@EXAMPLE.TEST")))
}

#[test]
fn a_user_is_in_the_groups_that_have_names() {
    let Some(slapd) = slapd() else { return };
    let runtime = Runtime::new().unwrap();
    let groups = LdapGroups::new(in_clear(&slapd)).unwrap();
    for (user, expected) in [
        ("alice", &["Web Editors", "staff"][..]),
        ("ALICE", &["Web Editors", "staff"]), // the directory's own rule for uid
        ("bob", &["staff"]),
        ("carol", &[]),
        ("mallory", &[]),
    ] {
        assert_eq!(
            groups_of(&runtime, &groups, user).unwrap(),
            expected,
            "{user}"
        );
    }
    let named = in_clear(&slapd).named("admins", "CN=Owners, dc=example,dc=test");
    let groups = LdapGroups::new(named).unwrap();
    let found = groups_of(&runtime, &groups, "alice").unwrap();
    assert_eq!(found, ["Web Editors", "admins", "staff"]);
}

#[test]
fn a_name_cannot_change_the_search() {
    let Some(slapd) = slapd() else { return };
    let runtime = Runtime::new().unwrap();
    let groups = LdapGroups::new(in_clear(&slapd)).unwrap();
    for user in [
        "*",
        "al*",
        "x)(uid=alice",
        "alice)(objectClass=*",
        "\\61lice",
        "a\0",
        "",
        "(",
    ] {
        assert_eq!(groups_of(&runtime, &groups, user), Ok(vec![]), "{user:?}");
    }
    let anybody = in_clear(&slapd).filter("(|(uid={user})(objectClass=person))");
    let groups = LdapGroups::new(anybody).unwrap();
    let error = groups_of(&runtime, &groups, "alice").unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("sizeLimitExceeded") || text.contains("finds two"),
        "{text}"
    );
}

#[test]
fn tls_trusts_whom_it_is_told_to_trust() {
    let Some(slapd) = slapd() else { return };
    let runtime = Runtime::new().unwrap();
    for (url, trusted) in [
        (slapd.tls_url(), true),
        (slapd.tls_url(), false),
        (slapd.url(), true),
        (slapd.url(), false),
    ] {
        let tls = trusting(trusted.then_some(&slapd));
        let mut settings = settings(&url).tls(tls);
        if url == slapd.url() {
            settings = settings.start_tls();
        }
        let found = groups_of(&runtime, &LdapGroups::new(settings).unwrap(), "bob");
        match trusted {
            true => assert_eq!(found.unwrap(), ["staff"], "{url}"),
            false => assert!(found.is_err(), "{url}: {found:?}"),
        }
    }
}

#[test]
fn a_wrong_password_of_ours_lets_nobody_in() {
    let Some(slapd) = slapd() else { return };
    let runtime = Runtime::new().unwrap();
    let wrong = LdapGroups::new(in_clear(&slapd).bind(ADMIN, "guess")).unwrap();
    let error = groups_of(&runtime, &wrong, "alice")
        .unwrap_err()
        .to_string();
    assert!(error.contains("invalidCredentials"), "{error}");
}

#[test]
fn without_the_directory_nobody_is_let_in_and_when_it_is_back_they_are_again() {
    let Some(mut slapd) = slapd() else { return };
    let runtime = Runtime::new().unwrap();
    let groups = LdapGroups::new(in_clear(&slapd)).unwrap();
    assert_eq!(groups_of(&runtime, &groups, "bob").unwrap(), ["staff"]);

    slapd.stop();
    for _ in 0..2 {
        let start = Instant::now();
        let error = groups_of(&runtime, &groups, "bob").unwrap_err().to_string();
        assert!(error.starts_with("groups are unknown: ldap://"), "{error}");
        assert!(start.elapsed() < Duration::from_secs(10));
    }
    slapd.restart();
    assert_eq!(groups_of(&runtime, &groups, "bob").unwrap(), ["staff"]);
}

#[test]
fn what_was_found_is_remembered_for_a_while() {
    let Some(mut slapd) = slapd() else { return };
    let runtime = Runtime::new().unwrap();
    let remembers = in_clear(&slapd).remembers(Duration::from_secs(3600), 1);
    let groups = LdapGroups::new(remembers).unwrap();
    assert_eq!(groups_of(&runtime, &groups, "bob").unwrap(), ["staff"]);
    slapd.stop();
    assert_eq!(groups_of(&runtime, &groups, "bob").unwrap(), ["staff"]);
    assert!(groups_of(&runtime, &groups, "alice").is_err());
}
