//! One event per request: what became of it.
//!
//! Tokens never stand in it, and names only where the subscriber asks for the level `DEBUG`.

use crate::guard::{Entrant, Refusal};
use portcullis::Rejection;
use tracing::field::display;
use tracing::{Level, debug, enabled, error, info};

pub(crate) fn emit(verdict: &Result<Entrant, Refusal>) {
    match verdict {
        Ok(Entrant::Client { identity, .. }) => {
            let client = enabled!(Level::DEBUG).then(|| display(identity.client()));
            info!(outcome = "accepted", client, "negotiate");
        }
        Ok(Entrant::Anonymous) => debug!(outcome = "anonymous", "negotiate"),
        Err(Refusal::NoCredentials) => debug!(outcome = "challenged", "negotiate"),
        Err(Refusal::AnotherLeg { .. }) => info!(outcome = "another-leg", "negotiate"),
        Err(Refusal::Header(reason)) => {
            info!(outcome = "refused", kind = "header", reason = %reason, "negotiate");
        }
        Err(Refusal::Rejected(rejection)) => rejected(rejection),
        Err(Refusal::UnknownStep) => error!(outcome = "failed", kind = "step", "negotiate"),
    }
}

/// The sentence of an error has names; its kind and its remedy have none.
fn rejected(rejection: &Rejection) {
    let error = rejection.error();
    let (kind, blame, remedy) = (error.kind(), error.blame().name(), error.remedy());
    let reason = enabled!(Level::DEBUG).then(|| display(error));
    match error {
        portcullis::Error::ReplayCache(_) | portcullis::Error::Entropy => {
            error!(outcome = "failed", kind, blame, remedy, reason, "negotiate");
        }
        _ => info!(
            outcome = "refused",
            kind, blame, remedy, reason, "negotiate"
        ),
    }
}
