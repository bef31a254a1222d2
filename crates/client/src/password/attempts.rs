//! [`Attempts`]: how often somebody tried in vain.

use super::PasswordError;
use core::hash::Hash;
use core::net::IpAddr;
use core::time::Duration;
use portcullis::Principal;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

/// How often somebody may try in vain.
///
/// Whoever has a user's name can use the user's attempts up, so they come back soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct AttemptLimits {
    user: u32,
    address: u32,
    period: Duration,
    remembered: usize,
}

impl AttemptLimits {
    /// The limits by default: 5 for a user and 50 for an address in 5 minutes.
    pub const fn new() -> Self {
        Self {
            user: 5,
            address: 50,
            period: Duration::from_secs(300),
            remembered: 1 << 16,
        }
    }

    /// So many with a user's name in a period.
    pub const fn per_user(mut self, attempts: u32) -> Self {
        self.user = attempts;
        self
    }

    /// So many from an address in a period; from one network of 64 bits in IPv6.
    pub const fn per_address(mut self, attempts: u32) -> Self {
        self.address = attempts;
        self
    }

    /// How long an attempt counts, at most.
    pub const fn period(mut self, period: Duration) -> Self {
        self.period = period;
        self
    }

    /// How many users, and how many addresses, are remembered. When there are more in a period,
    /// further ones are refused.
    pub const fn remembered(mut self, most: usize) -> Self {
        self.remembered = most;
        self
    }
}

impl Default for AttemptLimits {
    fn default() -> Self {
        Self::new()
    }
}

/// The attempts of a period.
#[derive(Debug)]
pub(super) struct Attempts {
    limits: AttemptLimits,
    users: Mutex<HashMap<Principal, Count>>,
    addresses: Mutex<HashMap<IpAddr, Count>>,
}

#[derive(Clone, Copy, Debug)]
struct Count {
    attempts: u32,
    since: SystemTime,
}

impl Attempts {
    pub(super) fn new(limits: AttemptLimits) -> Self {
        Self {
            limits,
            users: Mutex::default(),
            addresses: Mutex::default(),
        }
    }

    /// Counts an attempt before it is made, so that many at once are not more than one after the
    /// other.
    pub(super) fn begin(
        &self,
        user: &Principal,
        from: IpAddr,
        now: SystemTime,
    ) -> Result<(), PasswordError> {
        let limits = &self.limits;
        let from = network(from);
        count(&self.addresses, from, limits.address, limits, now)?;
        let counted = count(&self.users, user.clone(), limits.user, limits, now);
        if counted.is_err() {
            take_back(&self.addresses, &from);
        }
        counted
    }

    /// The attempt was not in vain.
    pub(super) fn forgive(&self, user: &Principal, from: IpAddr) {
        take_back(&self.users, user);
        take_back(&self.addresses, &network(from));
    }
}

fn count<K: Eq + Hash>(
    counts: &Mutex<HashMap<K, Count>>,
    key: K,
    limit: u32,
    limits: &AttemptLimits,
    now: SystemTime,
) -> Result<(), PasswordError> {
    // A count is whole between any two statements.
    let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
    let left = |count: &Count| left(count, limits.period, now);
    if counts.len() >= limits.remembered && !counts.contains_key(&key) {
        counts.retain(|_, count| !left(count).is_zero());
        if counts.len() >= limits.remembered {
            let wait = limits.period;
            return Err(PasswordError::TooMany { wait });
        }
    }
    let fresh = Count {
        attempts: 0,
        since: now,
    };
    let count = counts.entry(key).or_insert(fresh);
    if left(count).is_zero() {
        *count = fresh;
    }
    if count.attempts >= limit {
        let wait = left(count);
        return Err(PasswordError::TooMany { wait });
    }
    count.attempts = count.attempts.saturating_add(1);
    Ok(())
}

fn take_back<K: Eq + Hash>(counts: &Mutex<HashMap<K, Count>>, key: &K) {
    let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(count) = counts.get_mut(key) {
        count.attempts = count.attempts.saturating_sub(1);
        if count.attempts == 0 {
            counts.remove(key);
        }
    }
}

/// How much of the count's period is left; all of it when the clock went back.
fn left(count: &Count, period: Duration, now: SystemTime) -> Duration {
    let gone = now.duration_since(count.since).unwrap_or_default();
    period.saturating_sub(gone)
}

/// What one customer has of a provider: an address, or 64 bits of one in IPv6 (RFC 6177).
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            [a, b, c, d, 0, 0, 0, 0].into()
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}
