//! `portcullis accept --krb5-conf`: what a krb5.conf says, on an exchange of MIT krb5.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "test code")]

mod program;

use program::{Exchange, Said, THEN, exchange, file, run, run_with_input};
use serde_json::{Value, json};
use std::path::Path;

/// Judges the token of an exchange, at its time, by these files.
fn accept(exchange: &Exchange, confs: &[&Path], more: &[&str]) -> Said {
    let (now, token) = (THEN.to_string(), file("token", &exchange.token));
    let mut arguments = vec!["accept", "--now", &now, token.to_str().unwrap()];
    for conf in confs {
        arguments.extend(["--krb5-conf", conf.to_str().unwrap()]);
    }
    arguments.extend(more);
    run(&arguments)
}

fn with(conf: &str, more: &[&str]) -> Said {
    let exchange = exchange("mutual-etype18");
    let conf = file("krb5.conf", conf.as_bytes());
    let keytab = exchange.keytab.to_str().unwrap();
    accept(&exchange, &[&conf], &[&["--keytab", keytab], more].concat())
}

fn json(conf: &str) -> Value {
    serde_json::from_str(&with(conf, &["--format", "json"]).output).unwrap()
}

#[test]
fn the_client_gets_the_local_name_that_the_rules_give_it() {
    let realm = "[libdefaults]\ndefault_realm = EXAMPLE.TEST\n";
    assert_eq!(json(realm)["local_name"], "alice");
    let rules = "[realms]\nEXAMPLE.TEST = {\nauth_to_local = RULE:[1:$1]s/^/u-/\n}\n";
    assert_eq!(json(&format!("{realm}{rules}"))["local_name"], "u-alice");
    let said = with(realm, &[]).output;
    assert!(said.contains("\n  local name    alice\n"), "{said}");
}

#[test]
fn a_client_that_no_rule_is_for_has_no_local_name() {
    let conf = "[libdefaults]\ndefault_realm = OTHER.TEST\n";
    assert_eq!(json(conf)["local_name"], Value::Null);
    let said = with(conf, &[]).output;
    assert!(
        said.contains("\n  local name    none: no rule gives this client a local name\n"),
        "{said}"
    );
    assert_eq!(json("")["local_name"], Value::Null);
    assert!(!with("", &[]).output.contains("local name"));
}

#[test]
fn the_keytab_can_be_that_of_the_file() {
    let exchange = exchange("mutual-etype18");
    for prefix in ["", "FILE:"] {
        let text = format!(
            "[libdefaults]\ndefault_keytab_name = {prefix}{}\n",
            exchange.keytab.display()
        );
        let conf = file("krb5.conf", text.as_bytes());
        let said = accept(&exchange, &[&conf], &[]);
        assert_eq!(said.status, 0, "{}", said.error);
    }
    let conf = file("krb5.conf", b"");
    let said = accept(&exchange, &[&conf], &[]);
    assert_eq!(said.status, 2);
    assert!(
        said.error.contains("no keytab: give --keytab"),
        "{}",
        said.error
    );
    let conf = file(
        "krb5.conf",
        b"[libdefaults]\ndefault_keytab_name = MEMORY:x\n",
    );
    let said = accept(&exchange, &[&conf], &[]);
    assert!(
        said.error
            .contains("default_keytab_name \"MEMORY:x\" is not a file"),
        "{}",
        said.error
    );
}

#[test]
fn encryption_types_that_the_file_does_not_permit_are_refused() {
    let conf = |list: &str| format!("[libdefaults]\npermitted_enctypes = {list}\n");
    assert_eq!(with(&conf("aes"), &[]).status, 0);
    let said = with(&conf("aes128-cts rc4"), &[]);
    assert_eq!(
        said.status, 2,
        "no key of the keytab is of these: {}",
        said.output
    );
    assert!(said.error.contains("no usable key"), "{}", said.error);
}

#[test]
fn the_clock_skew_of_the_file_counts_unless_the_command_line_says_another() {
    let conf = "[libdefaults]\nclockskew = 1s\n";
    let late = (THEN + 100).to_string();
    let said = with(conf, &["--now", &late]);
    assert!(said.status == 2 || said.status == 1); // given twice, or too late
    let exchange = exchange("mutual-etype18");
    let (conf, token) = (
        file("krb5.conf", conf.as_bytes()),
        file("token", &exchange.token),
    );
    let [conf, token, keytab] =
        [&conf, &token, &exchange.keytab].map(|path| path.to_str().unwrap());
    let judge = |more: &[&str]| {
        let arguments = [
            "accept",
            "--now",
            &late,
            "--keytab",
            keytab,
            "--krb5-conf",
            conf,
            token,
        ];
        run(&[&arguments[..], more].concat())
    };
    assert!(
        judge(&[]).output.contains("1 s allowed"),
        "{}",
        judge(&[]).output
    );
    assert_eq!(judge(&["--skew", "300"]).status, 0);
}

#[test]
fn a_fault_is_told_with_file_line_and_column() {
    for (text, message) in [
        (
            "[libdefaults]\n words\n",
            ":2:2: neither `tag = value` nor a section",
        ),
        (
            "[libdefaults]\nclockskew = soon\n",
            ":2:13: no number of seconds",
        ),
        (
            "include /nowhere/at/all\n",
            ":1:1: cannot include /nowhere/at/all: No such file",
        ),
        (
            "includedir /nowhere/at/all\n",
            ":1:1: cannot include /nowhere/at/all: No such file",
        ),
        (
            "[libdefaults]\ndefault_realm = R\n[realms]\nR = {\nauth_to_local = RULE:[1:$1](a\n}\n",
            ":5:17: auth_to_local: RULE:[1:$1](a: column 12: ( without )",
        ),
    ] {
        let said = with(text, &[]);
        assert_eq!(said.status, 2);
        assert!(said.error.contains(message), "{}", said.error);
    }
    let exchange = exchange("mutual-etype18");
    let said = accept(&exchange, &[Path::new("nowhere.conf")], &[]);
    assert!(
        said.error.contains("cannot read nowhere.conf"),
        "{}",
        said.error
    );
}

#[test]
fn files_follow_each_other_and_bring_what_they_include() {
    let exchange = exchange("mutual-etype18");
    let directory = tempfile::tempdir().unwrap();
    let keytab = exchange.keytab.display();
    let settings = format!("[libdefaults]\ndefault_keytab_name = {keytab}\n");
    std::fs::write(directory.path().join("keytab.conf"), settings).unwrap();
    std::fs::write(directory.path().join("not-read~"), "broken").unwrap();
    let first = file(
        "first.conf",
        format!("includedir {}\n", directory.path().display()).as_bytes(),
    );
    let second = file(
        "second.conf",
        b"[libdefaults]\ndefault_realm = EXAMPLE.TEST\n",
    );
    let said = accept(&exchange, &[&first, &second], &["--format", "json"]);
    let verdict: Value = serde_json::from_str(&said.output).unwrap();
    assert_eq!(verdict["local_name"], "alice");
}

#[test]
fn a_line_of_a_batch_names_its_own() {
    let exchange = exchange("mutual-etype18");
    let conf = file(
        "krb5.conf",
        b"[libdefaults]\ndefault_realm = EXAMPLE.TEST\n",
    );
    let token = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &exchange.token);
    let line = |confs: &[&Path]| {
        json!({ "keytab": exchange.keytab, "tokens": [token], "now": THEN, "krb5_conf": confs })
            .to_string()
            + "\n"
    };
    let input = line(&[&conf]) + &line(&[]) + "{\"tokens\":[]}\n";
    let said = run_with_input(&["accept", "--batch"], input.as_bytes());
    let answers: Vec<Value> = said
        .output
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers[0]["local_name"], "alice");
    assert_eq!(answers[1]["local_name"], Value::Null);
    assert!(
        answers[2]["message"].as_str().unwrap().starts_with("no "),
        "{}",
        answers[2]
    );
}
