//! Lines on standard output.

use crate::failure::Failure;
use core::fmt::Display;
use std::io::Write;

/// Prints a line.
///
/// # Errors
/// [`Failure::Output`] when nobody reads any more.
pub(crate) fn say(line: impl Display) -> Result<(), Failure> {
    writeln!(std::io::stdout(), "{line}").map_err(Failure::Output)
}
