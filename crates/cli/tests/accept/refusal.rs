//! Why a token is refused, and what would have let it in.

use crate::program::{THEN, exchange, file, keytab};
use crate::{accept, bare, judge, take_reply, then};
use serde_json::{Value, json};

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
