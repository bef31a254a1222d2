//! `portcullis accept --batch`.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "test code")]

mod program;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use program::{Exchange, THEN, exchange, run, run_with_input};
use serde_json::{Value, json};

/// The answers to these lines, and nothing on standard error.
fn batch(lines: &[String]) -> Vec<Value> {
    let input = lines
        .iter()
        .map(|line| format!("{line}\n"))
        .collect::<String>();
    let said = run_with_input(&["accept", "--batch", "--format", "json"], input.as_bytes());
    assert_eq!((said.error.as_str(), said.status), ("", 0));
    said.output
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// A line for the first token of an exchange, with further keys.
fn line(exchange: &Exchange, further: Value) -> String {
    let mut line = json!({
        "keytab": exchange.keytab, "now": THEN, "tokens": [STANDARD.encode(&exchange.token)],
    });
    line.as_object_mut()
        .unwrap()
        .extend(further.as_object().unwrap().clone());
    line.to_string()
}

fn verdict_and_kind(answer: &Value) -> (&str, Option<&str>) {
    (
        answer["verdict"].as_str().unwrap(),
        answer["error"]["kind"].as_str(),
    )
}

#[test]
fn each_line_is_a_negotiation_of_its_own() {
    let exchange = exchange("mutual-etype18");
    let answers = batch(&[line(&exchange, json!({})), line(&exchange, json!({}))]);

    for answer in &answers {
        assert_eq!(verdict_and_kind(answer), ("accepted", None));
        assert_eq!(answer["client"], "alice@EXAMPLE.TEST");
    }
    assert_eq!(answers.len(), 2);
}

#[test]
fn lines_that_share_a_replay_cache_refuse_what_it_has_seen() {
    let exchange = exchange("mutual-etype18");
    let shared = line(&exchange, json!({"replay_cache": "shared"}));
    let fresh = line(&exchange, json!({"replay_cache": "fresh"}));
    let mut answers = batch(&[shared.clone(), fresh, shared]);

    assert_eq!(verdict_and_kind(&answers[0]), ("accepted", None));
    assert_eq!(verdict_and_kind(&answers[1]), ("accepted", None));
    let replayed = &mut answers[2];
    assert!(replayed["reply"].take().is_string());
    assert_eq!(
        *replayed,
        json!({
            "verdict": "rejected", "mechanism": null, "framing": null, "client": null,
            "local_name": null, "service": null, "key": null, "session_enctype": null, "subkey_enctype": null,
            "flags": null, "ticket": null, "channel_bound": null, "delegated": null,
            "pac": null, "reply": null,
            "error": {
                "code": "KRB_AP_ERR_REPEAT", "number": 34, "blame": "peer",
                "message": "replay: alice@EXAMPLE.TEST made this authenticator at \
                    2026-11-22T03:48:55Z, and it was accepted before",
                "remedy": "Nothing if it is rare: a client or proxy sent a request twice and will \
                    begin afresh; if it is frequent, look for retries in proxies, or for an \
                    attacker.",
                "kind": "replay",
            },
        })
    );
}

#[test]
fn the_options_of_the_command_line_are_keys() {
    let exchange = exchange("mutual-cb-etype18");
    let options = json!({
        "service": "HTTP/e18.example.test", "skew": 10, "allow": ["rc4-hmac", "des3", "camellia"],
        "pac": "require",
        "channel_bindings": "required",
        "channel_binding_data": exchange.vector["channel_binding_application_data"],
    });
    let answers = batch(&[line(&exchange, options)]);

    assert_eq!(
        verdict_and_kind(&answers[0]),
        ("accepted", None),
        "{answers:?}"
    );
    assert_eq!(answers[0]["channel_bound"], true);
}

#[test]
fn a_line_that_cannot_be_judged_is_no_verdict_and_ends_nothing() {
    let exchange = exchange("mutual-etype18");
    let with = |further| line(&exchange, further);
    let answers = batch(&[
        "not JSON".to_owned(),
        with(json!({"chanel_bindings": "required"})),
        with(json!({"keytab": "nowhere"})),
        with(json!({"tokens": []})),
        with(json!({"tokens": ["Negotiate ?"]})),
        with(json!({"service": "HTTP/a@B@C"})),
        with(json!({"channel_binding_data": "00", "server_cert": "x"})),
        String::new(),
        with(json!({})),
    ]);

    let messages = [
        "not a request: ",
        "not a request: unknown field `chanel_bindings`",
        "cannot read nowhere",
        "no token",
        "token 1: after `Negotiate` comes no base64",
        "service \"HTTP/a@B@C\": ",
        "channel_binding_data and server_cert exclude each other",
    ];
    for (answer, message) in answers.iter().zip(messages) {
        assert_eq!(answer["verdict"], "error");
        assert!(
            answer["message"].as_str().unwrap().starts_with(message),
            "{answer} {message}"
        );
    }
    assert_eq!(
        answers.len(),
        messages.len() + 1,
        "an empty line is passed over"
    );
    assert_eq!(answers[messages.len()]["verdict"], "accepted");
}

#[test]
fn options_beside_batch_are_refused_rather_than_ignored() {
    let said = run(&["accept", "--batch", "--skew", "1"]);

    assert_eq!(said.status, 2);
    assert!(
        said.error
            .starts_with("portcullis: the argument '--batch' cannot be used with")
    );
}

#[test]
fn a_batch_is_answered_in_json_alone() {
    let said = run(&["accept", "--batch", "--format", "text"]);

    assert_eq!(
        (said.error.as_str(), said.status),
        ("portcullis: a batch is answered in JSON\n", 2)
    );
}
