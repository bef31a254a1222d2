//! `portcullis realm`: a realm with a KDC on loopback, for whoever develops against Kerberos.
//!
//! | file | what it does |
//! | --- | --- |
//! | `words` | names, passwords and encryption types as people write them |
//! | `file` | the TOML file |
//! | `plan` | command line, file and defaults become one plan, and a realm |
//! | `directory` | where its files go |
//! | `shell` | what to type, and `invitation` when |
//! | `error` | why there is no realm |

mod directory;
mod error;
mod file;
mod invitation;
mod plan;
mod shell;
mod words;

pub(crate) use directory::Directory;
pub(crate) use error::RealmError;
pub(crate) use shell::export_for_clients;
pub(crate) use words::{Enctypes, Name, RealmName, UserWords};

use crate::args::RealmArguments;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::say::say;
use invitation::Invitation;
use plan::Plan;
use portcullis_testrealm::{ServedKdc, TestRealm};
use std::io;
use std::process::ExitCode;

/// Serves a realm until interrupted.
pub(crate) fn run(arguments: RealmArguments) -> Result<ExitCode, Failure> {
    let plan = Plan::of(arguments)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(RealmError::Signals)?;
    runtime.block_on(stay_up(plan))?;
    Ok(ExitCode::SUCCESS)
}

async fn stay_up(plan: Plan) -> Result<(), Failure> {
    let interrupt = Interrupt::listen().map_err(RealmError::Signals)?;
    let directory = match &plan.directory {
        Some(path) => Directory::named(path)?,
        None => Directory::fresh()?,
    };
    let realm = plan.realm()?;
    let kdc = serve(&realm, &directory, plan.port)?;
    say(Invitation {
        plan: &plan,
        realm: &realm,
        directory: &directory,
        address: kdc.address(),
    })?;
    say("ready")?;
    interrupt.wait().await;
    Ok(())
}

/// Gives the realm a KDC on this port of loopback, and its files a place.
pub(crate) fn serve(
    realm: &TestRealm,
    directory: &Directory,
    port: u16,
) -> Result<ServedKdc, RealmError> {
    let served = realm.kdc().serve(directory.path(), port);
    served.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => RealmError::PortTaken(port),
        _ => RealmError::Serve {
            port,
            directory: directory.path().to_owned(),
            error,
        },
    })
}
