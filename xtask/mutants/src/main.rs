//! All mutants of cargo-mutants in one build: whether a test fails when a check is changed, in
//! minutes.
//!
//! cargo-mutants builds everything again for each mutant. Here each stands beside the original,
//! behind a switch that an environment variable turns on, so that one build has all of them. The
//! tests are run once to see which mutants each of them comes by; then each mutant meets only the
//! tests that come by it, the quickest first, until one fails.
//!
//! A mutant of a constant, of a `const fn` that makes one, or of a function that returns
//! `impl Trait` cannot have a switch; `mutants.out/apart` lists those, for cargo-mutants itself.

mod build;
mod catalogue;
mod parallel;
mod report;
mod suite;
mod tree;
mod verdict;
mod weave;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What goes wrong is told to a person.
type Result<T> = std::result::Result<T, String>;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match run(&words) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// `--in-diff FILE`, `--again`, or paths; whether no mutant survived.
fn run(words: &[String]) -> Result<bool> {
    let root = root();
    let lists = root.join("target/mutants.out");
    let mutants = match words {
        [flag, diff] if flag == "--in-diff" => catalogue::of_diff(&root, diff)?,
        [flag] if flag == "--again" => catalogue::of_list(&root, &lists.join("survived"))?,
        paths => catalogue::of_paths(&root, paths)?,
    };
    if mutants.is_empty() {
        println!("no mutants there");
        return report::write(&lists, &mutants, &BTreeMap::new()); // not those of the time before
    }
    let tree = tree::copy(&root)?;
    let built = build::settle(&tree, &mutants)?;
    let suite = suite::survey(&tree)?;
    let verdicts = verdict::all(&suite, &mutants, &built);
    report::write(&lists, &mutants, &verdicts)
}

/// The workspace's directory.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}
