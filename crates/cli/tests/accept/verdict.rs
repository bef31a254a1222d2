//! What an accepted token is told about.

use crate::program::{THEN, exchange};
use crate::{accept, take_reply, then};
use serde_json::{Value, json};

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
