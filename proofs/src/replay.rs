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
    pub(super) use loom::sync::Mutex;
}

pub use memory::MemoryReplayCache;
