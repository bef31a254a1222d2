//! [`Metrics`]: counters, in the text format of Prometheus.

use super::ledger::Ledger;
use super::verdict::Verdict;
use core::fmt::Write as _;
use core::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// The upper bounds of the histogram, in microseconds.
pub(super) const BOUNDS: [u64; 14] = [
    50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000,
    10_000_000,
];

/// What is counted.
#[derive(Debug, Default)]
pub(super) struct Metrics {
    verdicts: Mutex<BTreeMap<(&'static str, &'static str), u64>>,
    /// Requests per bound, those that took longer last.
    buckets: [AtomicU64; BOUNDS.len() + 1],
    micros: AtomicU64,
    pub(super) connections: AtomicI64,
    pub(super) stripped: AtomicU64,
    pub(super) reloads: AtomicU64,
    pub(super) failed_reloads: AtomicU64,
}

impl Metrics {
    /// Counts a verdict.
    pub(super) fn count(&self, verdict: &Verdict) {
        let label = (verdict.finding.outcome(), verdict.finding.kind());
        let mut verdicts = self.verdicts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = verdicts.entry(label).or_default();
        *count = count.saturating_add(1);
        drop(verdicts);
        let micros = super::log::micros(verdict.took);
        let place = BOUNDS.partition_point(|bound| *bound < micros);
        if let Some(bucket) = self.buckets.get(place) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// How many requests took no longer than each bound and longer than the one before; those that
    /// took longer than all of them last.
    pub(super) fn latencies(&self) -> Vec<(Option<u64>, u64)> {
        let bounds = BOUNDS.iter().copied().map(Some).chain([None]);
        let counts = self
            .buckets
            .iter()
            .map(|count| count.load(Ordering::Relaxed));
        bounds.zip(counts).collect()
    }

    /// By outcome and kind.
    pub(super) fn verdicts(&self) -> BTreeMap<(&'static str, &'static str), u64> {
        let verdicts = self.verdicts.lock().unwrap_or_else(PoisonError::into_inner);
        verdicts.clone()
    }

    /// What Prometheus reads. Writing into a String does not fail.
    pub(super) fn text(&self, ledger: &Ledger) -> String {
        let mut text = String::from(
            "# HELP portcullis_verdicts_total Requests by what became of them.\n\
             # TYPE portcullis_verdicts_total counter\n",
        );
        for ((outcome, kind), count) in self.verdicts() {
            let _ = writeln!(
                text,
                "portcullis_verdicts_total{{outcome=\"{outcome}\",kind=\"{kind}\"}} {count}"
            );
        }
        self.histogram(&mut text);
        let reloads = self.reloads.load(Ordering::Relaxed);
        let failed = self.failed_reloads.load(Ordering::Relaxed);
        let connections = self.connections.load(Ordering::Relaxed);
        let stripped = self.stripped.load(Ordering::Relaxed);
        let up = ledger.started.1.elapsed().as_secs();
        let _ = write!(
            text,
            "# HELP portcullis_connections Connections that are open.\n\
             # TYPE portcullis_connections gauge\n\
             portcullis_connections {connections}\n\
             # HELP portcullis_stripped_total Requests that claimed an identity in their fields.\n\
             # TYPE portcullis_stripped_total counter\n\
             portcullis_stripped_total {stripped}\n\
             # HELP portcullis_reloads_total Files that were read again, by result.\n\
             # TYPE portcullis_reloads_total counter\n\
             portcullis_reloads_total{{result=\"ok\"}} {reloads}\n\
             portcullis_reloads_total{{result=\"failed\"}} {failed}\n\
             # HELP portcullis_up_seconds Since the start.\n\
             # TYPE portcullis_up_seconds gauge\n\
             portcullis_up_seconds {up}\n"
        );
        if let Some((records, capacity)) = ledger.replay.fill() {
            let _ = write!(
                text,
                "# HELP portcullis_replay_records Authenticators that are remembered.\n\
                 # TYPE portcullis_replay_records gauge\n\
                 portcullis_replay_records {records}\n\
                 # HELP portcullis_replay_capacity Authenticators that can be remembered.\n\
                 # TYPE portcullis_replay_capacity gauge\n\
                 portcullis_replay_capacity {capacity}\n"
            );
        }
        text
    }

    fn histogram(&self, text: &mut String) {
        text.push_str(
            "# HELP portcullis_request_seconds How long requests took.\n\
             # TYPE portcullis_request_seconds histogram\n",
        );
        let mut total = 0_u64;
        for (bound, count) in self.latencies() {
            total = total.saturating_add(count);
            let le = bound.map_or_else(|| "+Inf".to_owned(), seconds);
            let _ = writeln!(
                text,
                "portcullis_request_seconds_bucket{{le=\"{le}\"}} {total}"
            );
        }
        let sum = seconds(self.micros.load(Ordering::Relaxed));
        let _ = write!(
            text,
            "portcullis_request_seconds_sum {sum}\nportcullis_request_seconds_count {total}\n"
        );
    }
}

fn seconds(micros: u64) -> String {
    let (whole, rest) = (micros / 1_000_000, micros % 1_000_000);
    let text = format!("{whole}.{rest:06}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_written_without_idle_zeros() {
        assert_eq!(seconds(50), "0.00005");
        assert_eq!(seconds(2_500_000), "2.5");
        assert_eq!(seconds(10_000_000), "10");
        assert_eq!(seconds(0), "0");
    }
}
