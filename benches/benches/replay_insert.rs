//! Recording a tag that is new, in a cache of the default capacity: alone and with other threads.

use core::sync::atomic::{AtomicU64, Ordering};
use divan::Bencher;
use portcullis::replay::{MemoryReplayCache, ReplayCache, ReplayTag};
use std::time::{Duration, UNIX_EPOCH};

fn main() {
    divan::main();
}

#[divan::bench(threads = [1, 2], sample_size = 100, sample_count = 1000)]
fn new_tag(bencher: Bencher<'_, '_>) {
    let cache = MemoryReplayCache::default();
    let made = AtomicU64::new(0);
    let now = UNIX_EPOCH + Duration::from_secs(1_767_225_600);
    let expires = now + Duration::from_secs(301);
    bencher
        .with_inputs(|| {
            let number = made.fetch_add(1, Ordering::Relaxed).to_be_bytes();
            ReplayTag::of_tail(&[[0; 8], number].concat(), 12).expect("a long ciphertext")
        })
        .bench_refs(|tag| cache.record(tag, now, expires));
}
