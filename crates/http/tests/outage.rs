//! What we lack ourselves: a replay cache that answers, randomness.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test code"
)]

mod recorded;

use core::time::Duration;
use http::header::RETRY_AFTER;
use http::{Response, StatusCode};
use portcullis::replay::ReplayCacheError;
use portcullis::{AcceptorBuilder, Error, Rejection};
use portcullis_http::NegotiateLayer;
use portcullis_testrealm::SteadyReplay;
use recorded::{CURL, builder, challenges, then, token, unreachable, with_token};
use std::sync::Arc;
use tower::{Layer, ServiceExt, service_fn};

async fn outage(builder: AcceptorBuilder) -> (Response<String>, Error) {
    let layer = NegotiateLayer::new(builder.build().unwrap()).now(then);
    let answer = layer
        .layer(service_fn(unreachable))
        .oneshot(with_token(&token(CURL)))
        .await
        .unwrap();
    let error = answer
        .extensions()
        .get::<Rejection>()
        .unwrap()
        .error()
        .clone();
    (answer, error)
}

/// Another token would not help: no challenge, and no word of where the store is.
#[tokio::test]
async fn a_replay_cache_that_fails_is_503_without_a_challenge() {
    let broken = SteadyReplay(Err(ReplayCacheError::Unreachable(
        "no route to 192.0.2.1".to_owned(),
    )));
    let (answer, error) = outage(builder(CURL).replay_cache(Arc::new(broken))).await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(matches!(error, Error::ReplayCache(_)), "{error:?}");
    assert!(challenges(answer.headers()).is_empty(), "{answer:?}");
    assert_eq!(
        answer.body(),
        "this service cannot take a login at the moment\n"
    );
}

/// A store that was just started has lost its records, and says when a login can come in again: the
/// login is good for all we know, and no other one would be judged otherwise before.
#[tokio::test]
async fn a_replay_store_that_is_too_young_is_503_for_so_long() {
    for (millis, wait) in [(1, "1"), (2000, "3"), (299_999, "300")] {
        let by = Duration::from_millis(millis);
        let young = SteadyReplay(Err(ReplayCacheError::TooYoung { by }));
        let (answer, _) = outage(builder(CURL).replay_cache(Arc::new(young))).await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.headers()[RETRY_AFTER], wait, "{millis}");
        assert!(challenges(answer.headers()).is_empty(), "{answer:?}");
    }
}
