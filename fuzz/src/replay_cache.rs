//! A replay cache under a clock that goes where it likes.
//!
//! The first octet chooses how much room there is. Four octets each are a question: which
//! authenticator, and by how much the clock moves before it comes.

use portcullis::replay::{
    Freshness, MemoryReplayCache, ReplayCache as _, ReplayCacheError, ReplayTag,
};
use std::collections::HashSet;
use std::time::{Duration, UNIX_EPOCH};

/// Asks the questions, and holds the answers against a set of all that ever came.
pub fn run(input: &[u8]) {
    let Some((room, questions)) = input.split_first() else {
        return;
    };
    let capacity = usize::from(*room);
    let cache = MemoryReplayCache::new(capacity);
    let mut came = HashSet::new();
    let (mut now, mut latest) = (1_000_000_i64, 1_000_000_i64);
    for question in questions.as_chunks::<4>().0 {
        let [which, later, moved @ ..] = *question;
        now = (now + i64::from(i16::from_be_bytes(moved))).clamp(0, 4_000_000_000);
        let monotonic = now >= latest;
        latest = latest.max(now);
        // An authenticator always expires at the same time.
        let authenticator = (which, later);
        let expires = 1_000_000 + i64::from(which) * 97 + i64::from(later) * 13;
        let tag = ReplayTag::of_tail(&[which, later], 2).expect("two octets");
        let at = |seconds: i64| UNIX_EPOCH + Duration::from_secs(seconds.unsigned_abs());
        match cache.record(&tag, at(now), at(expires)) {
            Ok(Freshness::Fresh) => assert!(came.insert(authenticator), "twice"),
            Ok(Freshness::Replayed) => assert!(came.contains(&authenticator), "never"),
            Err(ReplayCacheError::Expired { .. }) => assert!(now >= expires),
            Err(ReplayCacheError::Full { .. }) => assert!(came.len() >= capacity * 8 / 10),
            Err(ReplayCacheError::ClockWentBack { .. }) => assert!(!monotonic),
            Err(other) => panic!("{other}"),
        }
    }
}

/// Questions as they come: at once, twice, after a while, after a jump back.
#[must_use]
pub fn seed(capacity: u8) -> Vec<u8> {
    let questions = [
        (1, 200, 0),
        (1, 200, 0),
        (2, 7, 30),
        (9, 200, 301),
        (1, 200, -400),
    ];
    let octets = questions
        .iter()
        .flat_map(|(which, later, moved): &(u8, u8, i16)| {
            let [high, low] = moved.to_be_bytes();
            [*which, *later, high, low]
        });
    [capacity].into_iter().chain(octets).collect()
}
