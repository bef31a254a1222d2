//! Which tests there are, how long each takes, and which mutants it comes by.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::Result;
use crate::build::cargo;
use crate::parallel;
use crate::tree::Tree;

/// What never ends may not take all memory, either; in KiB.
const MOST_KIB: u64 = 8 << 20;

/// One test of one binary.
pub(crate) struct Test {
    pub(crate) binary: PathBuf,
    /// Of the package, where cargo runs it.
    pub(crate) folder: PathBuf,
    pub(crate) name: String,
    pub(crate) takes: Duration,
    pub(crate) reaches: BTreeSet<usize>,
}

impl Test {
    /// The test alone, with the mutant of this number.
    pub(crate) fn command(&self, mutant: usize) -> Command {
        // What never ends is stopped by the time that it computed, whatever else runs here.
        let seconds = self.takes.as_secs().saturating_mul(2).saturating_add(10);
        let limited = format!("ulimit -t {seconds} -v {MOST_KIB}; exec \"$@\"");
        let mut command = Command::new("sh");
        command
            .args(["-c", &limited, "sh"])
            .arg(&self.binary)
            .args(["--exact", &self.name])
            .current_dir(&self.folder)
            .env("MUTANT", mutant.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }
}

/// Runs each test alone; those that fail without a mutant, or come by none, are not asked.
pub(crate) fn survey(tree: &Tree) -> Result<Vec<Test>> {
    let mut tests = Vec::new();
    for (binary, folder) in binaries(tree)? {
        for name in names(&binary)? {
            let (takes, reaches) = (Duration::ZERO, BTreeSet::new());
            let (binary, folder) = (binary.clone(), folder.clone());
            tests.push(Test {
                binary,
                folder,
                name,
                takes,
                reaches,
            });
        }
    }
    println!("{} tests", tests.len());
    let each =
        |(number, test): (usize, Test)| surveyed(test, &tree.target.join(format!("seen-{number}")));
    let mut tests: Vec<Test> = parallel::map(tests.into_iter().enumerate(), each)
        .into_iter()
        .flatten()
        .collect();
    println!("{} of them come by mutants", tests.len());
    tests.sort_by_key(|test| test.takes);
    Ok(tests)
}

/// The test with what it comes by, if it is good.
fn surveyed(mut test: Test, seen: &Path) -> Option<Test> {
    let _ = fs::remove_file(seen);
    let _ = test.command(0).env("MUTANTS_SEEN", seen).status();
    let said = fs::read_to_string(seen).unwrap_or_default();
    let _ = fs::remove_file(seen);
    test.reaches = said.lines().filter_map(|line| line.parse().ok()).collect();
    if test.reaches.is_empty() {
        return None;
    }
    let start = Instant::now();
    let status = test.command(usize::MAX).status();
    test.takes = start.elapsed();
    if status.is_ok_and(|status| status.success()) {
        return Some(test);
    }
    println!("fails without a mutant: {}", test.name);
    None
}

/// The test binaries, and the folders of their packages.
fn binaries(tree: &Tree) -> Result<Vec<(PathBuf, PathBuf)>> {
    let output = cargo(tree, &["test", "--no-run", "--lib", "--tests"])
        .output()
        .map_err(|error| format!("cargo test: {error}"))?;
    if !output.status.success() {
        return Err("the tests do not build".to_owned());
    }
    let said = String::from_utf8_lossy(&output.stdout);
    let messages = said
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    Ok(messages.filter_map(|message| binary(&message)).collect())
}

fn binary(message: &Value) -> Option<(PathBuf, PathBuf)> {
    let binary = PathBuf::from(message.get("executable")?.as_str()?);
    let manifest = PathBuf::from(message.get("manifest_path")?.as_str()?);
    Some((binary, manifest.parent()?.to_path_buf()))
}

fn names(binary: &PathBuf) -> Result<Vec<String>> {
    let output = Command::new(binary)
        .args(["--list", "--format", "terse"])
        .output()
        .map_err(|error| format!("{binary:?}: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let names = said.lines().filter_map(|line| line.strip_suffix(": test"));
    Ok(names.map(str::to_owned).collect())
}
