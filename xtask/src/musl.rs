//! The binary as one static file, and the proof that it runs: a recorded token goes in, its verdict comes out.

use std::path::{Path, PathBuf};
use std::process::Command;

use portcullis_interop::portcullis::Request;
use portcullis_interop::recorded::Recorded;

use crate::command::{good, quiet};
use crate::interop::executable;
use crate::report::Outcome;

const TARGET: &str = "x86_64-unknown-linux-musl";

/// Builds, looks at the result, and runs it.
pub(crate) fn run(root: &Path) -> Outcome {
    if !installed() {
        return Outcome::skipped(format!("rustup cannot add the target {TARGET}"));
    }
    let Some(binary) = binary() else {
        return Outcome::failed("the static binary does not build");
    };
    let mut outcome = Outcome::of(is_static(&binary), "the binary is not static");
    outcome.and(accepts(&binary, root));
    outcome
}

/// Builds it.
pub(crate) fn binary() -> Option<PathBuf> {
    executable(&[
        "--package",
        "portcullis-cli",
        "--bin",
        "portcullis",
        "--target",
        TARGET,
    ])
}

/// Whether it can be built here.
pub(crate) fn installed() -> bool {
    // `rustup target add` succeeds without the network when the target is there.
    good(Command::new("rustup").args(["target", "add", TARGET]))
        || quiet(Command::new("rustc").args(["--target", TARGET, "--print", "target-libdir"]))
}

/// ldd says "statically linked" of a static PIE, and "not a dynamic executable" of another static file.
fn is_static(binary: &Path) -> bool {
    let Ok(output) = Command::new("ldd").arg(binary).output() else {
        return false;
    };
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    println!("ldd: {}", said.trim());
    said.contains("statically linked") || said.contains("not a dynamic executable")
}

/// The recorded tokens, through the static binary.
fn accepts(binary: &Path, root: &Path) -> Outcome {
    let recorded = match Recorded::read_all(&root.join("testdata/tokens")) {
        Ok(recorded) if !recorded.is_empty() => recorded,
        Ok(_) => return Outcome::failed("testdata/tokens has no recorded token"),
        Err(error) => return Outcome::failed(error),
    };
    let mut outcome = Outcome::default();
    for token in recorded {
        let said = token.replay(|request: &Request| request.run(binary));
        outcome.and(Outcome::of(said.is_ok(), said.err().unwrap_or_default()));
    }
    outcome
}
