//! `portcullis demo`: the main job, seen working on an embedded default.
//!
//! A realm in memory, a web server that [`portcullis_http`] guards, and a client that logs in
//! through it. The realm's keys follow from its name, so everybody knows them: the server hands
//! out tokens to whoever asks, and listens on loopback alone.

mod client;
mod self_check;
mod server;
mod stopwatch;
mod tokens;

use crate::args::DemoArguments;
use crate::failure::Failure;
use client::authorization;
use core::fmt::Display;
use core::net::SocketAddr;
use std::io::Write;
use std::process::ExitCode;
use tokens::{Kind, Tokens};
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
    let server = server::start(listener, &tokens)?;

    say(INTRODUCTION)?;
    say(format_args!(
        "  realm   {} with user {}",
        tokens.realm(),
        tokens.user()
    ))?;
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
    say(invitation(address, &tokens)?)?;
    server
        .await
        .map_err(Failure::ServerTask)?
        .map_err(Failure::Server)
}

const INTRODUCTION: &str = "\
Portcullis: a service is handed a token and learns who sent it. Here are a Kerberos realm in
memory and a web server behind the Negotiate layer (RFC 4559).
";

fn invitation(address: SocketAddr, tokens: &Tokens) -> Result<String, Failure> {
    let token = tokens.make(Kind::Good)?;
    Ok(format!(
        "Open http://{address}/ in a browser, or log in once with a token made for you, good for \
         5 minutes:\n\n  curl -i -H 'Authorization: {}' http://{address}/whoami\n\nAnother one: \
         http://{address}/token/{}. Interrupt (Ctrl-C) to end.",
        authorization(token.octets()),
        Kind::Good.name(),
    ))
}

fn say(line: impl Display) -> Result<(), Failure> {
    writeln!(std::io::stdout(), "{line}").map_err(Failure::Output)
}
