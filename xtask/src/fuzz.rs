//! A short run of each fuzz target: enough to see that it builds, starts and finds nothing at once. And
//! longer ones, `cargo xtask fuzz --for 60s`, with what they did.

use std::path::Path;
use std::process::Command;

use crate::command::{cargo, good, quiet};
use crate::report::Outcome;

/// How long each target runs as a part of the tests.
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
            campaign(root, &target, SECONDS).is_some(),
            format!("fuzz target {target}"),
        ));
    }
    outcome
}

/// `--for 60s [TARGET...]`: runs all targets or those that are named, one after the other, each for so
/// long, and tells what they did; whether they found nothing.
pub(crate) fn command(root: &Path, words: &[&str]) -> bool {
    let ["--for", time, only @ ..] = words else {
        eprintln!("how long? --for 60s");
        return false;
    };
    let Ok(seconds) = time.trim_end_matches('s').parse() else {
        eprintln!("not a number of seconds: {time}");
        return false;
    };
    if let Err(why) = tools() {
        eprintln!("{why}");
        return false;
    }
    let mut targets = targets(&root.join("fuzz/fuzz_targets"));
    targets.retain(|target| only.is_empty() || only.contains(&target.as_str()));
    if !good(&mut fuzz(root, &["build"])) {
        return false;
    }
    let mut total = Some(0);
    println!(
        "{:<22} {:>12} {:>9} {:>9}",
        "target", "executions", "edges", "features"
    );
    for target in &targets {
        let done = campaign(root, target, seconds);
        match &done {
            Some(done) => println!(
                "{target:<22} {:>12} {:>9} {:>9}",
                done.executions, done.edges, done.features
            ),
            None => println!("{target:<22} found something: fuzz/artifacts/{target}"),
        }
        total = total.zip(done).map(|(total, done)| total + done.executions);
    }
    if let Some(total) = total {
        println!("{:<22} {total:>12}", "all");
    }
    total.is_some()
}

/// What a target did.
#[derive(Debug, Default, PartialEq, Eq)]
struct Done {
    executions: u64,
    /// Of the control flow, those that an input went through.
    edges: u64,
    /// Edges with how often, and comparisons with how close.
    features: u64,
}

impl Done {
    /// `#9 DONE cov: 12 ft: 34 corp: ..` and `stat::number_of_executed_units: 9` of libFuzzer.
    fn read(said: &str) -> Self {
        let mut done = Self::default();
        for line in said.lines() {
            let mut words = line.split_whitespace();
            while let Some(word) = words.next() {
                let place = match word {
                    "cov:" => &mut done.edges,
                    "ft:" => &mut done.features,
                    "stat::number_of_executed_units:" => &mut done.executions,
                    _ => continue,
                };
                *place = words
                    .next()
                    .and_then(|number| number.parse().ok())
                    .unwrap_or(*place);
            }
        }
        done
    }
}

/// One target for some seconds: what it finds goes to `fuzz/corpus`, where it starts from is `fuzz/seeds`. `None`
/// when it found what it should not; what it said is shown then.
fn campaign(root: &Path, target: &str, seconds: u32) -> Option<Done> {
    let time = format!("-max_total_time={seconds}");
    let (corpus, seeds) = (
        format!("fuzz/corpus/{target}"),
        format!("fuzz/seeds/{target}"),
    );
    let directory = |path: &str| std::fs::create_dir_all(root.join(path)).is_ok();
    let limits = [
        time.as_str(),
        "-timeout=5",
        "-rss_limit_mb=2048",
        "-print_final_stats=1",
        "-print_funcs=0",
    ];
    let arguments = [["run", target, &corpus, &seeds, "--"].as_slice(), &limits].concat();
    if !directory(&corpus) {
        return None;
    }
    let output = fuzz(root, &arguments).output().ok()?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        return Some(Done::read(&said));
    }
    eprintln!("{said}");
    None
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_libfuzzer_says_last() {
        let said = "#2\tINITED cov: 5 ft: 6 corp: 1/1b\n#9\tDONE   cov: 12 ft: 34 corp: 3/8b\n\
                    stat::number_of_executed_units: 9\nstat::peak_rss_mb: 48\n";
        let done = Done {
            executions: 9,
            edges: 12,
            features: 34,
        };
        assert_eq!(Done::read(said), done);
    }
}
