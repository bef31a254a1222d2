#![allow(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    reason = "test code"
)]

use core::sync::atomic::{AtomicUsize, Ordering};
use std::collections::HashMap;
use std::sync::Barrier;
use std::thread;

use super::*;

/// 2026-01-01T00:00:00Z, the start of a period.
const NEW_YEAR: u64 = 1_767_225_600;
const SKEW: u64 = 300;

fn at(second: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(NEW_YEAR + second)
}

fn tag(number: u64) -> ReplayTag {
    let mut ciphertext = [0; 24];
    ciphertext[16..].copy_from_slice(&number.to_be_bytes());
    ReplayTag::of_tail(&ciphertext, 12).unwrap()
}

fn full(capacity: usize) -> Result<Freshness, ReplayCacheError> {
    Err(ReplayCacheError::Full { capacity })
}

const FRESH: Result<Freshness, ReplayCacheError> = Ok(Freshness::Fresh);
const REPLAYED: Result<Freshness, ReplayCacheError> = Ok(Freshness::Replayed);

#[test]
fn it_tells_how_full_it_is() {
    let cache = MemoryReplayCache::new(4096);
    for number in [1, 2, 2, 3] {
        let _ = cache.record(&tag(number), at(0), at(SKEW));
    }

    assert_eq!((cache.records(), cache.capacity()), (3, 4096));
}

#[test]
fn an_authenticator_is_fresh_once() {
    let cache = MemoryReplayCache::default();

    assert_eq!(cache.record(&tag(1), at(0), at(SKEW)), FRESH);
    assert_eq!(cache.record(&tag(1), at(0), at(SKEW)), REPLAYED);
    assert_eq!(cache.record(&tag(1), at(1), at(SKEW)), REPLAYED);
}

#[test]
fn other_authenticators_of_the_same_second_are_fresh() {
    let cache = MemoryReplayCache::default();

    for number in 0..10_000 {
        assert_eq!(cache.record(&tag(number), at(0), at(SKEW)), FRESH);
    }
}

#[test]
fn two_caches_do_not_share_their_key() {
    let (one, other) = (MemoryReplayCache::new(1), MemoryReplayCache::new(1));

    assert_ne!(one.key.hash_one(tag(1)), other.key.hash_one(tag(1)));
}

#[test]
fn of_threads_that_race_with_one_authenticator_exactly_one_wins() {
    const THREADS: usize = 8;
    const AUTHENTICATORS: u64 = 2_000;
    let cache = MemoryReplayCache::default();
    let start = Barrier::new(THREADS);
    let fresh = AtomicUsize::new(0);

    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                start.wait();
                for number in 0..AUTHENTICATORS {
                    let answer = cache.record(&tag(number), at(0), at(SKEW)).unwrap();
                    fresh.fetch_add((answer == Freshness::Fresh).into(), Ordering::Relaxed);
                }
            });
        }
    });

    assert_eq!(fresh.into_inner(), usize::try_from(AUTHENTICATORS).unwrap());
}

/// Row by row to the second: a record may not be forgotten while its authenticator still passes.
#[test]
fn a_record_lasts_until_the_second_in_which_it_expires() {
    for expires in SKEW..SKEW + 2 * SECONDS_PER_TABLE {
        let cache = MemoryReplayCache::default();
        assert_eq!(cache.record(&tag(1), at(0), at(expires)), FRESH);

        for now in 1..expires {
            assert_eq!(cache.record(&tag(1), at(now), at(expires)), REPLAYED);
        }
        let last_instant = at(expires) - Duration::from_nanos(1);
        assert_eq!(cache.record(&tag(1), last_instant, at(expires)), REPLAYED);
    }
}

#[test]
fn an_authenticator_that_already_expired_is_refused() {
    let cache = MemoryReplayCache::default();

    assert_eq!(
        cache.record(&tag(1), at(10), at(10)),
        Err(ReplayCacheError::Expired {
            ago: Duration::ZERO
        })
    );
    assert_eq!(
        cache.record(&tag(1), at(10), at(3)),
        Err(ReplayCacheError::Expired {
            ago: Duration::from_secs(7)
        })
    );
}

/// An authenticator stamped `now + skew` is good for twice the skew, and so is its record.
#[test]
fn an_authenticator_stamped_in_the_future_is_not_forgotten_while_slots_are_reused() {
    let cache = MemoryReplayCache::new(40_000);
    let expires = at(2 * SKEW + 1);
    assert_eq!(cache.record(&tag(0), at(0), expires), FRESH);

    for second in 1..=2 * SKEW {
        for other in 0..100 {
            let other = tag(second * 1000 + other);
            assert_eq!(cache.record(&other, at(second), at(second + 30)), FRESH);
        }
        assert_eq!(cache.record(&tag(0), at(second), expires), REPLAYED);
    }
}

#[test]
fn a_full_cache_refuses_what_it_cannot_record() {
    let cache = MemoryReplayCache::new(100);
    for number in 0..100 {
        assert_eq!(cache.record(&tag(number), at(0), at(SKEW)), FRESH);
    }

    assert_eq!(cache.record(&tag(100), at(0), at(SKEW)), full(100));
    assert_eq!(cache.record(&tag(100), at(0), at(2 * SKEW)), full(100));
    assert_eq!(cache.record(&tag(99), at(0), at(SKEW)), REPLAYED);
    assert_eq!(cache.record(&tag(0), at(0), at(SKEW)), REPLAYED);
}

#[test]
fn expired_records_make_room() {
    let cache = MemoryReplayCache::new(100);
    for number in 0..100 {
        assert_eq!(cache.record(&tag(number), at(0), at(SKEW)), FRESH);
    }
    assert_eq!(
        cache.record(&tag(100), at(SKEW), at(2 * SKEW)),
        full(100),
        "the table of the current period stays"
    );

    let later = SKEW + SECONDS_PER_TABLE;
    for number in 100..200 {
        assert_eq!(cache.record(&tag(number), at(later), at(2 * SKEW)), FRESH);
    }
    assert_eq!(cache.record(&tag(200), at(later), at(2 * SKEW)), full(100));
}

#[test]
fn a_cache_without_capacity_lets_nobody_in() {
    let cache = MemoryReplayCache::new(0);

    assert_eq!(cache.record(&tag(1), at(0), at(SKEW)), full(0));
}

#[test]
fn any_capacity_is_never_exceeded_and_nearly_reached() {
    for capacity in [1, 7, 1_000, 1_024, 5_000, 70_000, 100_000] {
        let cache = MemoryReplayCache::new(capacity);
        let recorded = (0..)
            .take_while(|number| cache.record(&tag(*number), at(0), at(SKEW)) == FRESH)
            .count();

        assert!(recorded <= capacity, "{recorded} of {capacity}");
        assert!(recorded * 10 >= capacity * 8, "{recorded} of {capacity}");
    }
}

#[test]
fn a_clock_that_goes_back_revives_nothing() {
    let cache = MemoryReplayCache::new(1024);
    assert_eq!(cache.record(&tag(1), at(0), at(SKEW)), FRESH);
    assert_eq!(cache.record(&tag(2), at(1000), at(1000 + SKEW)), FRESH);

    // The records through the period of `SKEW` are gone, so its end was seen.
    assert_eq!(
        cache.record(&tag(1), at(10), at(SKEW)),
        Err(ReplayCacheError::ClockWentBack {
            by: Duration::from_secs(SKEW + SECONDS_PER_TABLE - 10)
        })
    );
    assert_eq!(cache.record(&tag(2), at(10), at(1000 + SKEW)), REPLAYED);
}

/// A clock set a year ahead for a moment must not close the door for a year.
#[test]
fn after_a_jump_of_the_clock_what_was_never_forgotten_is_served() {
    const YEAR: u64 = 365 * 86_400;
    let cache = MemoryReplayCache::new(1024);
    assert_eq!(cache.record(&tag(1), at(0), at(SKEW)), FRESH);
    assert_eq!(cache.record(&tag(2), at(YEAR), at(YEAR + SKEW)), FRESH);

    let back = SKEW + SECONDS_PER_TABLE;
    assert_eq!(cache.record(&tag(3), at(2), at(back)), FRESH);
    assert_eq!(cache.record(&tag(3), at(2), at(back)), REPLAYED);
    assert_eq!(cache.record(&tag(2), at(2), at(YEAR + SKEW)), REPLAYED);
}

#[test]
fn a_clock_before_1970_records_as_well() {
    let cache = MemoryReplayCache::default();
    let before = UNIX_EPOCH - Duration::from_secs(1000);
    let expires = before + Duration::from_secs(SKEW);

    assert_eq!(cache.record(&tag(1), before, expires), FRESH);
    assert_eq!(cache.record(&tag(1), before, expires), REPLAYED);
    assert_eq!(
        cache.record(&tag(1), expires, expires + Duration::from_secs(1)),
        REPLAYED
    );
}

/// Against the naive cache: a map of what is known, with a clock that only advances.
#[test]
fn it_answers_as_a_naive_cache_does() {
    let cache = MemoryReplayCache::default();
    let mut naive = HashMap::new();
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let mut now = 0;

    for _ in 0..200_000 {
        now += u64::from(random.below(100) == 0);
        let number = random.below(5_000);
        // An authenticator expires when it expires: its time is part of what it is.
        let recorded = naive.get(&number).copied();
        let later = now + 1 + random.below(2 * SKEW);
        let expires = recorded.filter(|expires| *expires > now).unwrap_or(later);
        let known = naive.insert(number, expires).is_some_and(|old| old > now);
        let expected = if known { REPLAYED } else { FRESH };
        // A number whose record expired comes back as another authenticator.
        let authenticator = tag(number | expires << 32);

        assert_eq!(cache.record(&authenticator, at(now), at(expires)), expected);
    }
}

#[test]
fn it_prints_its_capacity_and_no_key() {
    let printed = format!("{:?}", MemoryReplayCache::new(7));

    assert_eq!(printed, "MemoryReplayCache { capacity: 7, .. }");
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
}
