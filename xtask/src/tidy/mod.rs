//! What a machine can see of our conventions, by reading alone.

mod arrows;
mod documents;
mod files;
mod panics;
mod sources;
mod tags;

use std::path::Path;

use crate::report::Outcome;
use files::TextFile;

/// What breaks a convention, each with its place.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    lines: Vec<String>,
}

impl Findings {
    fn add(&mut self, place: impl std::fmt::Display, what: impl std::fmt::Display) {
        self.lines.push(format!("{place}: {what}"));
    }

    /// One check: passed, or failed with all places.
    pub(crate) fn outcome(self) -> Outcome {
        if self.lines.is_empty() {
            return Outcome::passed();
        }
        let mut outcome = Outcome::failed(format!("{} conventions are broken", self.lines.len()));
        outcome.notes.extend(self.lines);
        outcome
    }

    /// Prints them; whether there is none.
    pub(crate) fn print(self) -> bool {
        for line in &self.lines {
            println!("{line}");
        }
        println!("tidy: {} findings", self.lines.len());
        self.lines.is_empty()
    }
}

/// Reads the whole tree.
pub(crate) fn run(root: &Path) -> Findings {
    let mut findings = Findings::default();
    let files = files::read(root);
    arrows::find(root, &mut findings);
    for file in &files {
        sources::find(file, &mut findings);
        panics::find(file, &mut findings);
        tags::find(file, &mut findings);
        documents::find(root, file, &mut findings);
    }
    if !root.join("CHANGELOG.md").exists() {
        findings.add("CHANGELOG.md", "is missing");
    }
    findings
}
