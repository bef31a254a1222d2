//! [`Recent`]: the last verdicts, for the status page.

use super::verdict::{Finding, Verdict};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// As many as a page can show.
const MOST: usize = 100;

/// The last verdicts, the latest first. Of good ones it keeps as many as of the others, so that a
/// busy site's refusals do not drown in them.
#[derive(Debug, Default)]
pub(super) struct Recent {
    admitted: Mutex<VecDeque<Verdict>>,
    refused: Mutex<VecDeque<Verdict>>,
}

impl Recent {
    /// Takes the place of the oldest. That somebody was asked for credentials is nothing to remember:
    /// each first visit begins so; nor that a browser asked whether it may.
    pub(super) fn remember(&self, verdict: Verdict) {
        if matches!(verdict.finding, Finding::Challenged | Finding::Preflight) {
            return;
        }
        let verdicts = match verdict.lets_in() {
            true => &self.admitted,
            false => &self.refused,
        };
        let mut verdicts = verdicts.lock().unwrap_or_else(PoisonError::into_inner);
        verdicts.truncate(MOST.saturating_sub(1));
        verdicts.push_front(verdict);
    }

    /// Those that let nobody in.
    pub(super) fn refused(&self) -> Vec<Verdict> {
        let verdicts = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        verdicts.iter().cloned().collect()
    }

    /// Those that let somebody in.
    pub(super) fn admitted(&self) -> Vec<Verdict> {
        let verdicts = self.admitted.lock().unwrap_or_else(PoisonError::into_inner);
        verdicts.iter().cloned().collect()
    }
}
