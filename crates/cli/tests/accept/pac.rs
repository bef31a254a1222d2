//! The PAC, by each policy, and what is told of it.

use crate::program::{Recorded, exchange, file, recorded};
use crate::{judge, then};
use portcullis::formats::der::Decode;
use portcullis::formats::messages::KerberosTime;
use portcullis::pac::{GroupAttributes, GroupMembership, LogonInfo, PacBufferType};
use portcullis_testdata::{hex, vectors};
use portcullis_testrealm::TestRealm;
use serde_json::{Value, json};

#[test]
fn a_pac_is_looked_at_as_asked() {
    let with_pac = exchange("mutual-etype18");
    for (policy, seen) in [("ignore", false), ("verify", true), ("require", true)] {
        let (verdict, status) = then(&with_pac, &["--pac", policy]);
        assert_eq!((verdict["pac"].is_object(), status), (seen, 0), "{policy}");
    }

    let realm = TestRealm::new("EXAMPLE.TEST");
    let web = realm.service("HTTP/web.example.test");
    let keytab = file("keytab", &web.keytab_octets());
    let login = realm.user("alice").token_for(&web).build();
    let now = now_in(&realm);
    for (policy, status) in [("ignore", 0), ("verify", 0), ("require", 1)] {
        let options = ["--now", &now, "--pac", policy];
        let (verdict, found) = judge(&keytab, &options, &[login.token()]);
        assert_eq!((&verdict["pac"], found), (&Value::Null, status), "{policy}");
        let kind = if status == 0 {
            Value::Null
        } else {
            json!("no-pac")
        };
        assert_eq!(verdict["error"]["kind"], kind, "{verdict}");
    }
}

/// Claims as Windows sent them, compressed, with each type of values.
#[test]
fn whom_the_pac_names_is_told() {
    let vector = &vectors("claims")[0];
    let realm = TestRealm::new("EXAMPLE.TEST");
    let web = realm.service("HTTP/web.example.test");
    let alice = realm
        .user_with("alice")
        .in_groups(["staff", "cooks"])
        .build();
    let login = alice
        .token_for(&web)
        .pac_buffer(PacBufferType::CLIENT_CLAIMS_INFO, &hex(&vector["buffer"]))
        .build();
    let now = now_in(&realm);
    let keytab = file("keytab", &web.keytab_octets());
    let (verdict, status) = judge(&keytab, &["--now", &now], &[login.token()]);
    assert_eq!(status, 0, "{verdict}");
    let pac = &verdict["pac"];
    assert_eq!(pac["verified"], true);
    assert_eq!(pac["user_sid"], alice.sid().to_string());
    let claims = pac["claims"].as_object().unwrap();
    let expected = vector["claims"].as_array().unwrap();
    assert_eq!(claims.len(), expected.len(), "{claims:?}");
    for claim in expected {
        let values = &claims[claim["id"].as_str().unwrap()];
        match claim["type"].as_u64() {
            Some(6) => assert_eq!(*values, json!([true])),
            _ => assert_eq!(*values, claim["values"]),
        }
    }
}

/// A ticket of a domain controller, with groups inside groups and one of the domain alone.
#[test]
fn a_pac_of_active_directory_is_verified() {
    let Recorded { token, keytab, now } = recorded("samba");
    let now = KerberosTime::from_der(&generalized(&now)).unwrap();
    let options = ["--now", &now.as_unix().to_string(), "--pac", "require"];
    let (verdict, status) = judge(&keytab, &options, &[&token]);
    assert_eq!(status, 0, "{verdict}");
    let pac = &verdict["pac"];
    let domain = pac["user_sid"]
        .as_str()
        .unwrap()
        .rsplit_once('-')
        .unwrap()
        .0;
    let expected = [513, 1108, 1109, 1110, 1111].map(|rid| format!("{domain}-{rid}"));
    let groups = pac["groups"].as_array().unwrap();
    for group in &expected {
        assert!(groups.contains(&json!(group)), "{group}: {pac}");
    }
    assert!(groups.contains(&json!("S-1-18-1")), "{pac}");
    assert_eq!(groups.len(), expected.len() + 1, "{pac}");
    assert_eq!(pac["upn"], "alice.a@corp.example.test");
    assert_eq!(pac["dns_domain"], "EXAMPLE.TEST");
    assert_eq!(pac["account"], "alice");
}

/// `2026-11-23T08:48:04Z` as GeneralizedTime.
fn generalized(rfc3339: &str) -> Vec<u8> {
    let digits = rfc3339.replace(['-', 'T', ':'], "");
    [&[0x18, 15], digits.as_bytes()].concat()
}

#[test]
fn groups_that_can_only_deny_are_not_told() {
    let member = |relative_id, attributes| GroupMembership {
        relative_id,
        attributes,
    };
    let deny_only = GroupAttributes::ORDINARY | GroupAttributes::USE_FOR_DENY_ONLY;
    let groups = [
        member(513, GroupAttributes::ORDINARY),
        member(1201, deny_only),
        member(1202, GroupAttributes::MANDATORY),
    ];
    let domain = "S-1-5-21-1-2-3";
    let info = LogonInfo {
        user_id: 1103,
        primary_group_id: 513,
        group_ids: groups.as_slice().into(),
        logon_domain_id: Some(domain.parse().unwrap()),
        ..LogonInfo::default()
    };
    let realm = TestRealm::new("EXAMPLE.TEST");
    let web = realm.service("HTTP/web.example.test");
    let login = realm
        .user("alice")
        .token_for(&web)
        .pac_buffer(PacBufferType::LOGON_INFO, &info.encode().unwrap())
        .without_pac_buffer(PacBufferType::UPN_DNS_INFO)
        .build();
    let keytab = file("keytab", &web.keytab_octets());
    let (verdict, _) = judge(&keytab, &["--now", &now_in(&realm)], &[login.token()]);
    let pac = &verdict["pac"];
    assert_eq!(pac["user_sid"], format!("{domain}-1103"), "{verdict}");
    assert_eq!(pac["groups"], json!([format!("{domain}-513")]));
    assert_eq!((&pac["upn"], &pac["claims"]), (&Value::Null, &json!({})));
}

/// The realm's clock, in seconds since 1970.
fn now_in(realm: &TestRealm) -> String {
    let since = realm.now().duration_since(std::time::UNIX_EPOCH);
    since.unwrap().as_secs().to_string()
}
