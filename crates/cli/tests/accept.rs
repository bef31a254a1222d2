//! `portcullis accept`, on exchanges of MIT krb5.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "test code")]

mod program;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use portcullis::formats::der::Decode;
use portcullis::formats::messages::KerberosTime;
use portcullis::pac::{GroupAttributes, GroupMembership, LogonInfo, PacBufferType};
use portcullis_testdata::{hex, vectors};
use portcullis_testrealm::TestRealm;
use program::{
    Exchange, Recorded, Said, THEN, exchange, file, keytab, recorded, run, run_with_input,
};
use serde_json::{Value, json};
use std::path::Path;

/// Judges `tokens` with these options, as JSON.
fn judge(keytab: &Path, options: &[&str], tokens: &[&[u8]]) -> (Value, i32) {
    let said = accept(keytab, &[&["--format", "json"], options].concat(), tokens);
    assert_eq!(
        said.output.lines().count(),
        1,
        "{}{}",
        said.output,
        said.error
    );
    (serde_json::from_str(&said.output).unwrap(), said.status)
}

fn accept(keytab: &Path, options: &[&str], tokens: &[&[u8]]) -> Said {
    let mut arguments = vec!["accept", "--keytab", keytab.to_str().unwrap()];
    arguments.extend(options);
    let files: Vec<_> = tokens.iter().map(|token| file("token", token)).collect();
    arguments.extend(files.iter().map(|path| path.to_str().unwrap()));
    run(&arguments)
}

/// At the time of the exchange.
fn then(exchange: &Exchange, options: &[&str]) -> (Value, i32) {
    let now = THEN.to_string();
    judge(
        &exchange.keytab,
        &[&["--now", &now], options].concat(),
        &[&exchange.token],
    )
}

/// A verdict without facts.
fn bare(verdict: &str, reply: Value, error: Value) -> Value {
    json!({
        "verdict": verdict, "mechanism": null, "framing": null, "client": null, "local_name": null, "service": null,
        "key": null, "session_enctype": null, "subkey_enctype": null, "flags": null,
        "ticket": null, "channel_bound": null, "delegated": null, "pac": null, "reply": reply,
        "error": error,
    })
}

/// The random part of a verdict, taken out of it.
fn take_reply(verdict: &mut Value) -> Vec<u8> {
    STANDARD
        .decode(verdict["reply"].take().as_str().unwrap())
        .unwrap()
}

#[test]
fn an_accepted_token_says_who_for_what_with_which_key_and_how() {
    let (mut verdict, status) = then(&exchange("mutual-etype18"), &[]);

    let reply = take_reply(&mut verdict);
    assert_eq!(reply[0], 0x60, "an AP-REP in GSS framing");
    assert_eq!(
        verdict,
        json!({
            "verdict": "accepted", "mechanism": "krb5", "framing": "gss",
            "client": "alice@EXAMPLE.TEST", "local_name": null,
            "service": "HTTP/e18.example.test@EXAMPLE.TEST",
            "key": {
                "principal": "HTTP/e18.example.test@EXAMPLE.TEST", "kvno": 1, "enctype": 18,
                "selected": "exact",
            },
            "session_enctype": 18, "subkey_enctype": 18,
            "flags": ["mutual", "replay", "sequence", "conf", "integ"],
            "ticket": {
                "flags": ["forwardable", "transited-policy-checked", "enc-pa-rep"],
                "authtime": 1_795_319_248, "starttime": 1_795_319_335, "endtime": 1_795_355_248,
            },
            "channel_bound": false, "delegated": null,
            "pac": {
                "verified": true, "user_sid": null, "groups": [], "upn": null, "dns_domain": null,
                "account": null, "buffers": [10, 16, 6, 7], "claims": {},
            },
            "reply": null, "error": null,
        })
    );
    assert_eq!(status, 0);
}

#[test]
fn the_keys_of_a_verdict_stand_in_the_documented_order() {
    let exchange = exchange("mutual-etype18");
    let said = accept(&exchange.keytab, &["--format", "json"], &[&exchange.token]);

    let names = [
        "verdict",
        "mechanism",
        "framing",
        "client",
        "local_name",
        "service",
        "key",
        "session_enctype",
        "subkey_enctype",
        "flags",
        "ticket",
        "channel_bound",
        "delegated",
        "pac",
        "reply",
        "error",
        "code",
        "number",
        "blame",
        "message",
        "remedy",
        "kind",
    ];
    let places = names.map(|name| said.output.find(&format!("\"{name}\":")).unwrap());
    assert!(places.is_sorted(), "{}", said.output);
}

#[test]
fn spnego_is_answered_in_spnego() {
    let (mut verdict, status) = then(&exchange("spnego-mutual-etype18"), &[]);

    let reply = take_reply(&mut verdict);
    assert_eq!(reply[0], 0xa1, "a NegTokenResp");
    assert_eq!(verdict["verdict"], "accepted");
    assert_eq!(verdict["framing"], "spnego");
    assert_eq!(verdict["mechanism"], "krb5");
    assert_eq!(status, 0);
}

#[test]
fn a_client_that_asks_for_no_answer_gets_none() {
    let (verdict, status) = then(&exchange("one-way-etype18"), &[]);

    assert_eq!(verdict["verdict"], "accepted");
    assert_eq!(verdict["reply"], Value::Null);
    assert_eq!(status, 0);
}

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

#[test]
fn a_delegated_credential_is_told() {
    let (verdict, _) = then(&exchange("mutual-deleg-etype18"), &[]);

    assert_eq!(
        verdict["delegated"],
        json!({
            "client": "alice@EXAMPLE.TEST", "service": "krbtgt/EXAMPLE.TEST@EXAMPLE.TEST",
            "endtime": 1_795_355_248,
        })
    );
    assert_eq!(verdict["flags"][0], "deleg");
}

#[test]
fn a_clock_that_differs_is_rejected_with_both_times_and_the_remedy() {
    let exchange = exchange("mutual-etype18");
    let now = (THEN + 301).to_string();
    let (mut verdict, status) = judge(&exchange.keytab, &["--now", &now], &[&exchange.token]);

    assert!(
        take_reply(&mut verdict)
            .windows(3)
            .any(|it| it == [0x02, 0x01, 37]),
        "KRB-ERROR 37"
    );
    let error = verdict["error"].take();
    assert_eq!(verdict, bare("rejected", Value::Null, Value::Null));
    assert_eq!(error["code"], "KRB_AP_ERR_SKEW");
    assert_eq!(error["number"], 37);
    assert_eq!(error["blame"], "environment");
    assert_eq!(error["kind"], "skew");
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("2026-11-22T03:48:55Z"),
        "{error}"
    );
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("2026-11-22T03:53:56Z"),
        "{error}"
    );
    assert_eq!(
        error["remedy"],
        "Synchronise the clocks of the client and of this machine with NTP."
    );
    assert_eq!(status, 1);
}

#[test]
fn the_skew_is_an_option() {
    let exchange = exchange("mutual-etype18");
    let late = (THEN + 400).to_string();
    let with = |skew| {
        judge(
            &exchange.keytab,
            &["--now", &late, "--skew", skew],
            &[&exchange.token],
        )
        .1
    };

    assert_eq!(with("399"), 1);
    assert_eq!(with("400"), 0);
}

#[test]
fn the_systems_clock_is_the_default() {
    let exchange = exchange("mutual-etype18");
    let (verdict, status) = judge(&exchange.keytab, &[], &[&exchange.token]);

    assert_eq!(
        status, 1,
        "nobody's clock stands where the exchange was: {verdict}"
    );
}

#[test]
fn a_ticket_for_another_principal_says_what_the_keytab_has() {
    let (token, other) = (exchange("mutual-etype18").token, exchange("mutual-etype17"));
    let (mut verdict, status) = judge(&other.keytab, &["--now", &THEN.to_string()], &[&token]);

    take_reply(&mut verdict);
    assert_eq!(
        verdict,
        bare(
            "rejected",
            Value::Null,
            json!({
                "code": "KRB_AP_ERR_NOT_US", "number": 35, "blame": "configuration",
                "message": "no key for the ticket's HTTP/e18.example.test@EXAMPLE.TEST kvno 1 \
                    aes256-cts-hmac-sha1-96 (18): the keytab has no such principal; it has \
                    HTTP/e17.example.test@EXAMPLE.TEST kvno 1 aes128-cts-hmac-sha1-96 (17)",
                "remedy": "Export that principal's key into the keytab, or let the client use a \
                    name that the keytab has.",
                "kind": "no-key",
            })
        )
    );
    assert_eq!(status, 1);
}

#[test]
fn an_expected_service_refuses_the_others_of_the_keytab() {
    let mine = exchange("mutual-etype18");
    let both = file(
        "keytab",
        &keytab(&[&mine.vector, &exchange("mutual-etype17").vector]),
    );
    let now = THEN.to_string();
    let with = |service| {
        judge(
            &both,
            &["--now", &now, "--service", service],
            &[&mine.token],
        )
        .1
    };

    assert_eq!(with("HTTP/e17.example.test@EXAMPLE.TEST"), 1);
    assert_eq!(with("HTTP/e18.example.test@EXAMPLE.TEST"), 0);
    assert_eq!(with("HTTP/e18.example.test"), 0);
    assert_eq!(with("HTTP"), 0);
}

#[test]
fn rc4_has_to_be_allowed() {
    let (mine, other) = (exchange("mutual-etype23"), exchange("mutual-etype18"));
    let both = file("keytab", &keytab(&[&mine.vector, &other.vector]));
    let now = THEN.to_string();
    let (verdict, status) = judge(&both, &["--now", &now], &[&mine.token]);
    assert_eq!(
        (&verdict["error"]["kind"], status),
        (&json!("enctype"), 1),
        "{verdict}"
    );

    let options = ["--now", &now, "--allow", "rc4-hmac"];
    let (verdict, status) = judge(&both, &options, &[&mine.token]);
    assert_eq!(
        (&verdict["key"]["enctype"], status),
        (&json!(23), 0),
        "{verdict}"
    );
}

#[test]
fn camellia_has_to_be_allowed() {
    let mine = exchange("mutual-etype26");
    let (verdict, status) = then(&mine, &["--allow", "camellia", "--allow", "des3"]);

    assert_eq!(
        (&verdict["key"]["enctype"], status),
        (&json!(26), 0),
        "{verdict}"
    );
}

#[test]
fn ntlm_is_refused_by_name() {
    let keytab = exchange("mutual-etype18").keytab;
    let (verdict, status) = judge(&keytab, &[], &[b"NTLMSSP\0\x01\0\0\0\x97\x82\x08\xe2"]);

    assert_eq!(verdict["error"]["kind"], "ntlm");
    assert_eq!(verdict["error"]["code"], Value::Null);
    assert_eq!(verdict["error"]["number"], Value::Null);
    assert_eq!(
        verdict["error"]["message"],
        "the client sent NTLM instead of Kerberos"
    );
    assert_eq!(status, 1);
}

#[test]
fn what_is_malformed_is_rejected_with_its_place() {
    let exchange = exchange("mutual-etype18");
    let truncated = &exchange.token[..exchange.token.len() - 1];
    for malformed in [truncated, b"\x60", b"\xff\xff", b"AAAA"] {
        let (verdict, status) = judge(&exchange.keytab, &[], &[malformed]);
        assert_eq!(verdict["verdict"], "rejected", "{verdict}");
        assert_eq!(verdict["error"]["kind"], "malformed", "{verdict}");
        assert_eq!(status, 1);
    }
}

/// SPNEGO { krb5-u2u, krb5 } without a token: Kerberos is not what the client would rather have.
const KERBEROS_SECOND: &str = "602706062b0601050502a01d301ba0193017060a2a864886f712010202030609\
    2a864886f712010202";

#[test]
fn a_list_that_does_not_begin_with_kerberos_has_to_be_continued() {
    let keytab = exchange("mutual-etype18").keytab;
    let token = portcullis_testdata::unhex(&KERBEROS_SECOND.replace(char::is_whitespace, ""));
    let (mut verdict, status) = judge(&keytab, &[], &[&token]);

    assert_eq!(take_reply(&mut verdict)[0], 0xa1, "a NegTokenResp");
    assert_eq!(verdict, bare("continue", Value::Null, Value::Null));
    assert_eq!(status, 3);
}

#[test]
fn an_empty_token_asks_for_hints() {
    let keytab = exchange("mutual-etype18").keytab;
    for empty in [b"".as_slice(), b"Negotiate\n"] {
        let (mut verdict, status) = judge(&keytab, &[], &[empty]);
        assert_eq!(take_reply(&mut verdict)[0], 0x60, "a NegTokenInit2");
        assert_eq!(verdict["verdict"], "continue");
        assert_eq!(status, 3);
    }
}

#[test]
fn tokens_are_fed_in_order_to_one_negotiation() {
    let exchange = exchange("spnego-mutual-etype18");
    let now = THEN.to_string();
    let (verdict, status) = judge(&exchange.keytab, &["--now", &now], &[b"", &exchange.token]);

    assert_eq!(verdict["verdict"], "accepted", "hints, then the token");
    assert_eq!(status, 0);
}

#[test]
fn a_token_after_the_last_one_is_not_passed_over() {
    let exchange = exchange("mutual-etype18");
    let now = THEN.to_string();
    let said = accept(
        &exchange.keytab,
        &["--now", &now],
        &[&exchange.token, &exchange.token],
    );

    assert_eq!(
        said.error,
        "portcullis: token 2 is left over: the negotiation was complete before it\n"
    );
    assert_eq!((said.output.as_str(), said.status), ("", 2));
}

#[test]
fn channel_bindings_are_compared_by_policy() {
    let bound = exchange("mutual-cb-etype18");
    let data = bound.vector["channel_binding_application_data"]
        .as_str()
        .unwrap();
    let kind = |exchange: &Exchange, policy, data: &str| {
        let options = ["--channel-bindings", policy, "--channel-binding-data", data];
        let (verdict, _) = then(exchange, &options);
        (
            verdict["channel_bound"].clone(),
            verdict["error"]["kind"].clone(),
        )
    };
    let unbound = exchange("mutual-etype18");

    let refused = (Value::Null, json!("channel-bindings"));
    assert_eq!(kind(&bound, "required", data), (json!(true), Value::Null));
    assert_eq!(kind(&bound, "allow", "00"), refused);
    assert_eq!(kind(&bound, "ignore", "00"), (json!(false), Value::Null));
    assert_eq!(kind(&unbound, "required", data), refused);
    assert_eq!(kind(&unbound, "aware", data), (json!(false), Value::Null));
}

#[test]
fn a_certificate_makes_the_bindings_in_der_and_in_pem() {
    let unbound = exchange("mutual-etype18");
    let der = include_bytes!("../../../testdata/certificates/ecdsa-p256-sha256.der");
    let pem = format!(
        "# ours\n-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        STANDARD.encode(der)
    );
    for certificate in [der.as_slice(), pem.as_bytes()] {
        let path = file("certificate", certificate);
        let options = [
            "--server-cert",
            path.to_str().unwrap(),
            "--channel-bindings",
            "required",
        ];
        let (verdict, _) = then(&unbound, &options);
        assert_eq!(verdict["error"]["kind"], "channel-bindings");
    }
}

#[test]
fn a_token_may_be_raw_base64_or_a_header_and_come_from_standard_input() {
    let exchange = exchange("mutual-etype18");
    let text = STANDARD.encode(&exchange.token);
    let now = THEN.to_string();
    let keytab = exchange.keytab.to_str().unwrap();
    let forms: [&[u8]; 4] = [
        &exchange.token,
        text.as_bytes(),
        &format!("{text}\n").into_bytes(),
        &format!("negotiate {text}\r\n").into_bytes(),
    ];
    for form in forms {
        let (verdict, _) = judge(&exchange.keytab, &["--now", &now], &[form]);
        assert_eq!(verdict["client"], "alice@EXAMPLE.TEST");
        let arguments = ["accept", "--keytab", keytab, "--now", &now, "-"];
        assert_eq!(run_with_input(&arguments, form).status, 0);
    }
}

#[test]
fn a_verdict_for_people_says_who_and_how() {
    let exchange = exchange("one-way-etype18");
    let said = accept(
        &exchange.keytab,
        &["--now", &THEN.to_string()],
        &[&exchange.token],
    );

    let expected = "\
accepted: alice@EXAMPLE.TEST
  service       HTTP/e18.example.test@EXAMPLE.TEST
  key           HTTP/e18.example.test@EXAMPLE.TEST kvno 1 aes256-cts-hmac-sha1-96 (18), exact
  session key   aes256-cts-hmac-sha1-96 (18)
  subkey        aes256-cts-hmac-sha1-96 (18)
  came as       krb5 in gss
  context flags replay, sequence, conf, integ
  authenticated 2026-11-22T03:47:28Z
  valid from    2026-11-22T03:48:55Z
  valid until   2026-11-22T13:47:28Z
  ticket flags  forwardable, transited-policy-checked, enc-pa-rep
  channel       not bound
  PAC           verified
  delegated     none
  reply         none
";
    assert_eq!(said.output, expected);
    assert_eq!(said.error, "");
}

#[test]
fn a_refusal_for_people_says_why_and_what_to_do() {
    let keytab = exchange("mutual-etype18").keytab;
    let said = accept(&keytab, &[], &[b"NTLMSSP\0\x01\0\0\0\x97\x82\x08\xe2"]);

    let lines: Vec<_> = said.output.lines().collect();
    assert_eq!(
        lines[0],
        "rejected: the client sent NTLM instead of Kerberos"
    );
    assert!(lines[1].starts_with("  remedy        Give the client a reason to use Kerberos"));
    assert_eq!(
        lines[2..],
        [
            "  blame         configuration",
            "  kind          ntlm",
            "  code          none",
            "  reply         none"
        ]
    );
}

/// Ends with status 2, `portcullis: ` and `message`, and no verdict.
fn cannot_run(arguments: &[&str], message: &str) {
    let said = run(&[&["accept"], arguments].concat());
    assert_eq!(
        (said.output.as_str(), said.status),
        ("", 2),
        "{arguments:?}"
    );
    let rest = said.error.strip_prefix("portcullis: ").unwrap_or_default();
    assert!(rest.starts_with(message), "{arguments:?}: {}", said.error);
}

#[test]
fn what_cannot_run_ends_with_status_2_and_no_verdict() {
    let exchange = exchange("mutual-etype18");
    let keytab = ["--keytab", exchange.keytab.to_str().unwrap()];
    let token = file("token", &exchange.token);
    let token = token.to_str().unwrap();
    let text = file("text", b"hello");

    cannot_run(&[], "the following required arguments were not provided");
    cannot_run(
        &keytab,
        "the following required arguments were not provided",
    );
    let with = |further: &[&'static str]| [&keytab, further, &[token]].concat();
    cannot_run(
        &with(&["--skew", "x"]),
        "invalid value 'x' for '--skew <SECONDS>'",
    );
    cannot_run(&with(&["nowhere"]), "cannot read nowhere: ");
    cannot_run(
        &with(&["--channel-binding-data", "0"]),
        "channel binding data is not hexadecimal",
    );
    cannot_run(&with(&["--server-cert", "/"]), "cannot read /: ");
    cannot_run(&with(&["--service", "ldap"]), "keytab ");
    let text = [keytab[0], keytab[1], text.to_str().unwrap()];
    cannot_run(
        &text,
        "token 1 has only characters of base64, and is none: ",
    );
}

#[test]
fn a_keytab_that_is_none_or_damaged_is_not_used() {
    let token = file("token", &exchange("mutual-etype18").token);
    let token = token.to_str().unwrap();
    let no_keytab = file("no-keytab", b"not a keytab");
    let damaged = file("damaged", &damaged_keytab());

    cannot_run(&["--keytab", "nowhere", token], "cannot read nowhere: ");
    cannot_run(&["--keytab", no_keytab.to_str().unwrap(), token], "keytab ");
    cannot_run(&["--keytab", damaged.to_str().unwrap(), token], "keytab ");
}

/// A keytab whose last record is cut.
fn damaged_keytab() -> Vec<u8> {
    let damaged = vectors("keytab")
        .into_iter()
        .find(|it| it["name"] == "v2 truncated last record");
    hex(&damaged.unwrap()["data"])
}

#[test]
fn every_command_explains_itself() {
    for arguments in [
        ["--help"].as_slice(),
        &["accept", "--help"],
        &["keytab", "--help"],
        &["keytab", "list", "--help"],
        &["--version"],
    ] {
        let said = run(arguments);
        assert_eq!((said.error.as_str(), said.status), ("", 0), "{arguments:?}");
        assert!(!said.output.is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_missing_command_is_said_with_what_there_is() {
    for arguments in [[].as_slice(), &["keytab"]] {
        let said = run::<&str>(arguments);
        assert_eq!((said.output.as_str(), said.status), ("", 2));
        assert!(
            said.error
                .starts_with("portcullis: a command is missing\n\n"),
            "{}",
            said.error
        );
        assert!(said.error.contains("Usage: portcullis"), "{}", said.error);
    }
}
