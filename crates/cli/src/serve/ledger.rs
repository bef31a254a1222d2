//! [`Ledger`]: what the daemon knows of its own life; everybody writes into the same one.

use super::config::{LogRules, LoggedVerdicts};
use super::log::Log;
use super::metrics::Metrics;
use super::recent::Recent;
use super::replay::ReplayMemory;
use super::verdict::Verdict;
use core::sync::atomic::AtomicBool;
use portcullis::keytab::KeytabKey;
use std::sync::{PoisonError, RwLock};
use std::time::{Instant, SystemTime};

/// What the daemon knows of its own life.
#[derive(Debug)]
pub(super) struct Ledger {
    pub(super) log: Log,
    pub(super) metrics: Metrics,
    pub(super) recent: Recent,
    pub(super) replay: ReplayMemory,
    /// When, by the clock and by one that nobody sets.
    pub(super) started: (SystemTime, Instant),
    /// Whether whoever distributes requests should take us out.
    pub(super) leaving: AtomicBool,
    logged: LoggedVerdicts,
    keys: RwLock<Keys>,
}

/// What is in the keytab, without the keys.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys {
    pub(super) usable: Vec<KeytabKey>,
    /// Of encryption types that are not supported.
    pub(super) ignored: Vec<KeytabKey>,
    /// When they were read; `None` when there are none yet.
    pub(super) read: Option<SystemTime>,
}

impl Ledger {
    pub(super) fn new(rules: &LogRules, started: SystemTime, replay: ReplayMemory) -> Self {
        Self {
            log: Log::new(rules.format),
            metrics: Metrics::default(),
            recent: Recent::default(),
            replay,
            started: (started, Instant::now()),
            leaving: AtomicBool::new(false),
            logged: rules.verdicts,
            keys: RwLock::default(),
        }
    }

    /// Logs, counts and remembers a verdict.
    pub(super) fn account(&self, verdict: Verdict) {
        self.metrics.count(&verdict);
        if self.logged == LoggedVerdicts::All || !verdict.lets_in() {
            self.log.write(&verdict.line());
        }
        self.recent.remember(verdict);
    }

    pub(super) fn keys(&self) -> Keys {
        let keys = self.keys.read();
        keys.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// These are the keys from now on.
    pub(super) fn set_keys(&self, keys: Keys) {
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
    }
}
