//! The project's own commands: `cargo xtask test | tidy | record | agpl | bench | fuzz | coverage | soak | mutants | differential |
//! package`.
//!
//! `test` is the whole list of what must hold, the same here and in `.ci/run`; `tidy` is its part that only reads;
//! `record` writes `testdata/tokens` anew from the real peers; `agpl` runs the oracles of `interop/agpl`; `bench` measures
//! us beside others; `fuzz`, `coverage`, `soak` and `mutants` take longer than `test` has; `package`
//! makes what is handed out, and tries it.

mod agpl;
mod bench;
mod command;
mod coverage;
mod differential;
mod fuzz;
mod gates;
mod interop;
mod musl;
mod mutants;
mod narrow;
mod package;
mod peers;
mod report;
mod soak;
mod speed;
mod tests;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use report::Report;

const USAGE: &str = "usage: cargo xtask test [STEP...] | tidy | record | agpl | bench --peers [--rounds N] [--write]
       cargo xtask fuzz --for SECONDSs [--record] [TARGET...] | fuzz --minimise [TARGET...] | coverage [--tests]
       cargo xtask soak --for TIME | mutants [--since COMMIT | --all | --again | --apart | PATH...]
       cargo xtask differential [--cases N] [--seed S] [--examples] | package
steps: peers fmt clippy deny tests doctests narrow tidy musl interop speed fuzz";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let good = match words.as_slice() {
        ["test", steps @ ..] => test(steps),
        ["tidy"] => tidy::run(&root()).print(),
        ["record"] => interop::record(),
        ["agpl"] => agpl::run(&root()),
        ["coverage", words @ ..] => coverage::command(&root(), words),
        ["fuzz", words @ ..] => fuzz::command(&root(), words),
        ["soak", words @ ..] => soak::command(words),
        ["mutants", words @ ..] => mutants::command(&root(), words),
        ["differential", words @ ..] => differential::run(words),
        ["package"] => package::command(&root()),
        ["bench", words @ ..] => bench::command(&root(), words),
        _ => {
            eprintln!("{USAGE}");
            false
        }
    };
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Runs the steps in order, or those that are named, and says what came of each.
fn test(only: &[&str]) -> bool {
    let root = root();
    let mut report = Report::new(only);
    report.step("peers", peers::install);
    report.step("fmt", || gates::fmt(&root));
    report.step("clippy", gates::clippy);
    report.step("deny", gates::deny);
    report.step("tests", tests::workspace);
    report.step("doctests", tests::doctests);
    report.step("narrow", narrow::run);
    report.step("tidy", || tidy::run(&root).outcome());
    report.step("musl", || musl::run(&root));
    report.step("interop", || interop::run(&root));
    report.step("speed", || speed::run(&root));
    report.step("fuzz", || fuzz::run(&root));
    report.print()
}

/// The workspace's directory.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map(Path::to_path_buf)
        .unwrap_or_default()
}

/// Whether nothing may be missing.
fn ci() -> bool {
    std::env::var_os("CI").is_some_and(|ci| ci == "true")
}
