//! The real peers against the static binary and the examples.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;

use crate::command::{cargo, good};
use crate::musl;
use crate::report::Outcome;
use crate::tests::{self, EVERYTHING};

/// Builds the programs and runs the tests of `interop`; those that a missing peer made return early count as skipped.
pub(crate) fn run(root: &Path) -> Outcome {
    let Some(binary) = program() else {
        return Outcome::failed("the binary does not build");
    };
    // The tests find the examples beside themselves.
    let mut examples = cargo(&["build", "--examples"]);
    if !good(examples.args(EVERYTHING)) {
        return Outcome::failed("the examples do not build");
    }
    let Ok(skips) = tempfile::NamedTempFile::new_in(root.join("target"))
        .or_else(|_| tempfile::NamedTempFile::new())
    else {
        return Outcome::failed("no temporary file");
    };
    let mut result = tests::with_peers(vec![
        ("PORTCULLIS_BIN", binary.into()),
        ("PORTCULLIS_SKIPS", skips.path().into()),
    ]);
    for skipped in std::fs::read_to_string(skips.path())
        .unwrap_or_default()
        .lines()
    {
        result.tally.passed = result.tally.passed.saturating_sub(1);
        result.and(Outcome::skipped(skipped));
    }
    result
}

/// The command as it is handed out, static, or else as this machine builds it.
fn program() -> Option<PathBuf> {
    if musl::installed() {
        musl::binary()
    } else {
        executable(&["--package", "portcullis-cli", "--bin", "portcullis"])
    }
}

/// Writes `testdata/tokens` anew.
pub(crate) fn record() -> bool {
    good(&mut cargo(&[
        "run",
        "--quiet",
        "--package",
        "portcullis-interop",
        "--bin",
        "record",
    ]))
}

/// Builds a program for release and returns where cargo put it.
pub(crate) fn executable(which: &[&str]) -> Option<PathBuf> {
    executable_of("release", which)
}

/// The same with another profile of the workspace.
pub(crate) fn executable_of(profile: &str, which: &[&str]) -> Option<PathBuf> {
    let mut build = cargo(&[
        "build",
        "--profile",
        profile,
        "--message-format=json-render-diagnostics",
    ]);
    println!("$ cargo build --profile {profile} {}", which.join(" "));
    let output = build
        .args(which)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .ok()?;
    if !output.status.success() {
        return None;
    }
    let messages = String::from_utf8_lossy(&output.stdout).into_owned();
    let executables = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    executables
        .filter_map(|message| message["executable"].as_str().map(PathBuf::from))
        .next_back()
}
