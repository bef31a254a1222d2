//! Tokens in every form, and several of one negotiation.

use crate::program::{THEN, exchange, run_with_input};
use crate::{accept, bare, judge, take_reply};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

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
