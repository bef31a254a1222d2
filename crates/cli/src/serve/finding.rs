//! From what the layer and the service behind it found to one [`Finding`].

use super::verdict::{Finding, Reason};
use super::within::Found;
use axum::body::Body;
use axum::http::{Response, StatusCode};
use core::time::Duration;
use portcullis_http::{Outcome, Verdict};

/// What the response says of the client, and how long it took to know it if that is said, too. It
/// does not say it any more then.
pub(super) fn find(response: &mut Response<Body>) -> (Finding, Option<Duration>) {
    let found = response.extensions_mut().remove::<Found>();
    match (found, response.extensions().get::<Verdict>()) {
        (Some(Found::Admitted { admitted, judged }), _) => {
            (Finding::Accepted(admitted), Some(judged))
        }
        (Some(Found::Forbidden { client, kind, rule }), _) => {
            (Finding::Forbidden { client, kind, rule }, None)
        }
        (None, Some(verdict)) => (of_the_layer(verdict, response.status()), None),
        // Nobody gets out without one.
        (None, None) => (Finding::Failed(unknown()), None),
    }
}

fn of_the_layer(verdict: &Verdict, status: StatusCode) -> Finding {
    match verdict.outcome() {
        Outcome::Challenged => Finding::Challenged,
        Outcome::AnotherLeg => Finding::AnotherLeg,
        Outcome::LoggedOut => Finding::LoggedOut,
        Outcome::Refused => Finding::Refused(reason(verdict, status, "peer")),
        Outcome::Forbidden => Finding::Forbidden {
            client: verdict
                .user()
                .map_or_else(String::new, |user| user.client().to_string()),
            kind: verdict.kind().unwrap_or_default(),
            rule: verdict.reason().unwrap_or_default(),
        },
        // Those who come in are found within.
        _ => Finding::Failed(reason(verdict, status, "environment")),
    }
}

/// `otherwise`: who has to act where there is no token to be judged.
fn reason(verdict: &Verdict, status: StatusCode, otherwise: &'static str) -> Reason {
    let blame = verdict
        .rejection()
        .map(|rejection| rejection.error().blame().name());
    Reason {
        kind: verdict.kind().unwrap_or_default(),
        text: verdict.reason().unwrap_or_default(),
        remedy: verdict.remedy().unwrap_or_else(|| remedy(status)),
        blame: blame.unwrap_or(otherwise),
    }
}

/// What to do where there is no token to be judged.
const fn remedy(status: StatusCode) -> &'static str {
    match status {
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => {
            "raise limits.header, or take the user out of groups"
        }
        StatusCode::BAD_REQUEST => "look at what the proxy in front adds to requests",
        StatusCode::SERVICE_UNAVAILABLE => "look at where groups come from",
        _ => "look at what the client sends",
    }
}

fn unknown() -> Reason {
    Reason {
        kind: "step",
        text: "nobody judged the request".to_owned(),
        remedy: "tell the authors",
        blame: "environment",
    }
}
