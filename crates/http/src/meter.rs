//! Verdicts, counted for whatever the application has behind the facade `metrics`.
//!
//! `portcullis_http_verdicts_total`, a counter with the labels `outcome`
//! ([`Outcome::label`](crate::Outcome::label)) and `kind` ([`Verdict::kind`], or `none`): as many
//! series as there are kinds of errors, whatever clients send. `portcullis_http_verdict_seconds`, a
//! histogram with the label `outcome`: how long a verdict took, stores and directories included.

use crate::verdict::Verdict;
use core::time::Duration;
use metrics::{counter, histogram};

pub(crate) fn count(verdict: &Verdict, took: Duration) {
    let outcome = verdict.outcome().label();
    histogram!("portcullis_http_verdict_seconds", "outcome" => outcome).record(took);
    count_denial(verdict);
}

/// Of a user whose way here was counted before.
pub(crate) fn count_denial(verdict: &Verdict) {
    let outcome = verdict.outcome().label();
    let kind = verdict.kind().unwrap_or("none");
    counter!("portcullis_http_verdicts_total", "outcome" => outcome, "kind" => kind).increment(1);
}
