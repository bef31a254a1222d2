//! The core on a machine of 32 bits: sums of lengths that are safe in 64 bits wrapped round there in three readers of PACs
//! at once (CVE-2022-42898). And there again as a release is built, but with overflow checks.

use std::process::Command;

use crate::command::{cargo, good, quiet, watched};
use crate::report::Outcome;
use crate::tests::outcome;

/// Its programs run on a kernel of 64 bits, and it needs no C compiler.
const TARGET: &str = "i686-unknown-linux-musl";

/// All that a stranger's octets go through before anybody is let in.
const CORE: [&str; 3] = ["portcullis-formats", "portcullis-crypto", "portcullis"];

/// Runs the unit and integration tests of the core, and optimised those that read most.
pub(crate) fn run() -> Outcome {
    if !installed() {
        return Outcome::skipped(format!("rustup cannot add the target {TARGET}"));
    }
    let mut outcome = tests(&["--tests"]);
    let some = ["--test", "doors", "--test", "vectors"];
    outcome.and(tests(
        &[&["--profile", "checked"], some.as_slice()].concat(),
    ));
    outcome
}

fn tests(which: &[&str]) -> Outcome {
    let mut command = cargo(&["test", "--no-fail-fast", "--target", TARGET]);
    command.args(["--all-features", "--lib"]).args(which);
    command.args(CORE.map(|package| ["--package", package]).as_flattened());
    command.env("CARGO_TARGET_I686_UNKNOWN_LINUX_MUSL_LINKER", "rust-lld");
    outcome(&watched(&mut command))
}

fn installed() -> bool {
    // `rustup target add` succeeds without the network when the target is there.
    good(Command::new("rustup").args(["target", "add", TARGET]))
        || quiet(Command::new("rustc").args(["--target", TARGET, "--print", "target-libdir"]))
}
