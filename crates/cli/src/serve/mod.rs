//! `portcullis serve`: who is asking? for proxies and applications that speak HTTP.
//!
//! | file | what it does |
//! | --- | --- |
//! | `config` | the TOML file |
//! | `listen` | sockets and connections, from the first to the last |
//! | `door` | each request, and the verdict on it |
//! | `request` | what a request says of itself, and a proxy of it |
//! | `site` | the acceptor and the layer that guard the door |
//! | `within` | what answers a proven client |
//! | `proxy` | the way to the application, where we are the proxy ourselves |
//! | `client`, `requirement` | what a client is to the application, and whether it may come in |
//! | `identity_headers` | the fields that tell the application |
//! | `refusal` | what those see who are not let in |
//! | `reload` | new keys, without losing a request |
//! | `verdict`, `log`, `metrics` | what the operator learns |
//! | `error` | why the daemon does not run |

mod client;
mod config;
mod door;
mod error;
mod identity_headers;
mod listen;
mod log;
mod metrics;
mod proxy;
mod refusal;
mod reload;
mod request;
mod requirement;
mod site;
mod verdict;
mod within;

pub(crate) use error::ServeError;

use crate::args::ServeArguments;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::say::say;
use config::{Config, Listen, Places};
use core::time::Duration;
use door::Door;
use listen::{Hall, Listener, Phase, Role};
use log::{Level, Line};
use reload::Watch;
use site::{Gate, Site, until_trusted};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::SystemTime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

/// How long clients that are busy have to learn that they should not come again.
const LEAVE: Duration = Duration::from_secs(1);

/// Serves until interrupted, or says whether it could.
pub(crate) fn run(arguments: &ServeArguments) -> Result<ExitCode, Failure> {
    let path = &arguments.config;
    let text = std::fs::read_to_string(path).map_err(Failure::reading(path))?;
    let config = Config::parse(&text).map_err(|error| ServeError::File {
        path: path.clone(),
        error,
    })?;
    let started = SystemTime::now();
    let gate = Gate::build(&config, &Places::new(path, &text), started);
    let gate = gate.map_err(ServeError::Config)?;
    if arguments.check {
        say(format_args!("{}: good", path.display()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(ServeError::Start)?;
    runtime.block_on(serve(&config, gate, started))?;
    Ok(ExitCode::SUCCESS)
}

async fn serve(config: &Config, gate: Gate, started: SystemTime) -> Result<(), ServeError> {
    let interrupt = Interrupt::listen().map_err(ServeError::Start)?;
    let hangup = signal(SignalKind::hangup()).map_err(ServeError::Start)?;
    let site = bind(&config.listen).await?;
    let own = bind(&config.own.listen).await?;
    let door = Arc::new(Door::new(Site::new(config), gate.guarded(), &config.log));
    let log = door.log;
    let (phases, phase) = watch::channel(Phase::Open);
    let hall = Hall::new(door.clone(), &config.limits, phase);
    tokio::spawn(Watch::new(door, gate).keep(config.limits.reload.duration(), hangup));

    sleep(until_trusted(started)).await;
    let ready = Line::new(Level::Info, "ready")
        .text_field("listen", addresses(&site))
        .optional("own", Some(addresses(&own)).filter(|own| !own.is_empty()));
    for listener in site {
        tokio::spawn(listener.serve(hall.clone()));
    }
    for listener in own {
        tokio::spawn(listener.serve(hall.with_role(Role::Own)));
    }
    log.write(&ready);

    interrupt.wait().await;
    log.write(&Line::new(Level::Info, "leaving"));
    phases.send_replace(Phase::Leaving);
    sleep(LEAVE).await;
    phases.send_replace(Phase::Closing);
    let all_gone = timeout(config.limits.shutdown.duration(), hall.empty()).await;
    let (level, result) = match all_gone {
        Ok(()) => (Level::Info, "everybody was answered"),
        Err(_) => (Level::Warning, "somebody was still waiting"),
    };
    log.write(&Line::new(level, "gone").text_field("result", result));
    Ok(())
}

async fn bind(addresses: &[Listen]) -> Result<Vec<Listener>, ServeError> {
    let mut listeners = Vec::new();
    for listen in addresses {
        let listener = Listener::bind(listen).await;
        listeners.push(listener.map_err(|error| ServeError::Listen {
            at: listen.to_string(),
            error,
        })?);
    }
    Ok(listeners)
}

/// With blanks between.
fn addresses(listeners: &[Listener]) -> String {
    let addresses: Vec<_> = listeners.iter().map(Listener::address).collect();
    addresses.join(" ")
}
