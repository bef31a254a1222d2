//! A server that speaks PostgreSQL's protocol, version 3, to whoever has a Kerberos ticket, and
//! answers every query with the client's principal. `psql` logs in to it as to PostgreSQL with
//! `gss` in `pg_hba.conf`, in clear or, with `gssencmode=require`, encrypted.
//!
//! ```console
//! $ cargo run -p portcullis-sasl --example postgres -- --keytab postgres.keytab
//! listening on 127.0.0.1:5433
//! $ psql "host=db.example.test hostaddr=127.0.0.1 port=5433 user=alice" -c 'select current_user'
//!  current_user
//! --------------
//!  alice@EXAMPLE.TEST
//! (1 row)
//! ```
//!
//! The authentication is GSS-API without SASL, and needs the crate `portcullis` alone. The
//! encryption has the frames of a SASL security layer: four octets of length and a Wrap token.

#![allow(
    clippy::disallowed_methods,
    reason = "the library has no clock, file or socket; who uses it brings them"
)]

mod connection;
mod login;
mod message;
mod query;

use connection::Connection;
use core::error::Error;
use portcullis::{Acceptor, Keytab};
use std::io::{self, Write};
use std::net::TcpListener;
use std::process::ExitCode;
use std::thread;

type Fallible<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("postgres: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Fallible<()> {
    let (keytab, listen) = arguments(std::env::args().skip(1))?;
    let octets = std::fs::read(&keytab).map_err(|error| format!("{keytab}: {error}"))?;
    let acceptor = Acceptor::new(Keytab::parse(octets)?)?;
    let listener = TcpListener::bind(listen)?;
    say(&format!("listening on {}", listener.local_addr()?))?;
    for stream in listener.incoming() {
        let (stream, acceptor) = (stream?, acceptor.clone());
        thread::spawn(move || {
            let served = Connection::new(stream).and_then(|connection| {
                let (mut connection, client) = login::log_in(connection, &acceptor)?;
                query::answer_all(&mut connection, &client)
            });
            if let Err(error) = served {
                eprintln!("postgres: {error}");
            }
        });
    }
    Ok(())
}

fn arguments(mut words: impl Iterator<Item = String>) -> Fallible<(String, String)> {
    let (mut keytab, mut listen) = (None, "127.0.0.1:5433".to_owned());
    while let Some(option) = words.next() {
        let value = words
            .next()
            .ok_or_else(|| format!("{option} needs a value"))?;
        match option.as_str() {
            "--keytab" => keytab = Some(value),
            "--listen" => listen = value,
            _ => return Err(format!("unknown option {option}").into()),
        }
    }
    let keytab = keytab.ok_or("usage: postgres --keytab FILE [--listen ADDRESS]")?;
    Ok((keytab, listen))
}

/// Prints a line at once, and does not panic when nobody reads it.
fn say(line: &str) -> io::Result<()> {
    let mut output = io::stdout().lock();
    writeln!(output, "{line}")?;
    output.flush()
}
