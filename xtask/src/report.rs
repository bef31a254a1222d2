//! What each step did, how long it took, and the sum.

use std::time::{Duration, Instant};

/// How many checks passed, failed, and were skipped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    pub(crate) skipped: usize,
}

impl Tally {
    /// Both together.
    pub(crate) fn add(&mut self, more: Self) {
        self.passed += more.passed;
        self.failed += more.failed;
        self.skipped += more.skipped;
    }
}

/// What came of a step: a tally, and why something failed or was skipped.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) tally: Tally,
    pub(crate) notes: Vec<String>,
}

impl Outcome {
    pub(crate) fn passed() -> Self {
        Self {
            tally: Tally {
                passed: 1,
                ..Tally::default()
            },
            notes: Vec::new(),
        }
    }

    pub(crate) fn failed(why: impl Into<String>) -> Self {
        let notes = vec![format!("failed: {}", why.into())];
        Self {
            tally: Tally {
                failed: 1,
                ..Tally::default()
            },
            notes,
        }
    }

    pub(crate) fn skipped(why: impl Into<String>) -> Self {
        let notes = vec![format!("skipped: {}", why.into())];
        Self {
            tally: Tally {
                skipped: 1,
                ..Tally::default()
            },
            notes,
        }
    }

    /// One check that passed or failed.
    pub(crate) fn of(good: bool, why: impl Into<String>) -> Self {
        if good {
            Self::passed()
        } else {
            Self::failed(why)
        }
    }

    /// Adds what came of a further check in the same step.
    pub(crate) fn and(&mut self, more: Self) {
        self.tally.add(more.tally);
        self.notes.extend(more.notes);
    }
}

/// The steps so far.
pub(crate) struct Report<'a> {
    only: &'a [&'a str],
    steps: Vec<(String, Outcome, Duration)>,
}

impl<'a> Report<'a> {
    /// An empty report that runs only the named steps, or all if none is named.
    pub(crate) fn new(only: &'a [&'a str]) -> Self {
        Self {
            only,
            steps: Vec::new(),
        }
    }

    /// Runs one step.
    pub(crate) fn step(&mut self, name: &str, run: impl FnOnce() -> Outcome) {
        if !self.only.is_empty() && !self.only.contains(&name) {
            return;
        }
        println!("== {name}");
        let start = Instant::now();
        let outcome = run();
        for note in &outcome.notes {
            println!("{name}: {note}");
        }
        self.steps.push((name.to_owned(), outcome, start.elapsed()));
    }

    /// Prints the summary; whether nothing failed. The last line stands alone, for programs to read.
    pub(crate) fn print(&self) -> bool {
        let mut sum = Tally::default();
        println!("\n== summary");
        for (name, Outcome { tally, notes }, took) in &self.steps {
            let Tally {
                passed,
                failed,
                skipped,
            } = tally;
            let seconds = took.as_secs_f64();
            println!(
                "{name:<10}{seconds:>8.1} s{passed:>6} passed{failed:>4} failed{skipped:>4} skipped"
            );
            for note in notes {
                println!("    {note}");
            }
            sum.add(*tally);
        }
        println!();
        println!(
            "{} passed, {} failed, {} skipped",
            sum.passed, sum.failed, sum.skipped
        );
        sum.failed == 0 && sum.passed > 0
    }
}
