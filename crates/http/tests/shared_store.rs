//! A replay store that several layers share, and that has to be awaited.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "test code"
)]

mod realm;

use core::time::Duration;
use http::{StatusCode, header};
use portcullis::Error;
use portcullis::replay::{AsyncReplayStore, Freshness, ReplayCacheError, ReplayTag};
use portcullis_http::SharedReplayStore;
use realm::{Scene, ask, now, outcome, verdict, with_token};
use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

/// As a store on another host: the answer takes its time.
#[derive(Default)]
struct Store {
    seen: Mutex<HashSet<Vec<u8>>>,
    broken: bool,
}

impl AsyncReplayStore for Store {
    async fn record(
        &self,
        tag: &ReplayTag,
        at: SystemTime,
        expires: SystemTime,
    ) -> Result<Freshness, ReplayCacheError> {
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
        assert!(at == now() && expires > at && expires <= at + Duration::from_secs(601));
        if self.broken {
            return Err(ReplayCacheError::Unreachable("192.0.2.1 is silent".into()));
        }
        match self.seen.lock().unwrap().insert(tag.as_ref().to_vec()) {
            true => Ok(Freshness::Fresh),
            false => Ok(Freshness::Replayed),
        }
    }
}

#[tokio::test]
async fn of_all_layers_that_share_a_store_one_accepts_a_token() {
    let scene = Scene::new();
    let store = SharedReplayStore::new(Store::default());
    let nodes = [(); 4].map(|()| scene.layer().replay_store(store.clone()));
    for _ in 0..50 {
        let token = Arc::new(scene.token().build().token().to_vec());
        let asked: Vec<_> = nodes
            .iter()
            .cloned()
            .map(|node| {
                let token = Arc::clone(&token);
                tokio::spawn(async move { outcome(&ask(&node, with_token(&token)).await) })
            })
            .collect();
        let mut outcomes = Vec::new();
        for task in asked {
            outcomes.push(task.await.unwrap());
        }
        outcomes.sort();
        let replayed = "refused (replay)";
        assert_eq!(outcomes, ["accepted", replayed, replayed, replayed]);
    }
}

#[tokio::test]
async fn without_a_shared_store_each_layer_accepts_it_once() {
    let scene = Scene::new();
    let token = scene.token().build();
    for _ in 0..2 {
        let answer = ask(&scene.layer(), with_token(token.token())).await;
        assert_eq!(outcome(&answer), "accepted");
    }
}

/// Fail closed, and no word of where the store is.
#[tokio::test]
async fn a_store_that_fails_is_503_and_lets_nobody_in() {
    let scene = Scene::new();
    let store = Store {
        broken: true,
        ..Store::default()
    };
    let layer = scene.layer().replay_store(store);
    let answer = ask(&layer, scene.login()).await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(outcome(&answer), "failed (replay-cache)");
    assert!(!answer.headers().contains_key(header::WWW_AUTHENTICATE));
    let text = "this service cannot take a login at the moment\n";
    assert_eq!(answer.body(), text);
    let error = verdict(&answer).rejection().unwrap().error().clone();
    assert!(matches!(
        error,
        Error::ReplayCache(ReplayCacheError::Unreachable(_))
    ));
}

/// Only who has shown all else costs a question.
#[tokio::test]
async fn a_store_is_not_asked_about_tokens_that_prove_nobody() {
    let scene = Scene::new();
    let store = Store {
        broken: true,
        ..Store::default()
    };
    let layer = scene.layer().replay_store(store);
    let mut token = scene.token().build().token().to_vec();
    *token.last_mut().unwrap() ^= 1;
    let answer = ask(&layer, with_token(&token)).await;
    assert_eq!(outcome(&answer), "refused (authenticator)");
}
