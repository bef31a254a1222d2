//! `portcullis serve`: who is asking? for proxies and applications that speak HTTP.
//!
//! | file | what it does |
//! | --- | --- |
//! | `config` | the TOML file |
//! | `daemon` | its life, from the first file to the last answer |
//! | `listen` | sockets and connections, from the first to the last |
//! | `crew` | the threads that connections are served in |
//! | `silence`, `download` | connections on which nobody asks for anything, or takes what is answered |
//! | `keepalive` | peers that are gone without a word |
//! | `door` | each request, and the verdict on it |
//! | `request` | what a request says of itself, and a proxy of it |
//! | `site` | what of the configuration every request meets |
//! | `gate`, `groups`, `replay`, `sessions` | the acceptor and the layer that guard the door |
//! | `realms` | whose word counts about which groups |
//! | `passwords` | tokens for those who have none |
//! | `preflight` | what browsers ask before they ask |
//! | `within` | what answers a proven client |
//! | `proxy` | the way to the application, where we are the proxy ourselves |
//! | `client`, `requirement` | what a client is to the application, and whether it may come in |
//! | `identity_headers` | the fields that tell the application |
//! | `refusal` | what those see who are not let in |
//! | `reload` | new keys, without losing a request |
//! | `tls`, `proxy_certificates` | a certificate of our own, and those of a proxy in front |
//! | `manager` | what systemd does for us |
//! | `delegation` | credentials by which the application acts as its clients |
//! | `finding`, `verdict`, `ledger`, `log`, `metrics`, `recent`, `status` | what the operator learns |
//! | `outlet` | where lines of the log leave |
//! | `error` | why the daemon does not run |

mod client;
mod config;
mod crew;
mod daemon;
mod delegation;
mod door;
mod download;
mod error;
mod finding;
mod gate;
mod groups;
mod identity_headers;
mod keepalive;
mod ledger;
mod listen;
mod log;
mod manager;
mod metrics;
mod outlet;
mod passwords;
mod preflight;
mod proxy;
mod proxy_certificates;
mod realms;
mod recent;
mod refusal;
mod reload;
mod replay;
mod request;
mod requirement;
mod sessions;
mod silence;
mod site;
mod status;
mod tls;
mod verdict;
mod within;

pub(crate) use error::ServeError;

use crate::args::ServeArguments;
use crate::failure::Failure;
use crate::say::say;
use config::{Config, Places};
use daemon::{Parts, serve};
use std::process::ExitCode;

/// What the files are read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Intent {
    Serve,
    /// To say whether they will do; nothing is written.
    Check,
}

/// Serves until interrupted, or says whether it could.
pub(crate) fn run(arguments: &ServeArguments) -> Result<ExitCode, Failure> {
    let path = &arguments.config;
    let text = std::fs::read_to_string(path).map_err(Failure::reading(path))?;
    let config = Config::parse(&text).map_err(|error| ServeError::File {
        path: path.clone(),
        error,
    })?;
    let places = Places::new(path, &text);
    let intent = match arguments.check {
        true => Intent::Check,
        false => Intent::Serve,
    };
    let parts = Parts::read(&config, &places, intent).map_err(ServeError::Config)?;
    if arguments.check {
        say(format_args!("{}: good", path.display()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(ServeError::Start)?;
    runtime.block_on(serve(&config, parts))?;
    Ok(ExitCode::SUCCESS)
}
