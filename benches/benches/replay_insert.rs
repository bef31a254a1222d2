//! Recording a tag that is new, in a cache that holds so many: alone and with another thread.
//!
//! Beside it, in the same run: a map behind a lock, which one would write first and which forgets
//! nothing.

use core::sync::atomic::{AtomicU64, Ordering};
use divan::Bencher;
use portcullis::replay::{MemoryReplayCache, ReplayCache, ReplayTag};
use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const RECORDS: [u64; 3] = [1_000, 1_000_000, 10_000_000];

fn main() {
    divan::main();
}

/// As logins come: what is new expires after all else, and all of it in the same second.
#[divan::bench(args = RECORDS, threads = [1, 2], sample_size = 100, sample_count = 1000)]
fn one_after_the_other(bencher: Bencher<'_, '_>, records: u64) {
    new_tag(bencher, records, |number| {
        600 * number.min(records) / records
    });
}

/// As they come from clocks that differ by all that they may.
#[divan::bench(args = RECORDS, threads = [1, 2], sample_size = 100, sample_count = 1000)]
fn in_any_order(bencher: Bencher<'_, '_>, records: u64) {
    new_tag(bencher, records, |number| number % 600);
}

fn new_tag(bencher: Bencher<'_, '_>, records: u64, second: impl Fn(u64) -> u64 + Sync) {
    let cache = MemoryReplayCache::new(1 << 25);
    let expires = |number| now() + Duration::from_secs(1 + second(number));
    for number in 0..records {
        let _ = cache.record(&tag(number), now(), expires(number));
    }
    let made = AtomicU64::new(records);
    bencher
        .with_inputs(|| {
            let number = made.fetch_add(1, Ordering::Relaxed);
            (tag(number), expires(number))
        })
        .bench_refs(|(tag, expires)| cache.record(tag, now(), *expires));
}

#[divan::bench(args = RECORDS, sample_size = 100, sample_count = 1000)]
fn map_behind_a_lock(bencher: Bencher<'_, '_>, records: u64) {
    let map = Mutex::new(HashMap::new());
    let record = |number| map.lock().expect("no panic").insert(octets(number), now());
    for number in 0..records {
        let _ = record(number);
    }
    let mut made = records;
    bencher
        .with_inputs(|| {
            made += 1;
            made
        })
        .bench_local_values(record);
}

fn octets(number: u64) -> [u8; 8] {
    number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes()
}

fn tag(number: u64) -> ReplayTag {
    ReplayTag::of_tail(&[[0; 8], octets(number)].concat(), 12).expect("a long ciphertext")
}

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_767_225_600)
}
