//! A server for `gss-client`, the sample client of MIT krb5, with nothing but the standard library
//! around the acceptor: accepts a context, then opens each message and answers it with a MIC.
//!
//! ```console
//! $ cargo run -p portcullis --example gss_server -- --keytab host.keytab --listen 127.0.0.1:4444
//! listening on 127.0.0.1:4444
//! $ gss-client -port 4444 127.0.0.1 host@web.example.test hello
//! accepted alice@EXAMPLE.TEST
//! message hello, sealed
//! ```
//!
//! `--enctype arcfour-hmac` takes keys of this encryption type alone, be it a weak one: for clients
//! that have no better.

#![allow(
    clippy::disallowed_methods,
    reason = "the library has no clock, file or socket; who uses it brings them"
)]

use core::error::Error;
use core::time::Duration;
#[cfg(feature = "legacy-enctypes")]
use portcullis::WeakEnctype;
use portcullis::context::Protection;
use portcullis::{Acceptor, AcceptorBuilder, Enctype, Keytab, Negotiation, SecurityContext, Step};
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::ExitCode;
use std::thread;
use std::time::SystemTime;

/// What a token of the sample's protocol is: one octet of flags, four of length, the token.
mod kind {
    /// Nothing follows but, perhaps, the end.
    pub(super) const NOOP: u8 = 1;
    /// A token of the context's establishment.
    pub(super) const CONTEXT: u8 = 1 << 1;
    /// A message.
    pub(super) const DATA: u8 = 1 << 2;
    /// The answer to a message, if the client wants a MIC.
    pub(super) const MIC: u8 = 1 << 3;
    /// With `NOOP`: a context is established next.
    pub(super) const CONTEXT_NEXT: u8 = 1 << 4;
    /// With `DATA`: the message is wrapped.
    pub(super) const WRAPPED: u8 = 1 << 5;
    /// With `DATA`: the wrapped message is sealed.
    pub(super) const ENCRYPTED: u8 = 1 << 6;
    /// With `DATA`: the client wants a MIC over the message.
    pub(super) const SEND_MIC: u8 = 1 << 7;
}

const MAX_TOKEN: usize = 64 * 1024;
const PATIENCE: Duration = Duration::from_secs(10);

type Fallible<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gss_server: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Fallible<()> {
    let arguments = Arguments::read(std::env::args().skip(1))?;
    let keytab = &arguments.keytab;
    let octets = std::fs::read(keytab).map_err(|error| format!("{keytab}: {error}"))?;
    let mut settings = Acceptor::builder(Keytab::parse(octets)?).keep_delegated_credentials();
    if let Some(enctype) = arguments.enctype {
        settings = only(settings, enctype);
    }
    let acceptor = settings.build()?;
    let listener = TcpListener::bind(arguments.listen)?;
    say(&format!("listening on {}", listener.local_addr()?))?;
    for connection in listener.incoming() {
        let (connection, acceptor) = (connection?, acceptor.clone());
        thread::spawn(move || {
            if let Err(error) = serve(connection, &acceptor) {
                eprintln!("gss_server: {error}");
            }
        });
    }
    Ok(())
}

fn only(settings: AcceptorBuilder, enctype: Enctype) -> AcceptorBuilder {
    #[cfg(feature = "legacy-enctypes")]
    let settings = match enctype {
        Enctype::Rc4Hmac => settings.danger_allow(WeakEnctype::Rc4Hmac),
        Enctype::Des3CbcSha1 => settings.danger_allow(WeakEnctype::Des3CbcSha1),
        _ => settings,
    };
    settings.only_enctypes([enctype])
}

struct Arguments {
    keytab: String,
    listen: String,
    enctype: Option<Enctype>,
}

impl Arguments {
    fn read(mut words: impl Iterator<Item = String>) -> Fallible<Self> {
        let (mut keytab, mut listen, mut enctype) = (None, "127.0.0.1:0".to_owned(), None);
        while let Some(option) = words.next() {
            let value = words
                .next()
                .ok_or_else(|| format!("{option} needs a value"))?;
            match option.as_str() {
                "--keytab" => keytab = Some(value),
                "--listen" => listen = value,
                "--enctype" => enctype = Some(named(&value)?),
                _ => return Err(format!("unknown option {option}").into()),
            }
        }
        let usage = "usage: gss_server --keytab FILE [--listen ADDRESS] [--enctype NAME]";
        Ok(Self {
            keytab: keytab.ok_or(usage)?,
            listen,
            enctype,
        })
    }
}

fn named(name: &str) -> Fallible<Enctype> {
    let mut all = Enctype::all().iter().copied();
    let found = all.find(|enctype| enctype.name() == name);
    found.ok_or_else(|| format!("no encryption type {name} here").into())
}

/// One connection: a context, then messages until the client has no more.
fn serve(mut connection: TcpStream, acceptor: &Acceptor) -> Fallible<()> {
    connection.set_read_timeout(Some(PATIENCE))?;
    connection.set_write_timeout(Some(PATIENCE))?;
    let (flags, _) = receive(&mut connection)?;
    if flags != kind::NOOP | kind::CONTEXT_NEXT {
        return Err("the client asks for no context".into());
    }
    let mut context = establish(&mut connection, acceptor.begin())?;
    let identity = context.identity();
    say(&format!("accepted {}", identity.client()))?;
    if let Some(credential) = identity.delegated() {
        say(&format!("delegated {}", credential.service()))?;
    }
    loop {
        match receive(&mut connection)? {
            (kind::NOOP, _) => return Ok(()),
            (flags, message) => answer(&mut connection, &mut context, flags, message)?,
        }
    }
}

fn establish(
    connection: &mut TcpStream,
    mut negotiation: Negotiation,
) -> Fallible<SecurityContext> {
    loop {
        let (flags, token) = receive(connection)?;
        if flags & kind::CONTEXT == 0 {
            return Err("a context token is due".into());
        }
        match negotiation.step(&token, SystemTime::now()) {
            Ok(Step::Complete { context, reply }) => {
                if let Some(reply) = reply {
                    send(connection, kind::CONTEXT, &reply)?;
                }
                return Ok(context);
            }
            Ok(Step::Continue {
                negotiation: next,
                reply,
            }) => {
                send(connection, kind::CONTEXT, &reply)?;
                negotiation = next;
            }
            Ok(_) => return Err("a step that this example does not know".into()),
            Err(rejection) => {
                if let Some(reply) = rejection.reply() {
                    send(connection, kind::CONTEXT, reply)?;
                }
                say(&format!("refused {}", rejection.error().kind()))?;
                return Err(rejection.into());
            }
        }
    }
}

fn answer(
    connection: &mut TcpStream,
    context: &mut SecurityContext,
    flags: u8,
    mut token: Vec<u8>,
) -> Fallible<()> {
    if flags & kind::DATA == 0 {
        return Err("a message is due".into());
    }
    let (message, protection) = match flags & kind::WRAPPED {
        0 => (token.as_slice(), None),
        _ => {
            let unwrapped = context.unwrap(&mut token)?;
            (unwrapped.message, Some(unwrapped.protection))
        }
    };
    if flags & kind::ENCRYPTED != 0 && protection != Some(Protection::Confidentiality) {
        return Err("the message is not sealed, as its flags say".into());
    }
    let how = match protection {
        None => "in clear",
        Some(Protection::Confidentiality) => "sealed",
        Some(_) => "signed",
    };
    say(&format!("message {}, {how}", message.escape_ascii()))?;
    if flags & kind::SEND_MIC == 0 {
        return Ok(send(connection, kind::NOOP, &[])?);
    }
    Ok(send(connection, kind::MIC, &context.mic(message)?)?)
}

fn receive(connection: &mut TcpStream) -> Fallible<(u8, Vec<u8>)> {
    let (mut flags, mut length) = ([0], [0; 4]);
    connection.read_exact(&mut flags)?;
    connection.read_exact(&mut length)?;
    let length = usize::try_from(u32::from_be_bytes(length))?;
    if length > MAX_TOKEN {
        return Err(format!("a token of {length} octets").into());
    }
    let mut token = vec![0; length];
    connection.read_exact(&mut token)?;
    let [flags] = flags;
    Ok((flags, token))
}

fn send(connection: &mut TcpStream, flags: u8, token: &[u8]) -> io::Result<()> {
    let length = u32::try_from(token.len()).map_err(io::Error::other)?;
    let header = [&[flags][..], &length.to_be_bytes()].concat();
    connection.write_all(&[&header, token].concat())
}

/// Prints a line at once, and does not panic when nobody reads it.
fn say(line: &str) -> io::Result<()> {
    let mut output = io::stdout().lock();
    writeln!(output, "{line}")?;
    output.flush()
}
