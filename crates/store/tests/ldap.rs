//! Groups of a directory: settings that make no sense, and directories that do not answer. A real
//! one is met in `interop`.
#![allow(clippy::unwrap_used, reason = "test code")]

use core::time::Duration;
use portcullis_store::{LdapGroups, LdapSettings, LdapSettingsError};
use std::net::TcpListener;
use std::time::Instant;

const BASE: &str = "dc=example,dc=test";

fn settings(url: &str) -> LdapSettings {
    LdapSettings::new(url, BASE).under(BASE)
}

fn refused(settings: LdapSettings) -> LdapSettingsError {
    LdapGroups::new(settings).unwrap_err()
}

#[test]
fn a_directory_in_clear_is_taken_when_that_is_said_alone() {
    for url in ["ldap://host", "host", "http://host"] {
        assert_eq!(
            refused(settings(url)),
            LdapSettingsError::InClear(url.to_owned())
        );
    }
    let clear = "ldap://host";
    assert!(LdapGroups::new(settings(clear).start_tls()).is_ok());
    assert!(LdapGroups::new(settings(clear).danger_in_clear()).is_ok());
    assert!(LdapGroups::new(settings("ldaps://host")).is_ok());
}

#[test]
fn settings_that_let_everybody_in_are_refused() {
    let secure = || settings("ldaps://host");
    let filter = "(uid=alice)".to_owned();
    assert_eq!(
        refused(secure().filter(&filter)),
        LdapSettingsError::Filter(filter)
    );
    let account = "cn=web".to_owned();
    assert_eq!(
        refused(secure().bind(&account, "")),
        LdapSettingsError::NoPassword(account)
    );
    let nameless = LdapSettings::new("ldaps://host", BASE);
    assert_eq!(refused(nameless), LdapSettingsError::NoNames);
}

#[tokio::test]
async fn a_directory_that_does_not_answer_costs_the_timeout_and_no_more() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("ldap://{}", listener.local_addr().unwrap());
    let settings = settings(&url)
        .danger_in_clear()
        .timeout(Duration::from_millis(200));
    let groups = LdapGroups::new(settings).unwrap();
    for _ in 0..2 {
        let start = Instant::now();
        let error = groups.of("alice", "alice@EXAMPLE.TEST").await.unwrap_err();
        let expected = format!("groups are unknown: {url}: no answer within 200ms");
        assert_eq!(error.to_string(), expected);
        assert!(start.elapsed() < Duration::from_secs(3));
    }
}

#[test]
fn settings_do_not_print_the_password() {
    let settings = settings("ldaps://host").bind("cn=web", "hunter2");
    assert!(!format!("{:?}", LdapGroups::new(settings).unwrap()).contains("hunter2"));
}
