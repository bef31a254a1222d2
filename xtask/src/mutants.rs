//! `cargo xtask mutants`: whether a test fails when a check is changed.
//!
//! What is mutated, and what is passed over, stands in `.cargo/mutants.toml`. `xtask/mutants` builds
//! all mutants at once and lists those that it has to leave out; cargo-mutants, which builds once for
//! each, is for these.

use std::path::Path;
use std::process::Command;

use crate::command::{cargo, good, quiet};

/// Those of ours that decide something.
const PACKAGES: [&str; 3] = ["portcullis", "portcullis-crypto", "portcullis-formats"];
/// What differs from here is new.
const BASE: &str = "origin/main";
/// Where `xtask/mutants` writes its lists.
const LISTS: &str = "target/mutants.out";

/// Mutates the lines that differ from `origin/main` (on it: of the last commit), or `--since` another
/// commit; with `--all` everything, or the files below the paths of `words`; with `--again` what
/// survived the time before, with `--apart` what was left out then. Whether no mutant survived.
pub(crate) fn command(root: &Path, words: &[&str]) -> bool {
    if !quiet(&mut cargo(&["mutants", "--version"])) {
        eprintln!("cargo-mutants is missing: cargo install cargo-mutants --locked");
        return false;
    }
    match words {
        ["--all"] => good(&mut at_once(root)),
        ["--again"] => good(at_once(root).arg("--again")),
        ["--apart"] => apart(root),
        [] => changed(root, BASE),
        ["--since", base] => changed(root, base),
        paths => good(at_once(root).args(paths)),
    }
}

/// The lines that differ from `base`, committed or not; what cannot be built at once, too.
fn changed(root: &Path, base: &str) -> bool {
    let Some(diff) = diff(root, base) else {
        eprintln!("there is no {base} to compare with");
        return false;
    };
    if diff.is_empty() && base == BASE {
        println!("nothing differs from {BASE}: the last commit is looked at");
        return changed(root, "HEAD~1");
    }
    let file = root.join("target/mutants.diff");
    if std::fs::create_dir_all(root.join("target")).is_err() || std::fs::write(&file, diff).is_err()
    {
        return false;
    }
    let together = good(at_once(root).arg("--in-diff").arg(file));
    apart(root) && together
}

fn diff(root: &Path, base: &str) -> Option<Vec<u8>> {
    let mut git = Command::new("git");
    git.args(["diff", "--merge-base", base]).current_dir(root);
    let output = git.output().ok()?;
    output.status.success().then_some(output.stdout)
}

/// All mutants in one build.
fn at_once(root: &Path) -> Command {
    let mut command = cargo(&["run", "--quiet", "--package", "portcullis-mutants", "--"]);
    command.current_dir(root);
    command
}

/// Those of the list, by cargo-mutants, one after the other.
fn apart(root: &Path) -> bool {
    let Ok(list) = std::fs::read_to_string(root.join(LISTS).join("apart")) else {
        eprintln!("no mutants were left out so far: {LISTS}/apart is missing");
        return false;
    };
    if list.is_empty() {
        return true;
    }
    let mut command = cargo(&["mutants", "--all-features", "--output", "target/apart"]);
    for package in PACKAGES {
        command.args(["--package", package]);
    }
    for name in list.lines() {
        command.args(["--re", &format!("^{}$", escaped(name))]);
    }
    good(command.current_dir(root))
}

/// A regular expression that means this text.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        if r".+*?()|[]{}^$\".contains(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}
