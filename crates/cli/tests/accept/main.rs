//! `portcullis accept`, on exchanges of MIT krb5.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "test code")]

mod bindings;
mod pac;
#[path = "../program/mod.rs"]
mod program;
mod refusal;
mod tokens;
mod usage;
mod verdict;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use program::{Exchange, Said, THEN, file, run};
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
