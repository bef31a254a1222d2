//! `portcullis accept`: tokens in, a verdict out.

pub(crate) mod batch;
pub(crate) mod krb5_conf;
pub(crate) mod pac;
pub(crate) mod request;
mod text;
mod verdict;

use crate::args::{AcceptArguments, Format};
use crate::failure::Failure;
use crate::input;
use request::Request;
use std::io::Write;
use std::process::ExitCode;

/// Judges the tokens of the command line.
pub(crate) fn run(mut arguments: Box<AcceptArguments>) -> Result<ExitCode, Failure> {
    let tokens = input::read_all(&arguments.tokens)?;
    let format = arguments.format.take().unwrap_or(Format::Text);
    let verdict = Request::try_from(*arguments)?.judge(&tokens, None)?;
    let mut output = std::io::stdout().lock();
    match format {
        Format::Text => write!(output, "{}", text::Report(&verdict)),
        Format::Json => writeln!(output, "{}", verdict.to_json()?),
    }
    .map_err(Failure::Output)?;
    Ok(ExitCode::from(verdict.exit_status()))
}
