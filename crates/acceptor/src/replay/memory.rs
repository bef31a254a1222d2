//! Hot path. The replay cache of one process: sharded, bounded, and it never evicts.
//!
//! A record is the 64-bit keyed hash of a tag, nothing more: eight octets. Records that expire in
//! the same quarter of a minute lie in one table, so forgetting is dropping a table, and the same
//! authenticator, which always expires at the same time, always meets the same table. Full means
//! refused: a cache that evicts lets whoever floods it replay.
//!
//! The key of the hash is random and secret, so nobody can choose tags that collide. By chance a
//! new tag meets an equal hash with probability (records in the table) / 2⁶⁴, and then one client
//! has to try again.

use core::fmt;
use core::hash::BuildHasher;
use core::num::NonZeroU64;
use core::time::Duration;
use std::collections::BTreeMap;
use std::hash::RandomState;
use std::sync::{OnceLock, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use super::lock::Mutex;
use super::table::Table;
use super::{ClockSkewDiffers, Freshness, ReplayCache, ReplayCacheError, ReplayTag};

/// How many seconds of expiry share a table. Shorter means more tables, longer means that records
/// stay longer than they need to.
const SECONDS_PER_TABLE: u64 = 15;

/// More shards than cores, so that two threads seldom want the same.
const MOST_SHARDS: usize = 64;

/// A shard's share of the capacity should be large beside the chance differences between shards.
const LEAST_SHARE: usize = 1024;

const DEFAULT_CAPACITY: usize = 1 << 20;

/// A replay cache in the memory of this process.
///
/// Clones of an `Acceptor` share one through an `Arc`, and so can other acceptors with the same
/// clock skew. After a restart it is empty: authenticators
/// stamped before the start should then be refused.
pub struct MemoryReplayCache {
    /// A power of two of them; none when the capacity is 0.
    shards: Box<[Mutex<Shard>]>,
    key: RandomState,
    capacity: usize,
    /// Of the acceptors that ask. With another one an authenticator would expire at another time
    /// and meet another table.
    clock_skew: OnceLock<Duration>,
}

impl MemoryReplayCache {
    /// A cache of at most `capacity` records, about 17 octets each; nothing is allocated until
    /// they come.
    ///
    /// With a clock skew of 5 minutes a record stays for 10 at most, so the capacity is 600 times
    /// the number of accepted tokens per second. A large capacity is divided among shards, and the
    /// first that has used its share up refuses; the keyed hash spreads the records, so that
    /// happens with more than nine tenths in use.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        let wanted = (capacity / LEAST_SHARE).clamp(1, MOST_SHARDS);
        let exponent = wanted.ilog2();
        let share = capacity.unbounded_shr(exponent);
        let shards = if share == 0 {
            0
        } else {
            1_usize.unbounded_shl(exponent)
        };
        Self {
            shards: (0..shards).map(|_| Mutex::new(Shard::new(share))).collect(),
            key: RandomState::new(),
            capacity,
            clock_skew: OnceLock::new(),
        }
    }

    /// How many records it has, those included that have expired and are not dropped yet.
    #[must_use]
    pub fn records(&self) -> usize {
        let records = |shard: &Mutex<Shard>| {
            let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.records
        };
        self.shards
            .iter()
            .map(records)
            .fold(0, usize::saturating_add)
    }

    /// How many records it was made for.
    #[must_use]
    pub const fn capacity(&self) -> usize {
        self.capacity
    }

    /// The shard of a hash: its lowest bits, as tables use the highest.
    fn shard(&self, hash: NonZeroU64) -> Option<&Mutex<Shard>> {
        let mask = u64::try_from(self.shards.len().checked_sub(1)?).ok()?;
        self.shards.get(usize::try_from(hash.get() & mask).ok()?)
    }
}

impl ReplayCache for MemoryReplayCache {
    fn record(
        &self,
        tag: &ReplayTag,
        now: SystemTime,
        expires: SystemTime,
    ) -> Result<Freshness, ReplayCacheError> {
        if let Ok(ago) = now.duration_since(expires) {
            return Err(ReplayCacheError::Expired { ago });
        }
        let hash = NonZeroU64::new(self.key.hash_one(tag)).unwrap_or(NonZeroU64::MIN);
        let full = || ReplayCacheError::Full {
            capacity: self.capacity,
        };
        let Some(shard) = self.shard(hash) else {
            return Err(full());
        };
        // A shard is whole between any two statements, so a thread that died left nothing half done.
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        shard.forget_expired(now);
        shard.still_knows(now, expires)?;
        shard.record(hash, period(expires)).ok_or_else(full)
    }

    fn serves(&self, clock_skew: Duration) -> Result<(), ClockSkewDiffers> {
        match *self.clock_skew.get_or_init(|| clock_skew) {
            first if first == clock_skew => Ok(()),
            first => Err(ClockSkewDiffers { first }),
        }
    }
}

impl Default for MemoryReplayCache {
    /// Room for 1,048,576 records: 1,700 accepted tokens per second at a clock skew of 5 minutes.
    fn default() -> Self {
        Self::new(DEFAULT_CAPACITY)
    }
}

impl fmt::Debug for MemoryReplayCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryReplayCache")
            .field("capacity", &self.capacity)
            .finish_non_exhaustive()
    }
}

/// One part of the cache, on its own cache line, so that shards do not wait for each other.
#[repr(align(64))]
struct Shard {
    /// By the period in which their records expire.
    tables: BTreeMap<u64, Table>,
    /// The first of those periods, or one before: looking into the map to learn that nothing has
    /// expired costs a miss of the processor's cache.
    earliest: u64,
    /// In all tables.
    records: usize,
    share: usize,
    /// The latest period whose table was dropped.
    forgotten: Option<u64>,
}

impl Shard {
    const fn new(share: usize) -> Self {
        Self {
            tables: BTreeMap::new(),
            earliest: u64::MAX,
            records: 0,
            share,
            forgotten: None,
        }
    }

    /// Drops the tables in which every record has expired.
    fn forget_expired(&mut self, now: SystemTime) {
        let current = period(now);
        if self.earliest >= current {
            return;
        }
        while let Some(oldest) = self.tables.first_entry()
            && *oldest.key() < current
        {
            let (dropped, table) = oldest.remove_entry();
            self.records = self.records.saturating_sub(table.len());
            self.forgotten = self.forgotten.max(Some(dropped));
        }
        let first = self.tables.first_key_value();
        self.earliest = first.map_or(u64::MAX, |(period, _)| *period);
    }

    /// Only when the clock went back can a record that has yet to expire be among the dropped.
    fn still_knows(&self, now: SystemTime, expires: SystemTime) -> Result<(), ReplayCacheError> {
        let Some(forgotten) = self.forgotten.filter(|last| period(expires) <= *last) else {
            return Ok(());
        };
        let seen = forgotten
            .saturating_add(1)
            .saturating_mul(SECONDS_PER_TABLE);
        Err(ReplayCacheError::ClockWentBack {
            by: Duration::from_secs(seen).saturating_sub(since_epoch(now)),
        })
    }

    /// `None` when it is new and the share is used up.
    fn record(&mut self, hash: NonZeroU64, period: u64) -> Option<Freshness> {
        let room = self.records < self.share;
        self.earliest = self.earliest.min(period);
        let freshness = self.tables.entry(period).or_default().record(hash, room)?;
        if freshness == Freshness::Fresh {
            self.records = self.records.saturating_add(1);
        }
        Some(freshness)
    }
}

/// The number of the quarter of a minute in which `time` lies.
fn period(time: SystemTime) -> u64 {
    since_epoch(time).as_secs() / SECONDS_PER_TABLE
}

/// Times before 1970 count as its first second: their records are kept longer, not shorter.
fn since_epoch(time: SystemTime) -> Duration {
    time.duration_since(UNIX_EPOCH).unwrap_or_default()
}

#[cfg(test)]
#[path = "memory/tests.rs"] // said in full for `proofs/`, which finds this file by its path
mod tests;
