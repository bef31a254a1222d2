//! The workspace's tests, with nextest where it is installed.

use std::ffi::OsString;
use std::process::Command;

use crate::command::{Ended, cargo, quiet, watched};
use crate::report::{Outcome, Tally};

/// The packages whose tests need the peers and the programs.
const OF_PEERS: [&str; 2] = ["portcullis-interop", "portcullis-differential"];
/// One selection for all that is built without optimisation: with another, features differ and dependencies build again.
pub(crate) const EVERYTHING: [&str; 2] = ["--workspace", "--all-features"];

/// All tests but those that need the peers.
pub(crate) fn workspace() -> Outcome {
    let mut command = if nextest() {
        runner(&format!("not ({})", of_peers()))
    } else {
        let mut command = libtest();
        command.args(EVERYTHING);
        command.args(
            OF_PEERS
                .map(|package| ["--exclude", package])
                .as_flattened(),
        );
        command
    };
    outcome(&watched(&mut command))
}

/// The tests that need the peers, which they find themselves, and the programs, which `environment` names.
pub(crate) fn with_peers(environment: Vec<(&str, OsString)>) -> Outcome {
    let mut command = if nextest() {
        let mut command = runner(&of_peers());
        // They wait for others more than they compute.
        command.args(["--test-threads", "4"]);
        command
    } else {
        let mut command = libtest();
        command.args(
            OF_PEERS
                .map(|package| ["--package", package])
                .as_flattened(),
        );
        command
    };
    outcome(&watched(command.envs(environment)))
}

/// The examples in the documentation; nextest does not run them.
pub(crate) fn doctests() -> Outcome {
    let mut command = cargo(&["test", "--doc", "--no-fail-fast"]);
    outcome(&watched(command.args(EVERYTHING)))
}

fn nextest() -> bool {
    quiet(&mut cargo(&["nextest", "--version"]))
}

fn of_peers() -> String {
    OF_PEERS
        .map(|package| format!("package({package})"))
        .join(" or ")
}

/// nextest, for the tests that `filter` selects.
fn runner(filter: &str) -> Command {
    let mut command = cargo(&["nextest", "run", "--no-fail-fast", "--no-tests=pass"]);
    command.args(EVERYTHING).args(["--filterset", filter]);
    command
}

/// Where nextest is not installed.
fn libtest() -> Command {
    // `--lib` would also run what a manifest says is no test: the unit tests of a file that `proofs` borrows.
    cargo(&["test", "--no-fail-fast", "--tests"])
}

/// What the runner's summary says; a runner that failed before any test did (a build error) failed once.
pub(crate) fn outcome(ended: &Ended) -> Outcome {
    let mut tally = Tally::default();
    ended
        .said
        .lines()
        .filter_map(|line| summary(&without_colours(line)))
        .for_each(|more| tally.add(more));
    let mut outcome = Outcome {
        tally,
        notes: failures(&ended.said),
    };
    if !ended.good && tally.failed == 0 {
        outcome.and(Outcome::failed("the tests do not build or run"));
    }
    if tally.skipped > 0 {
        outcome.notes.push(format!(
            "skipped: {} tests are marked `ignore`",
            tally.skipped
        ));
    }
    outcome
}

/// `Summary [..] 6 tests run: 5 passed (1 slow), 1 failed, 0 skipped` of nextest, or
/// `test result: ok. 5 passed; 0 failed; 1 ignored; ..` of libtest.
fn summary(line: &str) -> Option<Tally> {
    let counts = if let Some(libtest) = line.strip_prefix("test result: ") {
        libtest.split_once(". ")?.1
    } else if line.trim_start().starts_with("Summary [") {
        line.split_once(" run: ")?.1
    } else {
        return None;
    };
    let mut tally = Tally::default();
    for count in counts.split([',', ';']) {
        let mut words = count.split_whitespace();
        let (Some(Ok(number)), Some(what)) = (words.next().map(str::parse::<usize>), words.next())
        else {
            continue;
        };
        match what {
            "passed" => tally.passed += number,
            "failed" | "timed" => tally.failed += number,
            "skipped" | "ignored" => tally.skipped += number,
            _ => {}
        }
    }
    Some(tally)
}

/// The names of the tests that failed, once each: `FAIL [ 0.1s] (1/2) NAME` or `test NAME ... FAILED`.
fn failures(said: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for line in said.lines() {
        let line = without_colours(line);
        let name = if let Some(rest) = line.trim_start().strip_prefix("FAIL [") {
            rest.split_once(") ").map(|(_, name)| name.to_owned())
        } else {
            let test = line
                .strip_prefix("test ")
                .and_then(|rest| rest.strip_suffix(" ... FAILED"));
            test.map(str::to_owned)
        };
        let note = name.map(|name| format!("failed: {name}"));
        names.extend(note.filter(|note| !names.contains(note)));
    }
    names
}

fn without_colours(line: &str) -> String {
    let mut text = String::new();
    let mut parts = line.split('\u{1b}');
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        text.push_str(part.split_once('m').map_or("", |(_, rest)| rest));
    }
    text
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn reads_the_summary_of_nextest() {
        let line = "     Summary [   0.010s] 6 tests run: 5 passed (1 slow), 1 failed, 2 skipped";
        assert_eq!(
            summary(line),
            Some(Tally {
                passed: 5,
                failed: 1,
                skipped: 2
            })
        );
    }

    #[test]
    fn reads_the_summary_of_libtest() {
        let line = "test result: FAILED. 3 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s";
        assert_eq!(
            summary(line),
            Some(Tally {
                passed: 3,
                failed: 2,
                skipped: 1
            })
        );
    }

    #[test]
    fn a_build_error_counts_as_one_failure() {
        let ended = Ended {
            good: false,
            said: "error: could not compile".to_owned(),
        };
        assert_eq!(
            outcome(&ended).tally,
            Tally {
                passed: 0,
                failed: 1,
                skipped: 0
            }
        );
    }

    #[test]
    fn names_each_failed_test_once() {
        let said = "        FAIL [   0.1s] (1/2) crate tests::one\ntest two ... FAILED\ntest two ... FAILED\n";
        assert_eq!(failures(said), ["failed: crate tests::one", "failed: two"]);
    }
}
