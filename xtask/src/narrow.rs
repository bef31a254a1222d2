//! The readers on a machine of 32 bits: sums of lengths that are safe in 64 bits wrapped round there in three readers of
//! PACs at once (CVE-2022-42898).

use std::process::Command;

use crate::command::{cargo, good, quiet, watched};
use crate::report::Outcome;
use crate::tests::outcome;

/// Its programs run on a kernel of 64 bits, and it needs no C compiler.
const TARGET: &str = "i686-unknown-linux-musl";

/// Runs the tests of `formats`.
pub(crate) fn run() -> Outcome {
    if !installed() {
        return Outcome::skipped(format!("rustup cannot add the target {TARGET}"));
    }
    let mut command = cargo(&["test", "--package", "portcullis-formats", "--no-fail-fast"]);
    command.args(["--target", TARGET, "--lib", "--test", "hostile_pac"]);
    command.env("CARGO_TARGET_I686_UNKNOWN_LINUX_MUSL_LINKER", "rust-lld");
    outcome(&watched(&mut command))
}

fn installed() -> bool {
    // `rustup target add` succeeds without the network when the target is there.
    good(Command::new("rustup").args(["target", "add", TARGET]))
        || quiet(Command::new("rustc").args(["--target", TARGET, "--print", "target-libdir"]))
}
