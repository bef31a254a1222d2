//! What we lack ourselves: a replay cache that answers, randomness.

#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod recorded;

use http::{Response, StatusCode};
use portcullis::replay::{Freshness, ReplayCache, ReplayCacheError, ReplayTag};
use portcullis::{AcceptorBuilder, Error, Rejection};
use portcullis_http::NegotiateLayer;
use recorded::{CURL, builder, challenges, then, token, unreachable, with_token};
use std::sync::Arc;
use std::time::SystemTime;
use tower::{Layer, ServiceExt, service_fn};

#[derive(Debug)]
struct Broken;

impl ReplayCache for Broken {
    fn record(
        &self,
        _: &ReplayTag,
        _: SystemTime,
        _: SystemTime,
    ) -> Result<Freshness, ReplayCacheError> {
        Err(ReplayCacheError::Unreachable(
            "no route to 192.0.2.1".to_owned(),
        ))
    }
}

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
    let (answer, error) = outage(builder(CURL).replay_cache(Arc::new(Broken))).await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(matches!(error, Error::ReplayCache(_)), "{error:?}");
    assert!(challenges(answer.headers()).is_empty(), "{answer:?}");
    assert_eq!(
        answer.body(),
        "this service cannot take a login at the moment\n"
    );
}
