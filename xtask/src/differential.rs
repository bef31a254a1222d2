//! Other implementations beside ours, for as many cases as one has time for.

use crate::command::good;
use crate::interop::executable;
use std::process::Command;

/// Builds our binary and the generator, and runs it with these words.
pub(crate) fn run(words: &[&str]) -> bool {
    let ours = ["--package", "portcullis-cli", "--bin", "portcullis"];
    let generator = ["--package", "portcullis-differential"];
    let (Some(ours), Some(generator)) = (executable(&ours), executable(&generator)) else {
        return false;
    };
    good(
        Command::new(generator)
            .args(words)
            .env("PORTCULLIS_BIN", ours),
    )
}
