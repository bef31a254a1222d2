//! One event per verdict, in one span per request.
//!
//! Tokens never stand in them, and names only where the subscriber asks for the level `DEBUG`.

use crate::verdict::{Outcome, Verdict};
use tracing::field::display;
use tracing::{Level, debug, enabled, error, info};

pub(crate) fn emit(verdict: &Verdict) {
    let outcome = verdict.outcome().label();
    let kind = verdict.kind();
    let rejected = verdict.rejection().map(portcullis::Rejection::error);
    let blame = rejected.map(|error| error.blame().name());
    let remedy = verdict.remedy();
    let with_names = enabled!(Level::DEBUG);
    // What is wrong with a field has no names in it.
    let with_reason = with_names || kind.is_some_and(|kind| kind.starts_with("header"));
    let reason = with_reason.then(|| verdict.reason()).flatten();
    let reason = reason.as_ref().map(display);
    let user = verdict.user().filter(|_| with_names);
    let client = user.map(|user| display(user.client()));
    match verdict.outcome() {
        Outcome::Failed => error!(outcome, kind, blame, remedy, reason, client, "negotiate"),
        Outcome::Challenged | Outcome::Anonymous | Outcome::Session | Outcome::Connection => {
            debug!(outcome, kind, blame, remedy, reason, client, "negotiate");
        }
        _ => info!(outcome, kind, blame, remedy, reason, client, "negotiate"),
    }
}
