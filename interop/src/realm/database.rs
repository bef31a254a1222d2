//! The principals, made with `kadmin.local`, and their keytabs.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Stdio;

use super::{ENCTYPES, MORE_ENCTYPES, MitRealm, OTHER_REALM, REALM};
use crate::process::{run, said};

/// Creates both databases, all principals and one keytab for each.
pub(super) fn create(realm: &MitRealm) {
    for name in [REALM, OTHER_REALM] {
        let mut command = realm.command("/usr/sbin/kdb5_util");
        run(command.args(["-r", name, "create", "-s", "-P", "master"]));
    }
    let mut here = Script::default();
    for (number, name) in ENCTYPES {
        here.service(realm, &format!("HTTP/e{number}.example.test"), name, None);
        here.service(
            realm,
            &format!("HTTP/s{number}.example.test"),
            "aes256-cts-hmac-sha1-96",
            Some(name),
        );
        here.service(
            realm,
            &format!("HTTP/b{number}.example.test"),
            name,
            Some(name),
        );
    }
    for (number, name) in MORE_ENCTYPES {
        let service = format!("HTTP/b{number}.example.test");
        here.service(realm, &service, name, Some(name));
    }
    here.service(
        realm,
        "HTTP/rotated.example.test",
        "aes256-cts-hmac-sha1-96",
        None,
    );
    here.service(realm, "ldap/localhost", "aes256-cts-hmac-sha1-96", None);
    here.service(realm, "alice", "aes256-cts-hmac-sha1-96", None);
    here.service(realm, "bob", "aes256-cts-hmac-sha1-96", None);
    here.service(realm, "dora", "aes256-cts-hmac-sha1-96", None);
    here.say("modprinc +requires_preauth dora");
    let mut there = Script::default();
    there.service(realm, "carol", "aes256-cts-hmac-sha1-96", None);
    // RFC 4120 §1.2: cross-realm trust is a key that both realms have, one for each direction.
    for trust in [
        format!("krbtgt/{OTHER_REALM}@{REALM}"),
        format!("krbtgt/{REALM}@{OTHER_REALM}"),
    ] {
        here.say(&format!("addprinc -pw between {trust}"));
        there.say(&format!("addprinc -pw between {trust}"));
    }
    here.run(realm, REALM);
    there.run(realm, OTHER_REALM);
}

/// A new key beside the old one; returns a keytab with both.
pub(super) fn rotate(realm: &MitRealm, name: &str) -> PathBuf {
    let keytab = realm.path("rotated-both.keytab");
    let mut script = Script::default();
    script.say(&format!("cpw -randkey -keepold {name}"));
    script.say(&format!("ktadd -norandkey -k {} {name}", keytab.display()));
    script.run(realm, REALM);
    keytab
}

/// Says something to the `kadmin.local` of the realm in which `user` is.
pub(super) fn administer(realm: &MitRealm, user: &str, line: &str) {
    let mut script = Script::default();
    script.say(line);
    let name = if user.ends_with(OTHER_REALM) {
        OTHER_REALM
    } else {
        REALM
    };
    script.run(realm, name);
}

/// Commands for one `kadmin.local`.
#[derive(Debug, Default)]
struct Script {
    lines: String,
}

impl Script {
    fn say(&mut self, line: &str) {
        self.lines.push_str(line);
        self.lines.push('\n');
    }

    fn service(&mut self, realm: &MitRealm, name: &str, enctype: &str, session: Option<&str>) {
        self.say(&format!("addprinc -randkey -e {enctype}:normal {name}"));
        if let Some(session) = session {
            self.say(&format!("setstr {name} session_enctypes {session}"));
        }
        self.say(&format!(
            "ktadd -norandkey -k {} {name}",
            realm.keytab(name).display()
        ));
    }

    fn run(self, realm: &MitRealm, name: &str) {
        let mut command = realm.command("/usr/sbin/kadmin.local");
        command.args(["-r", name]);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("kadmin.local starts");
        let mut input = child.stdin.take().expect("piped");
        input
            .write_all(self.lines.as_bytes())
            .expect("kadmin.local reads");
        drop(input);
        let output = child.wait_with_output().expect("kadmin.local ends");
        let said = said(&output);
        // kadmin.local succeeds whatever its commands do; a failure reads "add_principal: WHY while DOING".
        assert!(
            output.status.success() && !said.contains(" while "),
            "kadmin.local: {said}"
        );
    }
}
