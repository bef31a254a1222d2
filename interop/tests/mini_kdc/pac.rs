//! [MS-PAC] in our KDC's tickets: MIT's acceptor verifies it, Samba's NDR decodes it to the groups that were set.

use std::path::Path;

use portcullis_interop::initiator::{Asking, Initiator, clients};
use portcullis_interop::login::Login;
use portcullis_interop::peer::{Peer, present};
use portcullis_interop::process::{LineServer, run};
use portcullis_interop::realm::MitRealm;
use portcullis_interop::to_base64;
use portcullis_testrealm::{Pacs, ServedKdc, TestRealm};
use serde_json::{Value, json};

use crate::realm::{ENCTYPES, write_keytab};

struct Realm {
    files: MitRealm,
    realm: TestRealm,
    _kdc: ServedKdc,
}

impl Realm {
    /// alice in two groups, and for each enctype a front service that may delegate to a back one.
    fn start() -> Self {
        let realm = TestRealm::new("EXAMPLE.TEST");
        let alice = realm.user_with("alice").password("secret");
        let alice = alice.upn("alice.liddell@example.test");
        alice.in_groups(["staff", "Domain Admins"]).build();
        let mut directory = tempfile::Builder::new();
        let directory = directory.prefix("portcullis-").tempdir().unwrap();
        for (number, _) in ENCTYPES {
            let enctype = i32::from(number).try_into().unwrap();
            let [front, back] = ["front", "back"].map(|name| format!("{name}/e{number}"));
            let service = realm.service_with(&front).enctypes([enctype]);
            let service = service.may_delegate_to([back.as_str()]);
            let service = service.ok_to_auth_as_delegate().build();
            write_keytab(directory.path(), &front, &service.keytab_octets());
            let service = realm.service_with(&back).enctypes([enctype]).build();
            write_keytab(directory.path(), &back, &service.keytab_octets());
        }
        Self {
            _kdc: realm.kdc().serve(directory.path(), 0).unwrap(),
            files: MitRealm::of_another_kdc(directory),
            realm,
        }
    }

    /// What MIT and Samba say of the PAC in a ticket for `service`.
    fn pac(&self, login: &Login<'_>, service: &str) -> Value {
        let token = Initiator::start(login, service, &Asking::krb5()).token;
        decoded(&self.files, &self.files.keytab(service), &token)
    }

    /// What they say of alice.
    fn alice(&self) -> Value {
        let sid = |group: &str| self.realm.group(group).sid().to_string();
        json!({
            "client": "alice@EXAMPLE.TEST",
            "verified": true,
            "types": [1, 10, 12, 6, 7, 16, 19],
            "user": self.realm.user("alice").sid().to_string(),
            "primary_group": sid("Domain Users"),
            "groups": [sid("Domain Users"), sid("staff"), sid("Domain Admins")],
            "upn": "alice.liddell@example.test",
            "account": "alice",
        })
    }
}

fn decoded(files: &MitRealm, keytab: &Path, token: &[u8]) -> Value {
    let mut python = files.command("/usr/bin/python3");
    python.arg(clients().join("pac_of_token.py")).arg(keytab);
    let answer = LineServer::start(python).ask(&to_base64(token));
    serde_json::from_str(&answer).expect("JSON")
}

const PEERS: [Peer; 3] = [Peer::MIT, Peer::PYTHON_GSSAPI, Peer::SAMBA_AD];

#[test]
fn mit_verifies_and_samba_decodes_the_groups_that_were_set() {
    if !present(&PEERS) {
        return;
    }
    let realm = Realm::start();
    for (number, _) in ENCTYPES {
        let alice = realm.files.login("alice");
        let pac = realm.pac(&alice, &format!("back/e{number}"));
        assert_eq!(pac, realm.alice(), "{number}");
    }
}

#[test]
fn the_pac_of_a_delegated_ticket_names_the_way() {
    if !present(&PEERS) {
        return;
    }
    let realm = Realm::start();
    for (number, _) in ENCTYPES {
        let [front, back] = ["front", "back"].map(|name| format!("{name}/e{number}"));
        let service = realm.files.login(&front);
        let out = realm.files.path("proxy.ccache");
        let mut kvno = service.command("/usr/bin/kvno");
        run(kvno
            .arg("--out-cache")
            .arg(&out)
            .args(["-U", "alice", "-P", &back]));
        let pac = realm.pac(&service.with_ccache(out), &back);
        let mut expected = realm.alice();
        expected["types"] = json!([1, 10, 12, 11, 6, 7, 16, 19]);
        expected["delegation"] = json!([back, format!("{front}@EXAMPLE.TEST")]);
        let groups = expected["groups"].as_array_mut().unwrap();
        groups.push(json!("S-1-18-2")); // she never logged in to the front service
        assert_eq!(pac, expected, "{number}");
    }
}

#[test]
fn a_realm_may_issue_small_pacs_or_none() {
    if !present(&PEERS) {
        return;
    }
    let realm = Realm::start();
    realm.realm.issue_pacs(Pacs::ClientOnly);
    let pac = realm.pac(&realm.files.login("alice"), "back/e18");
    assert_eq!(pac["types"], json!([10, 6, 7, 16, 19]));
    assert_eq!(
        (&pac["verified"], &pac["account"]),
        (&json!(true), &json!("alice"))
    );
    realm.realm.issue_pacs(Pacs::None);
    let pac = realm.pac(&realm.files.login("alice"), "back/e18");
    assert_eq!(pac["types"], Value::Null);
    realm.realm.issue_pacs(Pacs::Account);
    let alice = realm.files.login("alice");
    let keytab = alice.keytab();
    let mut kinit = alice.command("/usr/bin/kinit");
    run(kinit
        .args(["--no-request-pac", "-k", "-t"])
        .arg(keytab)
        .arg("alice"));
    assert_eq!(realm.pac(&alice, "back/e18")["types"], Value::Null);
}
