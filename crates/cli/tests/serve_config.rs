//! `portcullis serve --check`: what is wrong with the file, and where.
#![cfg(target_os = "linux")]
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "test code")]

mod program;

use portcullis_testrealm::TestRealm;
use program::{Said, file, run};
use std::path::PathBuf;

fn keytab() -> PathBuf {
    let realm = TestRealm::new("EXAMPLE.TEST");
    file("keytab", &realm.service("HTTP/localhost").keytab_octets())
}

fn check(text: &str) -> Said {
    let path = file("serve.toml", text.as_bytes());
    let said = run(&["serve", "--check", path.to_str().unwrap()]);
    Said {
        error: said.error.replace(path.to_str().unwrap(), "FILE"),
        output: said.output.replace(path.to_str().unwrap(), "FILE"),
        ..said
    }
}

#[test]
fn a_good_file_is_called_so() {
    let said = check(&format!("keytab = '{}'", keytab().display()));
    assert_eq!(
        (said.output.as_str(), said.status),
        ("FILE: good\n", 0),
        "{}",
        said.error
    );
}

/// It may be run as another user than the daemon, and beside it.
#[test]
fn a_look_at_the_file_writes_nothing() {
    let place = program::directory().join("state");
    std::fs::create_dir(&place).unwrap();
    let at = |name: &str| place.join(name).display().to_string();
    let said = check(&format!(
        "keytab = '{}'\n[replay]\nfile = '{}'\n[sessions]\nkey_file = '{}'\n[delegation]\ndirectory = '{}'",
        keytab().display(),
        at("replay"),
        at("keys"),
        at("ccache"),
    ));
    assert_eq!(said.status, 0, "{}", said.error);
    assert_eq!(std::fs::read_dir(&place).unwrap().count(), 0);
}

#[test]
fn what_is_wrong_is_said_with_line_and_key() {
    let keytab = format!("keytab = '{}'\n", keytab().display());
    for (wrong, line, key) in [
        ("listen = ['nowhere']", "line 2", "listen"),
        ("unknown = 1", "line 2", "unknown"),
        ("[kerberos]\nclock_skew = 0", "line 3", "clock_skew"),
        ("[kerberos]\npac = 'maybe'", "line 3", "pac"),
        ("[headers]\nuser = 'Cookie'", "line 3", "user"),
        ("[names.map]\nalice = 'a'", "line 3", "alice"),
        ("[names.groups]\nstaff = 'S-1-5'", "line 3", "staff"),
        (
            "[realms.'EXAMPLE.TEST']\nsids = ['any']\n[realms.'A.TEST']\nsids = ['S-1-5-21-1-2-3-4']",
            "line 5",
            "sids",
        ),
        ("[realms.'A.TEST']\nsid = []", "line 3", "sid"),
        (
            "[realms.'A.TEST']\nsids = ['any']",
            "line 2",
            "realms: no realm of the keytab is among them",
        ),
        (
            "[kerberos]\nlocal_groups = ['S-1-5-32-544']",
            "line 3",
            "local_groups",
        ),
        ("[[route]]\npath = '/a/../b'", "line 3", "path"),
        ("[status]\npath = '/'", "line 3", "status.path"),
        (
            "[sessions]\nkey_file = '/none'\nlogout = '/'",
            "line 4",
            "sessions.logout",
        ),
        ("[replay]\nfile = '/no/such/file'", "line 3", "replay.file"),
        (
            "[kerberos]\nkrb5_conf = ['/no/such']",
            "line 3",
            "kerberos.krb5_conf: cannot read /no/such",
        ),
        (
            "[kerberos]\nproxy_certificates = ['/no/such']",
            "line 3",
            "kerberos.proxy_certificates",
        ),
    ] {
        let said = check(&format!("{keytab}{wrong}"));
        assert_eq!(said.status, 2, "{wrong}: {}", said.output);
        for part in ["portcullis: FILE", line, key] {
            assert!(said.error.contains(part), "{wrong}: {part}: {}", said.error);
        }
    }
}

#[test]
fn a_keytab_that_does_not_do_is_named_with_its_line() {
    let damaged = file("keytab", b"\x05\x02damaged");
    let other = TestRealm::new("EXAMPLE.TEST").service("ldap/localhost");
    let other = file("keytab", &other.keytab_octets());
    for (path, why) in [
        (PathBuf::from("/no/such"), "cannot read /no/such: "),
        (damaged, "damaged keytab"),
        (other, "no usable key for HTTP"),
    ] {
        let said = check(&format!("\nkeytab = '{}'", path.display()));
        assert_eq!(said.status, 2);
        assert!(
            said.error.contains("FILE line 2: keytab: "),
            "{}",
            said.error
        );
        assert!(said.error.contains(why), "{}", said.error);
    }
    let said = check("");
    assert!(
        said.error
            .contains("FILE: keytab: cannot read /etc/portcullis/http.keytab"),
        "{}",
        said.error
    );
}
