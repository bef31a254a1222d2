//! An LDAP server that knows who you are, and nothing else: SASL binds with GSSAPI or GSS-SPNEGO,
//! and the answers to "Who am I?" (RFC 4532) and "What are you?" through the security layer.
//!
//! ```console
//! $ cargo run -p portcullis-sasl --example ldap_bind -- --keytab ldap.keytab
//! listening on 127.0.0.1:3890
//! $ ldapwhoami -N -Y GSSAPI -H ldap://localhost:3890
//! SASL username: alice@EXAMPLE.TEST
//! SASL SSF: 256
//! u:alice@EXAMPLE.TEST
//! ```

#![allow(
    clippy::disallowed_methods,
    reason = "the library has no clock, file or socket; who uses it brings them"
)]

mod ber;
mod connection;
mod message;

use connection::Connection;
use core::error::Error;
use message::{Request, ResultCode};
use portcullis::{Acceptor, Keytab};
use portcullis_sasl::{Error as SaslError, Exchange, Layers, Mechanism, SaslServer, Session, Step};
use std::io::{self, Write};
use std::net::{TcpListener, TcpStream};
use std::process::ExitCode;
use std::thread;
use std::time::SystemTime;

type Fallible<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ldap_bind: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Fallible<()> {
    let (keytab, listen, layers) = arguments(std::env::args().skip(1))?;
    let octets = std::fs::read(&keytab).map_err(|error| format!("{keytab}: {error}"))?;
    let acceptor = Acceptor::builder(Keytab::parse(octets)?)
        .service("ldap".parse::<portcullis::ServicePattern>()?)
        .build()?;
    let server = SaslServer::new(acceptor, layers);
    let listener = TcpListener::bind(listen)?;
    say(&format!("listening on {}", listener.local_addr()?))?;
    for connection in listener.incoming() {
        let (connection, server) = (connection?, server.clone());
        thread::spawn(move || {
            if let Err(error) = serve(connection, &server) {
                eprintln!("ldap_bind: {error}");
            }
        });
    }
    Ok(())
}

fn arguments(mut words: impl Iterator<Item = String>) -> Fallible<(String, String, Layers)> {
    let (mut keytab, mut listen, mut layers) = (None, "127.0.0.1:3890".to_owned(), Layers::ANY);
    while let Some(option) = words.next() {
        let value = words
            .next()
            .ok_or_else(|| format!("{option} needs a value"))?;
        match (option.as_str(), value.as_str()) {
            ("--keytab", _) => keytab = Some(value),
            ("--listen", _) => listen = value,
            ("--layers", "any") => layers = Layers::ANY,
            ("--layers", "protected") => layers = Layers::PROTECTED,
            ("--layers", "none") => layers = Layers::NONE,
            _ => return Err(format!("unknown option {option} {value}").into()),
        }
    }
    let usage = "usage: ldap_bind --keytab FILE [--listen ADDRESS] [--layers any|protected|none]";
    Ok((keytab.ok_or(usage)?, listen, layers))
}

/// What a connection has come to.
enum Login {
    Nobody,
    InProgress(Mechanism, Exchange),
    Client(String),
}

fn serve(stream: TcpStream, server: &SaslServer) -> Fallible<()> {
    let mut connection = Connection::new(stream)?;
    let mut login = Login::Nobody;
    while let Some(octets) = connection.receive()? {
        let (number, request) = message::request(&octets)?;
        match request {
            Request::Bind {
                mechanism,
                credentials,
            } => {
                let Ok(mechanism) = mechanism.parse() else {
                    let code = ResultCode::AUTH_METHOD_NOT_SUPPORTED;
                    connection.send(&message::bind_response(number, code, "", None))?;
                    login = Login::Nobody;
                    continue;
                };
                // RFC 4511 §4.2.1: another mechanism begins anew.
                let exchange = match login {
                    Login::InProgress(begun, exchange) if begun == mechanism => exchange,
                    Login::Client(_) => return Err("a login after the login".into()),
                    _ => server.begin(mechanism),
                };
                login = bind(&mut connection, number, mechanism, exchange, credentials)?;
            }
            Request::WhoAmI => {
                let name = match &login {
                    Login::Client(name) => format!("u:{name}"),
                    _ => String::new(), // RFC 4532 §2.2: anonymous
                };
                connection.send(&message::who_am_i_response(number, &name))?;
            }
            Request::Search { base } => connection.send(&found(number, base))?,
            Request::Unbind => return Ok(()),
        }
    }
    Ok(())
}

/// A client that asks again behind the security layer sees whether somebody took a mechanism out
/// of the list on its way (RFC 4422 §3.2).
fn found(number: &[u8], base: &[u8]) -> Vec<u8> {
    if !base.is_empty() {
        return message::search_done(number, ResultCode::NO_SUCH_OBJECT);
    }
    let entry = message::root_entry(number, &Mechanism::ALL.map(Mechanism::name));
    let done = message::search_done(number, ResultCode::SUCCESS);
    [entry, done].concat()
}

fn bind(
    connection: &mut Connection,
    number: &[u8],
    mechanism: Mechanism,
    exchange: Exchange,
    credentials: &[u8],
) -> Fallible<Login> {
    match exchange.step(credentials, SystemTime::now()) {
        Ok(Step::Complete {
            session,
            additional_data,
        }) => {
            let token = additional_data.as_deref();
            let answer = message::bind_response(number, ResultCode::SUCCESS, "", token);
            connection.send(&answer)?; // the layer begins behind it
            welcome(connection, session)
        }
        Ok(Step::Continue {
            exchange,
            challenge,
        }) => {
            let code = ResultCode::SASL_BIND_IN_PROGRESS;
            connection.send(&message::bind_response(number, code, "", Some(&challenge)))?;
            Ok(Login::InProgress(mechanism, exchange))
        }
        Ok(_) => Err("a step that this example does not know".into()),
        Err(rejection) => {
            let error = rejection.error();
            say(&format!(
                "refused {}: {error}. {}",
                error.kind(),
                error.remedy()
            ))?;
            let (code, text) = match error {
                SaslError::NoLayer { .. } | SaslError::NotOffered { .. } => (
                    ResultCode::STRONGER_AUTH_REQUIRED,
                    "another security layer is wanted",
                ),
                _ => (ResultCode::INVALID_CREDENTIALS, "login refused"),
            };
            let token = rejection.reply();
            connection.send(&message::bind_response(number, code, text, token))?;
            Ok(Login::Nobody)
        }
    }
}

fn welcome(connection: &mut Connection, session: Session) -> Fallible<Login> {
    let client = session.identity().client().to_string();
    let name = session.authorization_id().unwrap_or(&client).to_owned();
    say(&format!("login {client} as {name}"))?;
    if let Some(layer) = session.into_layer() {
        connection.protect(layer)?;
    }
    Ok(Login::Client(name))
}

/// Prints a line at once, and does not panic when nobody reads it.
fn say(line: &str) -> io::Result<()> {
    let mut output = io::stdout().lock();
    writeln!(output, "{line}")?;
    output.flush()
}
