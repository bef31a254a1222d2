//! `cargo xtask mutants`: whether a test fails when a check is changed.
//!
//! What is mutated, and what is passed over, stands in `.cargo/mutants.toml`.

use std::path::Path;
use std::process::Command;

use crate::command::{cargo, good, quiet};

/// Those of ours that decide something.
const PACKAGES: [&str; 3] = ["portcullis", "portcullis-crypto", "portcullis-formats"];
/// What differs from here is new.
const BASE: &str = "origin/main";

/// Mutates the lines that differ from `origin/main`, or with `--all` everything, or the files below
/// the paths of `words`; whether no mutant survived.
pub(crate) fn command(root: &Path, words: &[&str]) -> bool {
    if !quiet(&mut cargo(&["mutants", "--version"])) {
        eprintln!("cargo-mutants is missing: cargo install cargo-mutants --locked");
        return false;
    }
    match words {
        ["--all"] => good(&mut mutants(root)),
        [] => changed(root),
        paths => {
            let mut command = mutants(root);
            for path in paths {
                command.args(["--file", path, "--file", &format!("{path}/**")]);
            }
            good(&mut command)
        }
    }
}

/// The lines that differ from the base, committed or not.
fn changed(root: &Path) -> bool {
    let diff = root.join("target/mutants.diff");
    let mut git = Command::new("git");
    git.args(["diff", "--merge-base", BASE]).current_dir(root);
    let Ok(output) = git.output() else {
        return false;
    };
    if !output.status.success() || std::fs::create_dir_all(root.join("target")).is_err() {
        eprintln!("there is no {BASE} to compare with");
        return false;
    }
    if std::fs::write(&diff, output.stdout).is_err() {
        return false;
    }
    good(mutants(root).arg("--in-diff").arg(diff))
}

fn mutants(root: &Path) -> Command {
    let mut command = cargo(&["mutants", "--all-features", "--output", "target"]);
    for package in PACKAGES {
        command.args(["--package", package]);
    }
    command.current_dir(root);
    command
}
