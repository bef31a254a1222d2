//! `cargo xtask coverage`: which lines and functions of `formats` and `acceptor` the inputs of the fuzz targets
//! go through, and which functions none reaches; with `--tests` the same of the tests of both.
//!
//! The compiler of the nightly toolchain counts, and the tools of its component `llvm-tools` read.

mod lines;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::command::{good, quiet};
use crate::fuzz::nightly_cargo;
use lines::Lines;

/// Whose lines count.
const CRATES: [&str; 2] = ["formats", "acceptor"];
const PACKAGES: [&str; 2] = ["portcullis-formats", "portcullis"];

/// Prints both; whether everything could be run.
pub(crate) fn command(root: &Path, words: &[&str]) -> bool {
    let with_tests = match words {
        [] => false,
        ["--tests"] => true,
        _ => {
            eprintln!("usage: cargo xtask coverage [--tests]");
            return false;
        }
    };
    let Some(tools) = tools() else {
        eprintln!("llvm-tools are missing: rustup component add --toolchain nightly llvm-tools");
        return false;
    };
    let run = Run {
        root: root.to_path_buf(),
        tools,
        target: root.join("target/coverage"),
    };
    let Some(fuzzed) = run.of_inputs() else {
        return false;
    };
    println!(
        "{:<10} {:>14} {:>22} {:>22}",
        "crate", "", "lines", "functions"
    );
    print(root, "fuzzing", &fuzzed, &fuzzed);
    let tested = with_tests.then(|| run.of_tests());
    if let Some(Some(tested)) = &tested {
        print(root, "tests", &fuzzed, tested);
    }
    println!("\nfunctions that no input of a target reaches:");
    for (file, line, name) in fuzzed.unreached(root) {
        let file = file.strip_prefix(root).unwrap_or(&file).display();
        println!("{file}:{line} {name}");
    }
    !matches!(tested, Some(None))
}

/// How much of what there is in the targets' program was run.
fn print(root: &Path, what: &str, all: &Lines, run: &Lines) {
    for name in CRATES {
        let directory = root.join("crates").join(name).join("src");
        let share = |part: usize, all: usize| {
            format!(
                "{part} of {all} ({:.1} %)",
                100.0 * part as f64 / all.max(1) as f64
            )
        };
        let (lines, all_lines) = all.lines_run_by(run, &directory);
        let (functions, all_functions) = all.functions_run_by(run, &directory);
        println!(
            "{name:<10} {what:>14} {:>22} {:>22}",
            share(lines, all_lines),
            share(functions, all_functions)
        );
    }
}

/// Where the nightly toolchain has `llvm-cov` and `llvm-profdata`.
fn tools() -> Option<PathBuf> {
    let mut rustc = Command::new("rustup");
    rustc.args(["run", "nightly", "rustc", "--print", "target-libdir"]);
    let said = rustc.output().ok()?.stdout;
    let libraries = PathBuf::from(String::from_utf8_lossy(&said).trim());
    let tools = libraries.parent()?.join("bin");
    let works = quiet(Command::new(tools.join("llvm-cov")).arg("--version"));
    works.then_some(tools)
}

struct Run {
    root: PathBuf,
    tools: PathBuf,
    target: PathBuf,
}

impl Run {
    /// Of all inputs, those that campaigns found here among them.
    fn of_inputs(&self) -> Option<Lines> {
        let counts = self.counts("inputs")?;
        let mut cargo = self.cargo(&counts);
        cargo.args([
            "run",
            "--manifest-path",
            "fuzz/Cargo.toml",
            "--example",
            "costs",
            "--",
        ]);
        cargo.args(["fuzz/corpus", "fuzz/minimised", "fuzz/seeds"]);
        if !good(&mut cargo) {
            return None;
        }
        let program = self.target.join("debug/examples/costs");
        self.read(&counts, &[program])
    }

    /// Of the tests of both crates.
    fn of_tests(&self) -> Option<Lines> {
        let counts = self.counts("tests")?;
        let arguments = |cargo: &mut Command| {
            cargo.args(["test", "--all-features", "--lib", "--tests"]);
            PACKAGES.iter().for_each(|package| {
                cargo.args(["--package", package]);
            });
        };
        let mut cargo = self.cargo(&counts);
        arguments(&mut cargo);
        cargo
            .args(["--no-run", "--message-format=json"])
            .stderr(Stdio::inherit());
        let said = cargo.output().ok()?;
        let programs = String::from_utf8_lossy(&said.stdout)
            .lines()
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
            .filter(|message| message["profile"]["test"] == true)
            .filter_map(|message| Some(PathBuf::from(message["executable"].as_str()?)))
            .collect::<Vec<_>>();
        let mut cargo = self.cargo(&counts);
        arguments(&mut cargo);
        // A test that measures may fail under the instruments: what it ran through counts.
        cargo.arg("--no-fail-fast");
        let _ = good(&mut cargo);
        self.read(&counts, &programs)
    }

    /// An empty directory for what is counted.
    fn counts(&self, name: &str) -> Option<PathBuf> {
        let counts = self.target.join(name);
        let _ = std::fs::remove_dir_all(&counts);
        std::fs::create_dir_all(&counts).ok()?;
        Some(counts)
    }

    fn cargo(&self, counts: &Path) -> Command {
        let mut cargo = nightly_cargo(&self.root);
        cargo
            .env("CARGO_TARGET_DIR", &self.target)
            .env("RUSTFLAGS", "-C instrument-coverage")
            .env("LLVM_PROFILE_FILE", counts.join("%p-%12m.profraw"));
        cargo
    }

    fn read(&self, counts: &Path, programs: &[PathBuf]) -> Option<Lines> {
        let merged = counts.join("merged.profdata");
        let mut merge = Command::new(self.tools.join("llvm-profdata"));
        merge.args(["merge", "--sparse", "--output"]).arg(&merged);
        for entry in std::fs::read_dir(counts).ok()?.flatten() {
            merge.arg(entry.path());
        }
        if !quiet(&mut merge) {
            eprintln!("llvm-profdata cannot merge what was counted");
            return None;
        }
        let mut export = Command::new(self.tools.join("llvm-cov"));
        export
            .args(["export", "--format=text"])
            .arg("--instr-profile")
            .arg(merged);
        for program in programs {
            export.arg("--object").arg(program);
        }
        let said = export.stderr(Stdio::inherit()).output().ok()?;
        let said = serde_json::from_slice(&said.stdout).ok()?;
        let sources = CRATES.map(|name| self.root.join("crates").join(name).join("src"));
        Some(Lines::read(&said, &sources))
    }
}
