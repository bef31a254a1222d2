//! What cannot run, and how the program explains itself.

use crate::program::{exchange, file, run};
use portcullis_testdata::{hex, vectors};

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
