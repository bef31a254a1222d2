//! `portcullis serve`: what the operator sees, and what applications act with.
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
use daemon::{Daemon, Realm, authorization};
use portcullis_testrealm::Fault;
use std::os::unix::fs::PermissionsExt;
use std::time::{Instant, SystemTime};

const STATUS: &str = "[status]\nrequire.users = ['root@EXAMPLE.TEST']";

#[test]
fn the_operator_sees_what_was_refused_and_what_to_do() {
    let realm = Realm::new();
    let daemon = Daemon::start(&realm.keytab(), STATUS);
    let expired = realm.token_of("alice", |token| token.fault(Fault::Expired));
    daemon.get(
        "/auth",
        &[&authorization(&expired), "X-Original-URI: /<b>&\"'"],
    );
    daemon.get("/auth", &[&realm.authorization("alice")]);

    let answer = daemon.get("/portcullis/status", &[&realm.authorization("root")]);

    assert_eq!(answer.status, 200, "{answer:?}");
    let page = &answer.body;
    for part in [
        "You are root@EXAMPLE.TEST.",
        "alice@EXAMPLE.TEST&#39;s ticket expired",
        "<p class=remedy>",
        "/&lt;b&gt;&amp;&quot;&#39;",
        "HTTP/localhost@EXAMPLE.TEST <small>kvno 1, aes256-cts-hmac-sha1-96 (18)</small>",
        "<dt>Replay cache</dt><dd>in memory, 2 of 1048576<meter",
        "<dt>refused: expired</dt><dd>1</dd>",
        "<dt>Clock since the start</dt><dd>not set</dd>",
        "<meta name=viewport",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("<script") && !page.contains("<b>"), "{page}");
    let policy = answer.field("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
}

#[test]
fn nobody_else_sees_it() {
    let realm = Realm::new();
    let daemon = Daemon::start(&realm.keytab(), STATUS);
    assert_eq!(daemon.get("/portcullis/status", &[]).status, 401);
    let answer = daemon.get("/portcullis/status", &[&realm.authorization("alice")]);
    assert_eq!(answer.status, 403);
    daemon.logged(&["rule=\"status.require.users: root@EXAMPLE.TEST\""]);

    let without = Daemon::start(&realm.keytab(), "");
    let answer = without.get("/portcullis/status", &[&realm.authorization("root")]);
    assert_eq!(answer.status, 404);
}

#[test]
fn the_application_may_act_as_who_delegates() {
    let realm = Realm::new();
    let directory = program::directory().join("ccache");
    let more = format!(
        "[headers]\nccache = 'X-Ccache'\n[delegation]\ndirectory = '{}'",
        directory.display()
    );
    let mut daemon = Daemon::start(&realm.keytab(), &more);
    let get = |field: &str| daemon.get("/auth", &[field, "X-Ccache: FILE:/etc/passwd"]);
    assert_eq!(
        get(&realm.authorization("alice")).field("x-ccache"),
        Some("")
    );

    let token = realm.token_of("alice", |token| token.delegate());
    let answer = get(&authorization(&token));

    assert_eq!(answer.status, 200, "{answer:?}");
    let name = answer.field("x-ccache").unwrap();
    let path = directory.join("alice@EXAMPLE.TEST");
    assert_eq!(name, format!("FILE:{}", path.display()));
    assert_eq!(std::fs::read(&path).unwrap()[..2], [5, 4]);
    let mode =
        |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&directory), mode(&path)), (0o700, 0o600));

    assert_eq!(
        get(&realm.authorization("alice")).field("x-ccache"),
        Some(name)
    );
    assert_eq!(get(&realm.authorization("bob")).field("x-ccache"), Some(""));

    // Somebody removed it; the next login has it there again.
    std::fs::remove_file(&path).unwrap();
    assert_eq!(
        get(&authorization(
            &realm.token_of("alice", |token| token.delegate())
        ))
        .status,
        200
    );
    assert!(path.exists());
    daemon.signal("TERM");
    daemon.wait();
    assert_eq!(std::fs::read_dir(&directory).unwrap().count(), 0);
}

#[test]
fn a_credential_that_has_ended_is_swept_away() {
    let realm = Realm::new();
    let directory = program::directory().join("ccache");
    let more = format!("[delegation]\ndirectory = '{}'", directory.display());
    let daemon = Daemon::start(&realm.keytab(), &more);
    let end = SystemTime::now() + Duration::from_secs(3);
    for (user, end) in [("alice", end), ("bob", end + Duration::from_secs(600))] {
        let token = realm.token_of(user, |token| token.endtime(end).delegate());
        assert_eq!(daemon.get("/auth", &[&authorization(&token)]).status, 200);
        assert!(directory.join(format!("{user}@EXAMPLE.TEST")).exists());
    }
    let deadline = Instant::now() + Duration::from_secs(20);
    while directory.join("alice@EXAMPLE.TEST").exists() {
        assert!(Instant::now() < deadline, "it stays");
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(directory.join("bob@EXAMPLE.TEST").exists());
}

#[test]
fn what_was_left_behind_is_removed_and_nothing_else() {
    let realm = Realm::new();
    let directory = program::directory();
    std::fs::set_permissions(&directory, std::fs::Permissions::from_mode(0o700)).unwrap();
    std::fs::write(directory.join("bob@EXAMPLE.TEST"), b"\x05\x04old").unwrap();
    std::fs::write(directory.join("notes"), b"mine").unwrap();
    let more = format!("[delegation]\ndirectory = '{}'", directory.display());
    let _daemon = Daemon::start(&realm.keytab(), &more);

    let left = std::fs::read_dir(&directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    assert_eq!(left.collect::<Vec<_>>(), ["notes"]);
}

#[test]
fn a_directory_of_others_is_refused() {
    let realm = Realm::new();
    let directory = program::directory();
    std::fs::set_permissions(&directory, std::fs::Permissions::from_mode(0o777)).unwrap();
    let more = format!("[delegation]\ndirectory = '{}'", directory.display());
    let config = daemon::config(&realm.keytab(), &more);
    let said = program::run(&["serve", "--check", config.to_str().unwrap()]);

    assert_eq!(said.status, 2);
    assert!(
        said.error
            .contains("line 4: delegation.directory: others may write"),
        "{}",
        said.error
    );
}
