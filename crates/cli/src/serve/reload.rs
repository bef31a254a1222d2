//! [`Watch`]: files that are read again when they change, and when SIGHUP says so.
//!
//! They are looked at by what the system says of them, every few seconds: notifications do not work
//! on every file system, nor where an orchestrator swaps a link somewhere above the file. What is
//! damaged is not used, the old stays, and the log says so once.

use super::door::Door;
use super::log::{Level, Line};
use super::site::{Gate, KeytabProblem};
use core::sync::atomic::Ordering;
use core::time::Duration;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::Arc;
use tokio::signal::unix::Signal;
use tokio::time::{MissedTickBehavior, interval};

/// What the system says of a file: another one, or another content, has another stamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    device: u64,
    number: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

/// A keytab under watch.
#[derive(Debug)]
pub(super) struct Watch {
    door: Arc<Door>,
    gate: Gate,
    seen: Option<Stamp>,
    /// What was said last of a file that does not do, so that it is not said again.
    complaint: Option<String>,
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

impl Watch {
    pub(super) fn new(door: Arc<Door>, gate: Gate) -> Self {
        Self {
            seen: Stamp::of(gate.keytab()),
            complaint: None,
            door,
            gate,
        }
    }

    /// Watches for as long as the program runs.
    pub(super) async fn keep(mut self, every: Duration, mut hangup: Signal) {
        let mut ticks = interval(every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => self.look(),
                asked = hangup.recv() => match asked {
                    Some(()) => self.read(),
                    None => return,
                },
            }
        }
    }

    fn look(&mut self) {
        // While the file does not do, it is read each time: it may have been read half-written.
        if self.complaint.is_some() || Stamp::of(self.gate.keytab()) != self.seen {
            self.read();
        }
    }

    fn read(&mut self) {
        // Looked at before: a change while the file is read makes another stamp.
        self.seen = Stamp::of(self.gate.keytab());
        match self.gate.reload() {
            Ok(()) => {
                self.door.replace(self.gate.guarded());
                self.complaint = None;
                self.door.metrics.reloads.fetch_add(1, Ordering::Relaxed);
                self.say(Level::Info, "read again", None);
            }
            Err(problem) => self.complain(&problem),
        }
    }

    fn complain(&mut self, problem: &KeytabProblem) {
        let complaint = problem.to_string();
        if self.complaint.as_ref() == Some(&complaint) {
            return;
        }
        self.door
            .metrics
            .failed_reloads
            .fetch_add(1, Ordering::Relaxed);
        self.say(
            Level::Error,
            "not used, the old keys stay",
            Some(&complaint),
        );
        self.complaint = Some(complaint);
    }

    fn say(&self, level: Level, result: &str, reason: Option<&String>) {
        let line = Line::new(level, "keytab")
            .text_field("result", result)
            .text_field("path", self.gate.keytab().display())
            .optional("reason", reason);
        self.door.log.write(&line);
    }
}
