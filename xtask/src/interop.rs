//! The real peers against a release build of the binary and of the examples.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;

use crate::command::{cargo, good, watched};
use crate::report::Outcome;
use crate::tests::{outcome, runner};

/// What the tests find a program by, and how it is built.
const BUILDS: [(&str, &[&str]); 7] = [
    (
        "PORTCULLIS_BIN",
        &["--package", "portcullis-cli", "--bin", "portcullis"],
    ),
    (
        "PORTCULLIS_AXUM",
        &[
            "--package",
            "portcullis-http",
            "--features",
            "axum",
            "--example",
            "axum",
        ],
    ),
    (
        "PORTCULLIS_AXUM_TLS",
        &[
            "--package",
            "portcullis-http",
            "--features",
            "axum,rustls",
            "--example",
            "axum_tls",
        ],
    ),
    (
        "PORTCULLIS_GSS_SERVER",
        &[
            "--package",
            "portcullis",
            "--features",
            "legacy-enctypes",
            "--example",
            "gss_server",
        ],
    ),
    (
        "PORTCULLIS_LINE_SERVER",
        &["--package", "portcullis-sasl", "--example", "line_server"],
    ),
    (
        "PORTCULLIS_LDAP_BIND",
        &["--package", "portcullis-sasl", "--example", "ldap_bind"],
    ),
    (
        "PORTCULLIS_POSTGRES",
        &["--package", "portcullis-sasl", "--example", "postgres"],
    ),
];

/// Builds the programs and runs the tests of `interop`; those that a missing peer made return early count as skipped.
pub(crate) fn run(root: &Path) -> Outcome {
    let mut environment: Vec<(&str, OsString)> = Vec::new();
    for (variable, which) in BUILDS {
        match executable(which) {
            Some(path) => environment.push((variable, path.into())),
            None => return Outcome::failed(format!("{} does not build", which.join(" "))),
        }
    }
    let Ok(skips) = tempfile::NamedTempFile::new_in(root.join("target"))
        .or_else(|_| tempfile::NamedTempFile::new())
    else {
        return Outcome::failed("no temporary file");
    };
    environment.push(("PORTCULLIS_SKIPS", skips.path().into()));
    let packages = [
        "--package",
        "portcullis-interop",
        "--package",
        "portcullis-differential",
    ];
    let mut tests = runner(&packages);
    let mut result = outcome(&watched(tests.envs(environment)));
    for skipped in std::fs::read_to_string(skips.path())
        .unwrap_or_default()
        .lines()
    {
        result.tally.passed = result.tally.passed.saturating_sub(1);
        result.and(Outcome::skipped(skipped));
    }
    result
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
