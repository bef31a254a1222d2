//! `portcullis completions` and `portcullis man`: what packages have beside the program.

use crate::args::Arguments;
use crate::failure::Failure;
use clap::CommandFactory as _;
use clap_complete::Shell;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

/// Prints what completes arguments in this shell.
pub(crate) fn completions(shell: Shell) -> Result<ExitCode, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "portcullis", &mut text);
    std::io::stdout()
        .write_all(&text)
        .map_err(Failure::Output)?;
    Ok(ExitCode::SUCCESS)
}

/// Writes a page for the command and one for each that it has.
pub(crate) fn pages(directory: &Path) -> Result<ExitCode, Failure> {
    let command = Arguments::command().disable_help_subcommand(true);
    clap_mangen::generate_to(command, directory).map_err(|error| Failure::Write {
        path: directory.to_owned(),
        error,
    })?;
    Ok(ExitCode::SUCCESS)
}
