//! The replay cache of `crates/acceptor/src/replay/memory.rs`, the same file, whose lock is loom's.
//!
//! It must be used within `loom::model`, which runs it once for each order in which the threads can
//! take the lock.

use portcullis::replay::{ClockSkewDiffers, Freshness, ReplayCache, ReplayCacheError, ReplayTag};

#[path = "../../crates/acceptor/src/replay/memory.rs"]
mod memory;
#[path = "../../crates/acceptor/src/replay/table.rs"]
mod table;

mod lock {
    use loom::sync::{LockResult, MutexGuard};

    /// loom's lock, with one way in: to wait. loom changes threads where a lock is taken, not while it
    /// is held, and so would not see what a cache does that tries and goes on without: such a one
    /// does not compile here.
    pub(super) struct Mutex<T>(loom::sync::Mutex<T>);

    impl<T> Mutex<T> {
        pub(super) fn new(value: T) -> Self {
            Self(loom::sync::Mutex::new(value))
        }

        pub(super) fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
            self.0.lock()
        }
    }
}

pub use memory::MemoryReplayCache;
