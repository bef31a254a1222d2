//! Every order in which threads can meet in the replay cache.
#![allow(missing_docs, reason = "test code")]

use loom::sync::{Arc, Mutex};
use loom::thread;
use portcullis::replay::{Freshness, ReplayCache, ReplayCacheError, ReplayTag};
use portcullis_proofs::replay::MemoryReplayCache;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

type Answer = Result<Freshness, ReplayCacheError>;

const FRESH: Answer = Ok(Freshness::Fresh);
const REPLAYED: Answer = Ok(Freshness::Replayed);

/// When the authenticators of these tests expire.
const EXPIRES: u64 = 1_000_300;

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

fn tag(number: u8) -> ReplayTag {
    ReplayTag::of_tail(&[number; 12], 12).expect("twelve octets")
}

/// What a cache with room for `capacity` answers when each question comes from a thread of its own.
/// A question is a tag and the time.
fn answers(capacity: usize, questions: &[(u8, u64)]) -> Vec<Answer> {
    let cache = Arc::new(MemoryReplayCache::new(capacity));
    let ask = |(number, now): (u8, u64)| {
        let cache = Arc::clone(&cache);
        thread::spawn(move || cache.record(&tag(number), at(now), at(EXPIRES)))
    };
    let threads: Vec<_> = questions.iter().copied().map(ask).collect();
    let answers = threads
        .into_iter()
        .map(|thread| thread.join().expect("an answer"));
    answers.collect()
}

fn count(answers: &[Answer], answer: &Answer) -> usize {
    answers.iter().filter(|one| *one == answer).count()
}

#[test]
fn of_three_threads_with_one_authenticator_one_is_let_in() {
    loom::model(|| {
        let answers = answers(1024, &[(1, 1_000_000), (1, 1_000_001), (1, 1_000_002)]);
        assert_eq!(count(&answers, &FRESH), 1);
        assert_eq!(count(&answers, &REPLAYED), 2);
    });
}

#[test]
fn threads_with_different_authenticators_are_all_let_in() {
    loom::model(|| {
        let answers = answers(1024, &[(1, 1_000_000), (2, 1_000_000), (3, 1_000_000)]);
        assert_eq!(count(&answers, &FRESH), 3);
    });
}

#[test]
fn the_last_room_goes_to_one() {
    loom::model(|| {
        let answers = answers(1, &[(1, 1_000_000), (2, 1_000_000), (1, 1_000_000)]);
        assert_eq!(count(&answers, &FRESH), 1);
        let full = Err(ReplayCacheError::Full { capacity: 1 });
        assert_eq!(count(&answers, &REPLAYED) + count(&answers, &full), 2);
    });
}

/// One thread lets records go while the others ask: its clock is far ahead.
#[test]
fn a_clock_that_jumps_between_two_askers_lets_nobody_in_twice() {
    loom::model(|| {
        let cache = Arc::new(MemoryReplayCache::new(1024));
        let later = {
            let cache = Arc::clone(&cache);
            thread::spawn(move || cache.record(&tag(9), at(EXPIRES + 1000), at(EXPIRES + 1300)))
        };
        let ask = || {
            let cache = Arc::clone(&cache);
            thread::spawn(move || cache.record(&tag(1), at(EXPIRES - 1), at(EXPIRES)))
        };
        let answers = [ask(), ask()].map(|thread| thread.join().expect("an answer"));
        assert_eq!(later.join().expect("an answer"), FRESH);
        assert!(count(&answers, &FRESH) <= 1, "{answers:?}");
    });
}

/// The model would see it: a cache that looks up and inserts in two steps lets two in.
#[test]
fn a_cache_of_two_steps_is_found_out() {
    struct TwoSteps(Mutex<Vec<u8>>);

    impl TwoSteps {
        fn record(&self, number: u8) -> bool {
            let known = self.0.lock().expect("a lock").contains(&number);
            if !known {
                self.0.lock().expect("a lock").push(number);
            }
            !known
        }
    }

    let found_out = std::panic::catch_unwind(|| {
        loom::model(|| {
            let cache = Arc::new(TwoSteps(Mutex::new(Vec::new())));
            let other = {
                let cache = Arc::clone(&cache);
                thread::spawn(move || cache.record(1))
            };
            let ours = cache.record(1);
            assert_ne!(ours, other.join().expect("an answer"));
        });
    });
    assert!(found_out.is_err());
}
