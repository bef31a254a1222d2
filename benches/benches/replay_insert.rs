//! Recording a tag that is new, in a cache that holds so many: alone and with another thread. The
//! records expire, one after the other, within ten minutes, as those of real logins do.

use core::sync::atomic::{AtomicU64, Ordering};
use divan::Bencher;
use portcullis::replay::{MemoryReplayCache, ReplayCache, ReplayTag};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const RECORDS: [u64; 3] = [1_000, 1_000_000, 10_000_000];

fn main() {
    divan::main();
}

#[divan::bench(args = RECORDS, threads = [1, 2], sample_size = 100, sample_count = 1000)]
fn new_tag(bencher: Bencher<'_, '_>, records: u64) {
    let cache = MemoryReplayCache::new(1 << 25);
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

fn tag(number: u64) -> ReplayTag {
    let octets = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
    ReplayTag::of_tail(&[[0; 8], octets].concat(), 12).expect("a long ciphertext")
}

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_767_225_600)
}

fn expires(number: u64) -> SystemTime {
    now() + Duration::from_secs(1 + number % 600)
}
