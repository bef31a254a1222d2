//! `portcullis demo`: the main job, seen working on an embedded default.
//!
//! A realm with a KDC, a web server that [`portcullis_http`] guards, and a client that logs in
//! through it. The realm's keys follow from its name, so everybody knows them: the server hands
//! out tokens to whoever asks, and all listens on loopback alone.

mod client;
mod self_check;
mod server;
mod stopwatch;
mod tokens;

use crate::args::DemoArguments;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::realm::{Directory, export_for_clients, serve};
use crate::say::say;
use client::authorization;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;
use tokens::{Kind, PASSWORD, Tokens};
use tokio::net::TcpListener;

/// Shows a login, then serves until interrupted.
pub(crate) fn run(arguments: &DemoArguments) -> Result<ExitCode, Failure> {
    if !arguments.listen.ip().is_loopback() {
        return Err(Failure::NotLoopback(arguments.listen));
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::Server)?;
    runtime.block_on(show(arguments))?;
    Ok(ExitCode::SUCCESS)
}

async fn show(arguments: &DemoArguments) -> Result<(), Failure> {
    let tokens = Tokens::new()?;
    let listener = TcpListener::bind(arguments.listen)
        .await
        .map_err(Failure::Server)?;
    let address = listener.local_addr().map_err(Failure::Server)?;
    let interrupt = Interrupt::listen().map_err(Failure::Server)?;
    let server = server::start(listener, &tokens, interrupt)?;
    let directory = Directory::fresh()?;
    let kdc = serve(tokens.realm(), &directory, 0)?;

    say(INTRODUCTION)?;
    say(format_args!(
        "  realm   {} with user {}",
        tokens.realm().name(),
        tokens.user()
    ))?;
    say(format_args!("  KDC     {} (UDP and TCP)", kdc.address()))?;
    say(format_args!(
        "  server  http://{address}/ for {}\n",
        tokens.service()
    ))?;
    say("What came back, what its client had sent, and why:\n")?;
    for row in self_check::run(address, &tokens).await? {
        say(format_args!("  {row}"))?;
    }
    say(format_args!("\n{}\n", stopwatch::measure(&tokens)?))?;
    if arguments.once {
        return Ok(());
    }
    say(invitation(address, &tokens, &directory)?)?;
    server
        .await
        .map_err(Failure::ServerTask)?
        .map_err(Failure::Server)
}

const INTRODUCTION: &str = "\
Portcullis: a service is handed a token and learns who sent it. Here are a Kerberos realm for
tests and a web server behind the Negotiate layer (RFC 4559).
";

fn invitation(
    address: SocketAddr,
    tokens: &Tokens,
    directory: &Directory,
) -> Result<String, Failure> {
    let token = tokens.make(Kind::Good)?;
    Ok(format!(
        "Open http://{address}/ in a browser, or log in with Kerberos' own kinit and curl (the \
         password\nof {} is {PASSWORD}):\n\n  {}\n  kinit {}\n  {}\n\nOr log in once with a token \
         made for you, good for 5 minutes:\n\n  curl -i -H 'Authorization: {}' \
         http://{address}/whoami\n\nAnother one: http://{address}/token/{}. Interrupt (Ctrl-C) to \
         end.",
        tokens.user().display_without_realm(),
        export_for_clients(directory.path()),
        tokens.user().display_without_realm(),
        negotiate(address),
        authorization(token.octets()),
        Kind::Good.name(),
    ))
}

/// What asks by the name that the service has, wherever on loopback it is.
fn negotiate(address: SocketAddr) -> String {
    let port = address.port();
    let resolve = match address.ip() {
        IpAddr::V4(Ipv4Addr::LOCALHOST) | IpAddr::V6(Ipv6Addr::LOCALHOST) => String::new(),
        ip => format!("--resolve localhost:{port}:{ip} "),
    };
    format!("curl --negotiate -u : {resolve}http://localhost:{port}/whoami")
}
