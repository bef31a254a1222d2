//! One acceptor, many threads.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "test code"
)]

mod scene;

use core::sync::atomic::{AtomicUsize, Ordering};
use core::time::Duration;
use portcullis::replay::{Freshness, MemoryReplayCache, ReplayCache, ReplayTag};
use portcullis::{Acceptor, Error, Negotiation, Rejection, SecurityContext, Unrecorded};
use portcullis_testrealm::Initiation;
use scene::Scene;
use std::sync::{Arc, Barrier};
use std::thread;

const THREADS: usize = 64;

#[test]
fn an_acceptor_goes_wherever_a_service_needs_it() {
    fn goes_anywhere<T: Send + Sync + 'static>() {}
    fn is_cloned<T: Clone>() {}
    goes_anywhere::<Acceptor>();
    is_cloned::<Acceptor>();
    goes_anywhere::<SecurityContext>();
    goes_anywhere::<Negotiation>();
    goes_anywhere::<Unrecorded>();
    goes_anywhere::<Rejection>();
}

/// How often each is let in when as many threads as possible present all of them at once, in the
/// same order.
fn let_in(scene: &Scene, tokens: &[Initiation]) -> Vec<usize> {
    let counts: Vec<_> = tokens.iter().map(|_| AtomicUsize::new(0)).collect();
    let barrier = Barrier::new(THREADS);
    let present_all = || {
        let acceptor = scene.acceptor.clone();
        barrier.wait();
        for (token, count) in tokens.iter().zip(&counts) {
            match acceptor.begin().step(token.token(), scene.realm.now()) {
                Ok(_) => drop(count.fetch_add(1, Ordering::Relaxed)),
                Err(rejection) => match rejection.error() {
                    Error::Replayed { .. } => {}
                    other => panic!("{other}"),
                },
            }
        }
    };
    thread::scope(|threads| {
        (0..THREADS).for_each(|_| drop(threads.spawn(present_all)));
    });
    counts.into_iter().map(AtomicUsize::into_inner).collect()
}

/// Of any number of threads with the same AP-REQ exactly one is let in.
fn the_same_tokens_are_accepted_once(tokens: usize) {
    let scene =
        Scene::with(|settings| settings.replay_cache(Arc::new(MemoryReplayCache::new(1 << 18))));
    for start in (0..tokens).step_by(1000) {
        let some = (start..tokens.min(start + 1000)).map(|_| scene.token().mutual().build());
        let counts = let_in(&scene, &some.collect::<Vec<_>>());
        assert!(counts.iter().all(|count| *count == 1), "{counts:?}");
    }
}

#[test]
fn the_same_token_in_64_threads_is_accepted_once() {
    the_same_tokens_are_accepted_once(250);
}

/// All threads begin with the same token at the same moment.
#[test]
fn the_first_token_of_64_threads_is_accepted_once() {
    for _ in 0..20 {
        the_same_tokens_are_accepted_once(1);
    }
}

#[test]
#[ignore = "takes minutes: docs/testing.md has the command and the latest run"]
fn a_hundred_thousand_tokens_in_64_threads_are_accepted_once_each() {
    the_same_tokens_are_accepted_once(100_000);
}

/// The cache alone, asked by all threads about all of its tags while it grows.
#[test]
fn of_64_threads_with_many_tags_each_tag_is_fresh_to_one() {
    const TAGS: u32 = 20_000;
    let scene = Scene::new();
    let cache = MemoryReplayCache::default();
    let (now, fresh) = (scene.realm.now(), AtomicUsize::new(0));
    let barrier = Barrier::new(THREADS);
    let ask = || {
        barrier.wait();
        for number in 0..TAGS {
            let tag = ReplayTag::of_tail(&[number.to_be_bytes(); 3].concat(), 12).unwrap();
            // Several tables, as they come with tokens of several minutes.
            let expires = now + Duration::from_secs(1 + u64::from(number % 600));
            if cache.record(&tag, now, expires).unwrap() == Freshness::Fresh {
                fresh.fetch_add(1, Ordering::Relaxed);
            }
        }
    };
    thread::scope(|threads| (0..THREADS).for_each(|_| drop(threads.spawn(ask))));
    assert_eq!(u32::try_from(fresh.into_inner()), Ok(TAGS));
}

/// …and different ones, presented at the same time, are all let in.
#[test]
fn different_tokens_in_many_threads_are_all_accepted() {
    let scene = Scene::new();
    thread::scope(|threads| {
        for user in 0..8 {
            let scene = &scene;
            threads.spawn(move || {
                for _ in 0..50 {
                    let user = scene.realm.user(&format!("user{user}"));
                    let token = user.token_for(&scene.web).sequence(7).build();
                    let (context, _) = scene.accept(&token);
                    assert_eq!(context.identity().client(), user.principal());
                }
            });
        }
    });
}
