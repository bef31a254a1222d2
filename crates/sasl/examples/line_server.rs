//! A server that speaks SASL in lines of base64, `S: …` and `C: …`, as the sample programs of Cyrus
//! SASL do: with a pipe in each direction, `sasl-sample-client` logs in to it, and each sends the
//! other a message.
//!
//! ```console
//! $ mkfifo back
//! $ cargo run -p portcullis-sasl --example line_server -- --keytab host.keytab < back |
//!       stdbuf -oL sasl-sample-client -l -m GSSAPI -s host -n web.example.test > back
//! login alice@EXAMPLE.TEST, confidentiality
//! message client message 1
//! ```

#![allow(
    clippy::disallowed_methods,
    reason = "the library has no clock, file or socket; who uses it brings them"
)]

use base64::{Engine as _, engine::general_purpose::STANDARD};
use core::error::Error;
use portcullis::context::Protection;
use portcullis::{Acceptor, Keytab};
use portcullis_sasl::{Layers, Mechanism, Received, SaslServer, SecurityLayer, Session, Step};
use std::io::{self, BufRead, Write};
use std::process::ExitCode;
use std::time::SystemTime;

/// What the sample client waits for.
const GREETING: &[u8] = b"srv message 1\0";

type Fallible<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("line_server: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Fallible<()> {
    let server = arguments(std::env::args().skip(1))?;
    let names = Mechanism::ALL.map(Mechanism::name).join(" ");
    say(names.as_bytes())?;
    let session = log_in(&server)?;
    let client = session.authorization_id().map_or_else(
        || session.identity().client().to_string(),
        |as_whom| format!("{} as {as_whom}", session.identity().client()),
    );
    let layer = session.into_layer();
    eprintln!("login {client}, {}", name(layer.as_ref()));
    let message = exchange_messages(layer)?;
    let message = message.strip_suffix(b"\0").unwrap_or(&message);
    eprintln!("message {}", message.escape_ascii());
    Ok(())
}

fn arguments(mut words: impl Iterator<Item = String>) -> Fallible<SaslServer> {
    let (mut keytab, mut layers, mut max_receive) = (None, Layers::ANY, None);
    let (mut administrator, mut as_whom) = (String::new(), String::new());
    while let Some(option) = words.next() {
        let value = words
            .next()
            .ok_or_else(|| format!("{option} needs a value"))?;
        match option.as_str() {
            "--keytab" => keytab = Some(value),
            "--layers" => layers = layers_named(&value)?,
            "--max-receive" => max_receive = Some(value.parse()?),
            "--let" => administrator = value,
            "--act-as" => as_whom = value,
            _ => return Err(format!("unknown option {option}").into()),
        }
    }
    let keytab = keytab.ok_or("usage: line_server --keytab FILE [--layers none|protected|any]")?;
    let acceptor = Acceptor::new(Keytab::parse(std::fs::read(keytab)?)?)?;
    let server = SaslServer::new(acceptor, layers).authorization(
        move |identity: &portcullis::Identity, name: &str| {
            identity.client().to_string() == administrator && name == as_whom
        },
    );
    Ok(match max_receive {
        Some(octets) => server.max_receive(octets),
        None => server,
    })
}

fn layers_named(name: &str) -> Fallible<Layers> {
    match name {
        "none" => Ok(Layers::NONE),
        "integrity" => Ok(Layers::INTEGRITY),
        "confidentiality" => Ok(Layers::CONFIDENTIALITY),
        "protected" => Ok(Layers::PROTECTED),
        "any" => Ok(Layers::ANY),
        _ => Err(format!("no layers are called {name}").into()),
    }
}

/// The first line names the mechanism; the initial response, if there is one, follows a NUL.
fn log_in(server: &SaslServer) -> Fallible<Session> {
    let first = hear()?;
    let mut parts = first.splitn(2, |octet| *octet == 0);
    let name = str::from_utf8(parts.next().unwrap_or_default())?;
    let mut response = parts.next().unwrap_or_default().to_vec();
    let mut exchange = server.begin(name.parse()?);
    loop {
        match exchange.step(&response, SystemTime::now()) {
            Ok(Step::Complete {
                session,
                additional_data,
            }) => {
                if let Some(data) = additional_data {
                    say(&data)?;
                }
                return Ok(session);
            }
            Ok(Step::Continue {
                exchange: next,
                challenge,
            }) => {
                say(&challenge)?;
                (exchange, response) = (next, hear()?);
            }
            Ok(_) => return Err("a step that this example does not know".into()),
            Err(rejection) => {
                let remedy = rejection.error().remedy();
                return Err(format!("{rejection}. {remedy}").into());
            }
        }
    }
}

/// Sends a message and returns the client's.
fn exchange_messages(layer: Option<SecurityLayer>) -> Fallible<Vec<u8>> {
    let Some(mut layer) = layer else {
        say(GREETING)?;
        return hear();
    };
    let mut buffers = Vec::new();
    layer.wrap(GREETING, &mut buffers)?;
    say(&buffers)?;
    let mut heard = hear()?;
    match layer.unwrap(&mut heard)? {
        Received::Message { message, .. } => Ok(message.to_vec()),
        Received::Partial { missing } => Err(format!("{missing} octets are missing").into()),
    }
}

fn name(layer: Option<&SecurityLayer>) -> &'static str {
    match layer.map(SecurityLayer::protection) {
        None => "no layer",
        Some(Protection::Confidentiality) => "confidentiality",
        Some(_) => "integrity",
    }
}

fn say(octets: &[u8]) -> io::Result<()> {
    let mut output = io::stdout().lock();
    writeln!(output, "S: {}", STANDARD.encode(octets))?;
    output.flush()
}

/// The next line of the client's; what else its program tells its user is passed over.
fn hear() -> Fallible<Vec<u8>> {
    for line in io::stdin().lock().lines() {
        if let Some(text) = line?.strip_prefix("C: ") {
            return Ok(STANDARD.decode(text.trim())?);
        }
    }
    Err("the client has ended".into())
}
