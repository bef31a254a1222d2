//! One acceptor, many threads.
#![allow(clippy::panic, reason = "test code")]

mod scene;

use portcullis::{Acceptor, Error, Negotiation, Rejection, SecurityContext, Unrecorded};
use scene::Scene;
use std::sync::Barrier;
use std::thread;

const THREADS: usize = 8;

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

/// Of any number of threads with the same AP-REQ exactly one is let in.
#[test]
fn the_same_token_in_many_threads_is_accepted_once() {
    for _ in 0..20 {
        let scene = Scene::new();
        let token = scene.token().mutual().build();
        let barrier = Barrier::new(THREADS);
        let present = || {
            let acceptor = scene.acceptor.clone();
            barrier.wait();
            match acceptor.begin().step(token.token(), scene.realm.now()) {
                Ok(_) => true,
                Err(rejection) => match rejection.error() {
                    Error::Replayed { .. } => false,
                    other => panic!("{other}"),
                },
            }
        };
        let accepted = thread::scope(|threads| {
            let all: Vec<_> = (0..THREADS).map(|_| threads.spawn(present)).collect();
            all.into_iter()
                .map(|thread| thread.join().unwrap())
                .filter(|one| *one)
                .count()
        });
        assert_eq!(accepted, 1);
    }
}

/// …and different ones, presented at the same time, are all let in.
#[test]
fn different_tokens_in_many_threads_are_all_accepted() {
    let scene = Scene::new();
    thread::scope(|threads| {
        for user in 0..THREADS {
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
