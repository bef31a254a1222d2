//! [`Watch`]: files that are read again when they change, and when SIGHUP says so.
//!
//! They are looked at by what the system says of them, every few seconds: notifications do not work
//! on every file system, nor where an orchestrator swaps a link somewhere above the file. What is
//! damaged is not used, the old stays, and the log says so once.

use super::ledger::Ledger;
use super::log::{Level, Line};
use core::fmt;
use core::sync::atomic::Ordering;
use core::time::Duration;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::signal::unix::Signal;
use tokio::time::{MissedTickBehavior, interval};

/// Files under watch.
#[derive(Debug)]
pub(super) struct Watch {
    ledger: Arc<Ledger>,
    watched: Vec<Watched>,
}

/// Files that are one thing together, such as a certificate and its key.
pub(super) struct Watched {
    what: &'static str,
    files: Seen,
    /// Reads them, and uses what they say if it will do.
    renew: Box<dyn FnMut() -> Result<(), String> + Send>,
    /// What was said last of files that do not do, so that it is not said again.
    complaint: Option<String>,
}

/// Files as they were before they were read.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    paths: Vec<PathBuf>,
    stamps: Vec<Option<Stamp>>,
}

impl Seen {
    /// Looks at them. A change while they are read makes another stamp.
    pub(super) fn look(paths: Vec<PathBuf>) -> Self {
        Self {
            stamps: paths.iter().map(|path| Stamp::of(path)).collect(),
            paths,
        }
    }

    fn again(&self) -> Self {
        Self::look(self.paths.clone())
    }
}

/// What the system says of a file: another one, or another content, has another stamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    device: u64,
    number: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        let facts = std::fs::metadata(path).ok()?;
        Some(Self {
            device: facts.dev(),
            number: facts.ino(),
            size: facts.size(),
            modified: (facts.mtime(), facts.mtime_nsec()),
            changed: (facts.ctime(), facts.ctime_nsec()),
        })
    }
}

impl Watched {
    /// `what` they are, for the log; they have been read for the first time since they were seen.
    pub(super) fn new(
        what: &'static str,
        files: Seen,
        renew: impl FnMut() -> Result<(), String> + Send + 'static,
    ) -> Self {
        Self {
            what,
            files,
            renew: Box::new(renew),
            complaint: None,
        }
    }

    /// Whether they have to be read again. While they do not do, they are read each time: they may
    /// have been read half-written.
    fn is_due(&self) -> bool {
        self.complaint.is_some() || self.files.again().stamps != self.files.stamps
    }

    fn read(&mut self, ledger: &Ledger) {
        self.files = self.files.again();
        match (self.renew)() {
            Ok(()) => {
                self.complaint = None;
                ledger.metrics.reloads.fetch_add(1, Ordering::Relaxed);
                self.say(ledger, Level::Info, "read again", None);
            }
            Err(complaint) if self.complaint.as_ref() == Some(&complaint) => {}
            Err(complaint) => {
                ledger
                    .metrics
                    .failed_reloads
                    .fetch_add(1, Ordering::Relaxed);
                let result = "not used, the old one stays";
                self.say(ledger, Level::Error, result, Some(&complaint));
                self.complaint = Some(complaint);
            }
        }
    }

    fn say(&self, ledger: &Ledger, level: Level, result: &str, reason: Option<&String>) {
        let paths: Vec<_> = self
            .files
            .paths
            .iter()
            .map(|path| path.to_string_lossy())
            .collect();
        let line = Line::new(level, self.what)
            .text_field("result", result)
            .text_field("path", paths.join(" "))
            .optional("reason", reason);
        ledger.log.write(&line);
    }
}

impl Watch {
    pub(super) const fn new(ledger: Arc<Ledger>, watched: Vec<Watched>) -> Self {
        Self { ledger, watched }
    }

    /// Watches for as long as the program runs.
    pub(super) async fn keep(mut self, every: Duration, mut hangup: Signal) {
        let mut ticks = interval(every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let asked = tokio::select! {
                _ = ticks.tick() => false,
                Some(()) = hangup.recv() => true,
            };
            for watched in &mut self.watched {
                if asked || watched.is_due() {
                    watched.read(&self.ledger);
                }
            }
        }
    }
}

impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watched")
            .field("what", &self.what)
            .field("files", &self.files)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_after_the_first_look_is_seen() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("keytab");
        std::fs::write(&path, "old").unwrap();
        let seen = Seen::look(vec![path.clone()]);
        // Somebody is faster than who reads.
        std::fs::write(&path, "newer").unwrap();
        let mut watched = Watched::new("keytab", seen, || Ok(()));
        assert!(watched.is_due());
        watched.files = watched.files.again();
        assert!(!watched.is_due());
        std::fs::remove_file(&path).unwrap();
        assert!(watched.is_due());
    }
}
