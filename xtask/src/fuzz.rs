//! A short run of each fuzz target: enough to see that it builds, starts and finds nothing at once.

use std::path::Path;
use std::process::Command;

use crate::command::{cargo, good, quiet};
use crate::report::Outcome;

/// How long each target runs.
const SECONDS: u32 = 5;

/// Builds all targets of `fuzz/fuzz_targets` and runs each for some seconds.
pub(crate) fn run(root: &Path) -> Outcome {
    let targets = targets(&root.join("fuzz/fuzz_targets"));
    if targets.is_empty() {
        return Outcome::skipped("there is no fuzz target");
    }
    if let Err(why) = tools() {
        return Outcome::skipped(why);
    }
    if !good(&mut fuzz(root, &["build"])) {
        return Outcome::failed("the fuzz targets do not build");
    }
    let mut outcome = Outcome::default();
    for target in targets {
        outcome.and(Outcome::of(
            brief(root, &target),
            format!("fuzz target {target}"),
        ));
    }
    outcome
}

/// One target for some seconds: what it finds goes to `fuzz/corpus`, where it starts from is `fuzz/seeds`.
fn brief(root: &Path, target: &str) -> bool {
    let time = format!("-max_total_time={SECONDS}");
    let (corpus, seeds) = (
        format!("fuzz/corpus/{target}"),
        format!("fuzz/seeds/{target}"),
    );
    let directory = |path: &str| std::fs::create_dir_all(root.join(path)).is_ok();
    let limits = [
        time.as_str(),
        "-timeout=5",
        "-verbosity=0",
        "-print_funcs=0",
    ];
    let arguments = [["run", target, &corpus, &seeds, "--"].as_slice(), &limits].concat();
    directory(&corpus) && good(&mut fuzz(root, &arguments))
}

fn targets(directory: &Path) -> Vec<String> {
    let files = std::fs::read_dir(directory)
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

/// `cargo fuzz` of the nightly toolchain, which inherits nothing from the cargo that runs us.
fn fuzz(root: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("rustup");
    command
        .args(["run", "nightly", "cargo", "fuzz"])
        .args(arguments)
        .current_dir(root);
    for variable in ["CARGO", "RUSTC", "RUSTUP_TOOLCHAIN"] {
        command.env_remove(variable);
    }
    command
}
