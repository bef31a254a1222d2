//! `portcullis demo`: the program shows itself working.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "test code"
)]

mod program;

use program::{StaysUp, directory, run};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;

#[test]
fn the_demo_shows_a_login_and_ends() {
    let said = run(&["demo", "--once"]);

    assert_eq!(
        (said.error.as_str(), said.status),
        ("", 0),
        "{}",
        said.output
    );
    for proven in [
        "  200  alice's token\n       alice@EXAMPLE.TEST; the answer proves the server to the client",
        "  401  the same token again\n       replay: alice@EXAMPLE.TEST made this authenticator at",
        "  401  an expired ticket\n       alice@EXAMPLE.TEST's ticket expired at ",
        "  401  NTLM\n       the client sent NTLM instead of Kerberos",
        "One accept took ",
        "measured over 1000 tokens",
    ] {
        assert!(said.output.contains(proven), "{proven}: {}", said.output);
    }
}

#[test]
fn the_demo_leaves_nothing_behind() {
    let directory = directory();
    let demo = Command::new(env!("CARGO_BIN_EXE_portcullis"))
        .args(["demo", "--once"])
        .env("TMPDIR", &directory)
        .output()
        .unwrap();

    assert!(demo.status.success());
    assert_eq!(std::fs::read_dir(&directory).unwrap().count(), 0);
}

#[test]
fn the_demo_listens_on_loopback_alone() {
    let said = run(&["demo", "--once", "--listen", "0.0.0.0:0"]);

    assert_eq!((said.output.as_str(), said.status), ("", 2));
    assert!(
        said.error
            .starts_with("portcullis: 0.0.0.0:0 is not on loopback"),
        "{}",
        said.error
    );
}

/// A demo that stays up until the test ends.
struct Demo {
    program: StaysUp,
    address: String,
    curl: String,
}

impl Demo {
    fn start() -> Self {
        let mut program = StaysUp::start::<&str>("demo", &[]);
        let mut address = None;
        loop {
            let line = program.line();
            if let Some((_, rest)) = line.split_once("server  http://") {
                address = rest.split_once('/').map(|(address, _)| address.to_owned());
            }
            if let Some(curl) = line.trim().strip_prefix("curl -i -H '") {
                let curl = curl.split_once('\'').unwrap().0.to_owned();
                return Self {
                    program,
                    address: address.unwrap(),
                    curl,
                };
            }
        }
    }

    /// The answer to `GET path` with this field.
    fn get(&self, path: &str, field: &str) -> String {
        let address = &self.address;
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{field}\r\n\r\n"
        );
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

#[test]
fn the_demo_stays_up_with_a_page_and_tokens() {
    let demo = Demo::start();

    let page = demo.get("/", "Accept: */*");
    assert!(page.starts_with("HTTP/1.1 200 "), "{page}");
    assert!(page.contains("You are nobody yet."), "{page}");

    let answer = demo.get("/whoami", &demo.curl);
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(
        answer.contains(r#"{"client":"alice@EXAMPLE.TEST""#),
        "{answer}"
    );
    let answer = demo.get("/whoami", &demo.curl);
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    assert!(answer.contains(r#""kind":"replay""#), "{answer}");

    let token = demo.get("/token/good", "Accept: */*");
    let field = format!("Authorization: {}", token.split_once("\r\n\r\n").unwrap().1);
    assert!(
        demo.get("/whoami", &field).starts_with("HTTP/1.1 200 "),
        "{field}"
    );
    assert!(
        demo.get("/token/no-such", "Accept: */*")
            .starts_with("HTTP/1.1 404 ")
    );
    assert!(
        demo.get("/whoami", "Accept: */*")
            .contains("401 Unauthorized")
    );
}

#[cfg(unix)]
#[test]
fn the_demo_ends_well_when_it_is_interrupted() {
    for signal in ["INT", "TERM"] {
        let mut demo = Demo::start();
        assert_eq!(demo.program.end(signal), Some(0), "{signal}");
    }
}
