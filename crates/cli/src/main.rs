//! The command `portcullis`: judge tokens, list keytabs, serve a realm for tests, show a login,
//! guard a web application.
//!
//! Standard output has the answer and nothing else; what could not be done is said on standard
//! error, after `portcullis: `, with exit status 2.

mod accept;
mod args;
mod demo;
mod failure;
mod input;
mod inspect;
mod interrupt;
mod keytab_list;
mod manual;
mod migrate;
mod realm;
mod say;
#[cfg(target_os = "linux")]
mod serve;

use args::{Arguments, Command, KeytabCommand};
use clap::Parser;
use failure::Failure;
use std::io::Write;
use std::process::ExitCode;

/// That of musl is slow (docs/performance.md).
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

/// The exit status of a command that could not run.
const COULD_NOT_RUN: u8 = 2;

fn main() -> ExitCode {
    let outcome = match Arguments::try_parse() {
        Ok(arguments) => run(arguments.command),
        Err(error) if error.use_stderr() => Err(Failure::usage(&error)),
        Err(asked) => print_what_was_asked_for(&asked),
    };
    outcome.unwrap_or_else(|failure| {
        // Nothing is left to be done when standard error is gone too.
        let _ = writeln!(std::io::stderr(), "portcullis: {failure}");
        ExitCode::from(COULD_NOT_RUN)
    })
}

fn run(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Accept(arguments) if arguments.batch => accept::batch::run(arguments.format),
        Command::Accept(arguments) => accept::run(arguments),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Realm(arguments) => realm::run(*arguments),
        #[cfg(target_os = "linux")]
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Migrate(arguments) => migrate::run(&arguments),
        Command::Completions { shell } => manual::completions(shell),
        Command::Man { directory } => manual::pages(&directory),
        Command::Keytab(KeytabCommand::List { file }) => keytab_list::run(&file),
    }
}

/// `--help` and `--version`, which clap reports as errors.
fn print_what_was_asked_for(asked: &clap::Error) -> Result<ExitCode, Failure> {
    write!(std::io::stdout(), "{}", asked.render()).map_err(Failure::Output)?;
    Ok(ExitCode::SUCCESS)
}
