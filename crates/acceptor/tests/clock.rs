//! RFC 4120 §3.2.3 when the clock does not simply go on: whatever it does, an authenticator comes in
//! once.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "test code"
)]

mod scene;

use core::time::Duration;
use portcullis::error::AuthenticatorError;
use portcullis::replay::{MemoryReplayCache, ReplayCacheError};
use portcullis::{Acceptor, Error};
use portcullis_testrealm::Initiation;
use scene::Scene;
use std::sync::Arc;
use std::time::SystemTime;

const SKEW: i64 = 300;

/// What became of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    LetIn,
    Replayed,
    Skew,
    ClockWentBack,
    Full,
    TicketTimes,
}

#[track_caller]
fn present(acceptor: &Acceptor, token: &Initiation, now: SystemTime) -> Ending {
    let Err(rejection) = acceptor.begin().step(token.token(), now) else {
        return Ending::LetIn;
    };
    match rejection.error() {
        Error::Replayed { .. } => Ending::Replayed,
        Error::Authenticator(AuthenticatorError::Skew { .. }) => Ending::Skew,
        Error::ReplayCache(ReplayCacheError::ClockWentBack { .. }) => Ending::ClockWentBack,
        Error::ReplayCache(ReplayCacheError::Full { .. }) => Ending::Full,
        Error::Ticket(_) => Ending::TicketTimes,
        other => panic!("{other}"),
    }
}

/// `seconds` after `time`, or before it.
fn shifted(time: SystemTime, seconds: i64) -> SystemTime {
    let by = Duration::from_secs(seconds.unsigned_abs());
    if seconds < 0 { time - by } else { time + by }
}

fn scene(capacity: usize) -> Scene {
    Scene::with(|settings| settings.replay_cache(Arc::new(MemoryReplayCache::new(capacity))))
}

/// A client whose clock is `ahead` of ours, its ticket good for a long time before and after.
fn token(scene: &Scene, ahead: i64) -> Initiation {
    let start = shifted(scene.realm.now(), -86_400);
    let token = scene.token().at(shifted(scene.realm.now(), ahead));
    token.authtime(start).starttime(start).build()
}

#[test]
fn the_window_has_300_seconds_before_and_after_and_both_ends() {
    let scene = scene(1000);
    for (ahead, ending) in [
        (-SKEW - 1, Ending::Skew),
        (-SKEW, Ending::LetIn),
        (1 - SKEW, Ending::LetIn),
        (0, Ending::LetIn),
        (SKEW - 1, Ending::LetIn),
        (SKEW, Ending::LetIn),
        (SKEW + 1, Ending::Skew),
    ] {
        let token = token(&scene, ahead);
        assert_eq!(
            present(&scene.acceptor, &token, scene.realm.now()),
            ending,
            "{ahead}"
        );
    }
}

/// Presented in each second from before it is good until after it has ended, while others come, so
/// that the places of records that go are taken.
#[test]
fn in_every_second_of_its_window_but_one_an_authenticator_is_a_replay() {
    for ahead in [-SKEW, 1 - SKEW, 0, SKEW - 1, SKEW] {
        let scene = scene(4096);
        let start = scene.realm.now();
        let token = token(&scene, ahead);
        let endings: Vec<_> = (-20..=2 * SKEW + 20)
            .map(|second| {
                let now = shifted(start, second);
                let other = scene.token().at(now).build();
                assert_eq!(present(&scene.acceptor, &other, now), Ending::LetIn);
                present(&scene.acceptor, &token, now)
            })
            .collect();
        let count = |ending| endings.iter().filter(|one| **one == ending).count();
        assert_eq!(count(Ending::LetIn), 1, "{ahead}");
        let first = endings.iter().position(|ending| *ending == Ending::LetIn);
        let last = endings
            .iter()
            .rposition(|ending| *ending == Ending::Replayed);
        // Before it and after it nothing but the time speaks against it.
        let (first, last) = (first.unwrap(), last.or(first).unwrap());
        assert_eq!(count(Ending::Replayed), last - first, "{ahead}");
        assert_eq!(
            count(Ending::Skew) + last - first + 1,
            endings.len(),
            "{ahead}"
        );
    }
}

/// The same with a clock that runs back. Records may be gone then, and nobody comes in whose could.
#[test]
fn a_clock_that_runs_back_lets_nobody_in_twice() {
    for ahead in [-SKEW, 0, SKEW] {
        let scene = scene(4096);
        let start = scene.realm.now();
        let token = token(&scene, ahead);
        let endings: Vec<_> = (-20..=2 * SKEW + 20)
            .rev()
            .map(|second| present(&scene.acceptor, &token, shifted(start, second)))
            .collect();
        let let_in = endings.iter().filter(|one| **one == Ending::LetIn);
        assert_eq!(let_in.count(), 1, "{ahead}");
    }
}

/// Marsaglia's xorshift: the same sequence in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    /// How far a clock is set on or back: mostly a little, now and then by a day.
    fn step(&mut self) -> i64 {
        let steps = [0, 1, 1, 2, 15, 16, 299, 300, 301, 599, 600, 601];
        let which = usize::try_from(self.below(12)).unwrap();
        let seconds = match self.below(100) {
            0 => 86_000,
            _ => steps[which],
        };
        if self.below(5) < 2 { -seconds } else { seconds }
    }
}

/// However the clock is set, and although the cache is often full.
#[test]
fn no_walk_of_the_clock_lets_an_authenticator_in_twice() {
    for (seed, capacity) in [(1, 4096), (2, 8), (3, 0), (4, 4096), (5, 40)] {
        let scene = scene(capacity);
        let start = scene.realm.now();
        let mut random = Random(0x9e37_79b9_7f4a_7c15 ^ seed);
        let tokens: Vec<_> = (0..100).map(|number| token(&scene, number * 30)).collect();
        let (mut let_in, mut endings) = (vec![false; tokens.len()], [0_usize; 6]);
        let mut now = start;
        for _ in 0..4000 {
            now = shifted(now, random.step());
            // Back to where something may be good: a walk gets lost.
            if random.below(50) == 0 {
                now = shifted(start, i64::try_from(random.below(3000)).unwrap());
            }
            let which = usize::try_from(random.below(100)).unwrap();
            let ending = present(&scene.acceptor, &tokens[which], now);
            endings[ending_index(ending)] += 1;
            if ending == Ending::LetIn {
                assert!(!let_in[which], "{which} came in a second time");
                let_in[which] = true;
            }
        }
        let came_in = let_in.iter().filter(|one| **one).count();
        assert_eq!(came_in > 5, capacity > 0, "{capacity}: {endings:?}");
        assert!(endings[ending_index(Ending::Skew)] > 0, "{endings:?}");
        if capacity == 4096 {
            assert!(endings[ending_index(Ending::Replayed)] > 0, "{endings:?}");
            assert!(
                endings[ending_index(Ending::ClockWentBack)] > 0,
                "{endings:?}"
            );
        } else if capacity < 10 {
            assert!(endings[ending_index(Ending::Full)] > 0, "{endings:?}");
        }
    }
}

const fn ending_index(ending: Ending) -> usize {
    match ending {
        Ending::LetIn => 0,
        Ending::Replayed => 1,
        Ending::Skew => 2,
        Ending::ClockWentBack => 3,
        Ending::Full => 4,
        Ending::TicketTimes => 5,
    }
}
