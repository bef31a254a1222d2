//! Form and lints.

use std::path::Path;

use crate::command::{cargo, good, quiet};
use crate::report::Outcome;

/// rustfmt, for the workspace and for `fuzz`, which is a workspace of its own.
pub(crate) fn fmt(root: &Path) -> Outcome {
    let mut outcome = Outcome::of(
        good(&mut cargo(&["fmt", "--all", "--check"])),
        "cargo fmt would change files",
    );
    let fuzz = root.join("fuzz/Cargo.toml");
    if fuzz.exists() {
        let mut command = cargo(&["fmt", "--check", "--manifest-path"]);
        outcome.and(Outcome::of(
            good(command.arg(fuzz)),
            "cargo fmt would change files of fuzz",
        ));
    }
    outcome
}

/// clippy over everything, warnings are errors.
pub(crate) fn clippy() -> Outcome {
    let arguments = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--all-features",
        "--",
        "-D",
        "warnings",
    ];
    Outcome::of(good(&mut cargo(&arguments)), "clippy has complaints")
}

/// cargo-deny: what may come into the tree (`deny.toml`). It takes minutes to build, so it runs where it is
/// installed: `cargo install cargo-deny --locked`.
pub(crate) fn deny() -> Outcome {
    if !quiet(&mut cargo(&["deny", "--version"])) {
        return Outcome::skipped("cargo-deny is not installed");
    }
    // It reads all that is locked; a build fetches what it needs itself, not what other systems would.
    quiet(&mut cargo(&["fetch", "--locked"]));
    let mut command = cargo(&["deny", "--offline", "--log-level", "error", "check"]);
    let checked = good(command.args(["licenses", "bans", "sources"]));
    Outcome::of(checked, "cargo deny refuses a package")
}
