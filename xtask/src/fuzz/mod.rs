//! A short run of each fuzz target: enough to see that it builds, starts and finds nothing at once. And
//! longer ones, `cargo xtask fuzz --for 60s`, with what they did, which `--record` adds to the tally.

mod campaign;
mod tally;

use std::path::Path;
use std::process::Command;

use crate::command::{cargo, good, quiet};
use crate::report::Outcome;
use campaign::campaign;

/// How long each target runs as a part of the tests.
const SECONDS: u32 = 5;

/// Builds all targets of `fuzz/fuzz_targets` and runs each for some seconds.
pub(crate) fn run(root: &Path) -> Outcome {
    let targets = targets(root);
    if targets.is_empty() {
        return Outcome::skipped("there is no fuzz target");
    }
    if let Err(why) = tools() {
        return Outcome::skipped(why);
    }
    if !good(&mut fuzz(root, "build", &[])) {
        return Outcome::failed("the fuzz targets do not build");
    }
    let mut outcome = Outcome::default();
    for target in targets {
        outcome.and(Outcome::of(
            campaign(root, &target, SECONDS).is_some(),
            format!("fuzz target {target}"),
        ));
    }
    outcome
}

/// `--for 60s [--record] [TARGET...]`: runs all targets or those that are named, one after the other, each for
/// so long, and tells what they did; whether they found nothing. `--minimise [TARGET...]`: writes
/// `fuzz/minimised` anew.
pub(crate) fn command(root: &Path, words: &[&str]) -> bool {
    let (seconds, only) = match words {
        ["--minimise", only @ ..] => (None, only),
        ["--for", time, only @ ..] => match time.trim_end_matches('s').parse() {
            Ok(seconds) => (Some(seconds), only),
            Err(_) => {
                eprintln!("not a number of seconds: {time}");
                return false;
            }
        },
        _ => {
            eprintln!("how long? --for 60s");
            return false;
        }
    };
    if let Err(why) = tools() {
        eprintln!("{why}");
        return false;
    }
    let records = only.contains(&"--record");
    let only: Vec<&str> = only
        .iter()
        .copied()
        .filter(|word| *word != "--record")
        .collect();
    let mut targets = targets(root);
    targets.retain(|target| only.is_empty() || only.contains(&target.as_str()));
    if !good(&mut fuzz(root, "build", &[])) {
        return false;
    }
    match seconds {
        Some(seconds) => campaigns(root, &targets, seconds, records),
        None => targets
            .iter()
            .all(|target| campaign::minimise(root, target)),
    }
}

fn campaigns(root: &Path, targets: &[String], seconds: u32, records: bool) -> bool {
    let mut total = Some(0);
    println!(
        "{:<22} {:>12} {:>9} {:>9}",
        "target", "executions", "edges", "features"
    );
    for target in targets {
        let done = campaign(root, target, seconds);
        match &done {
            Some(done) => println!(
                "{target:<22} {:>12} {:>9} {:>9}",
                done.executions, done.edges, done.features
            ),
            None => println!("{target:<22} found something: fuzz/artifacts/{target}"),
        }
        if let (Some(done), true) = (&done, records)
            && let Err(error) = tally::record(root, target, done)
        {
            eprintln!("docs/testing.md: {error}");
            total = None;
        }
        total = total.zip(done).map(|(total, done)| total + done.executions);
    }
    if let Some(total) = total {
        println!("{:<22} {total:>12}", "all");
    }
    total.is_some()
}

fn targets(root: &Path) -> Vec<String> {
    let files = std::fs::read_dir(root.join("fuzz/fuzz_targets"))
        .into_iter()
        .flatten()
        .filter_map(Result::ok);
    let mut names: Vec<_> = files
        .map(|file| file.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
        .collect();
    names.sort();
    names
}

/// The nightly toolchain and cargo-fuzz, installed if they are missing and can be had.
fn tools() -> Result<(), String> {
    let nightly = || quiet(Command::new("rustup").args(["run", "nightly", "rustc", "--version"]));
    if !nightly() {
        good(Command::new("rustup").args([
            "toolchain",
            "install",
            "nightly",
            "--profile",
            "minimal",
        ]));
    }
    if !nightly() {
        return Err("there is no nightly toolchain, and rustup cannot install it".to_owned());
    }
    let installed = || quiet(&mut cargo(&["fuzz", "--version"]));
    if !installed() {
        good(&mut cargo(&["install", "cargo-fuzz", "--locked"]));
    }
    if installed() {
        Ok(())
    } else {
        Err("cargo-fuzz cannot be installed".to_owned())
    }
}

/// `cargo fuzz` of the nightly toolchain. No sanitizer: what they look for cannot be written without `unsafe`,
/// which our crates forbid, and they halve the executions.
fn fuzz(root: &Path, verb: &str, arguments: &[&str]) -> Command {
    let mut command = nightly_cargo(root);
    command
        .args(["fuzz", verb, "--sanitizer", "none"])
        .args(arguments);
    command
}

/// `cargo` of the nightly toolchain, which inherits nothing from the cargo that runs us.
pub(crate) fn nightly_cargo(root: &Path) -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", "nightly", "cargo"]).current_dir(root);
    for variable in ["CARGO", "RUSTC", "RUSTUP_TOOLCHAIN"] {
        command.env_remove(variable);
    }
    command
}
