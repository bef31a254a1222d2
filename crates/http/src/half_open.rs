//! [`HalfOpen`]: negotiations that wait for another leg, and that strangers begin.
//!
//! Each waits under a number that is used once, in a cookie of its client. There are so many of
//! them, so many octets and for so long: the oldest go first, so that who floods the table has to
//! be faster than an honest client's next request, and finds no memory of ours that grows.

use crate::connection::ConnectionBindings;
use core::fmt;
use core::time::Duration;
use portcullis::Negotiation;
use portcullis::entropy::{Entropy as _, EntropyError, SystemEntropy};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

mod number;

use number::Number;

/// What waits costs its token and about so much.
const OVERHEAD: usize = 2048;

/// A list of mechanisms, the AP-REQ, a MIC; and one more for who stumbles (RFC 4178 §3.2, §5).
const MOST_LEGS: u8 = 5;

/// How many negotiations may wait for another leg of their clients, how much of their tokens is
/// kept, and for how long.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct HalfOpenLimits {
    number: usize,
    octets: usize,
    age: Duration,
}

impl HalfOpenLimits {
    /// At most so many wait at once. Default: 1024. With 0 nobody waits: logins have one leg.
    pub const fn number(self, number: usize) -> Self {
        Self { number, ..self }
    }

    /// At most so many octets, counted by the tokens that came. Default: 8 MiB.
    pub const fn octets(self, octets: usize) -> Self {
        Self { octets, ..self }
    }

    /// None waits longer. Default: one minute.
    pub const fn age(self, age: Duration) -> Self {
        Self { age, ..self }
    }

    pub(crate) const fn longest(&self) -> Duration {
        self.age
    }
}

impl Default for HalfOpenLimits {
    fn default() -> Self {
        Self {
            number: 1024,
            octets: 8 << 20,
            age: Duration::from_secs(60),
        }
    }
}

/// A negotiation that waits.
pub(crate) struct Waiting {
    pub(crate) negotiation: Negotiation,
    /// Legs that came after another host or through another channel are not its legs.
    pub(crate) scope: Scope,
    /// How many legs it had.
    pub(crate) legs: u8,
    /// Of all its tokens.
    pub(crate) octets: usize,
    pub(crate) since: SystemTime,
}

/// Where a request goes to and comes through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scope {
    pub(crate) host: Option<String>,
    /// Where the connection says what binds it.
    pub(crate) channel: Option<ConnectionBindings>,
}

impl Waiting {
    /// Whether it may have another leg.
    pub(crate) const fn goes_on(&self) -> bool {
        self.legs < MOST_LEGS
    }

    /// Whether a leg that comes now, and there, is its leg.
    pub(crate) fn awaits(&self, scope: &Scope, now: SystemTime, age: Duration) -> bool {
        self.scope == *scope && !self.is_older(now, age)
    }

    /// A clock that went back makes nothing old; the number of those that wait is bounded still.
    fn is_older(&self, now: SystemTime, age: Duration) -> bool {
        now.duration_since(self.since)
            .is_ok_and(|waits| waits > age)
    }

    const fn cost(&self) -> usize {
        self.octets.saturating_add(OVERHEAD)
    }
}

/// Those that wait, oldest first.
pub(crate) struct HalfOpen {
    pub(crate) limits: HalfOpenLimits,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    waiting: BTreeMap<u64, ([u8; 16], Waiting)>,
    last: u64,
    octets: usize,
}

impl HalfOpen {
    pub(crate) fn new(limits: HalfOpenLimits) -> Self {
        Self {
            limits,
            table: Mutex::default(),
        }
    }

    /// Keeps it, and tells the text under which it can be taken once; `None` where it has no room.
    pub(crate) fn keep(&self, waiting: Waiting) -> Result<Option<String>, EntropyError> {
        let cost = waiting.cost();
        if self.limits.number == 0 || cost > self.limits.octets {
            return Ok(None);
        }
        let mut secret = [0; 16];
        SystemEntropy::default().fill(&mut secret)?;
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        table.make_room(&self.limits, waiting.since, cost);
        table.last = table.last.wrapping_add(1);
        let serial = table.last;
        table.octets = table.octets.saturating_add(cost);
        table.waiting.insert(serial, (secret, waiting));
        Ok(Some(Number { serial, secret }.to_text()))
    }

    /// What waits under this text for a leg that comes now and there; nobody finds it again.
    pub(crate) fn take(&self, text: &str, scope: &Scope, now: SystemTime) -> Option<Waiting> {
        let number = Number::parse(text)?;
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let (secret, _) = table.waiting.get(&number.serial)?;
        if !number.has(secret) {
            return None;
        }
        let waiting = table.remove(number.serial)?;
        drop(table);
        waiting
            .awaits(scope, now, self.limits.age)
            .then_some(waiting)
    }
}

impl Table {
    fn remove(&mut self, serial: u64) -> Option<Waiting> {
        let (_, waiting) = self.waiting.remove(&serial)?;
        self.octets = self.octets.saturating_sub(waiting.cost());
        Some(waiting)
    }

    /// Forgets those that are too old, and then as many as it takes.
    fn make_room(&mut self, limits: &HalfOpenLimits, now: SystemTime, cost: usize) {
        while let Some((serial, (_, oldest))) = self.waiting.first_key_value() {
            let full = self.waiting.len() >= limits.number
                || self.octets.saturating_add(cost) > limits.octets;
            if !full && !oldest.is_older(now, limits.age) {
                return;
            }
            let serial = *serial;
            self.remove(serial);
        }
    }
}

impl fmt::Debug for HalfOpen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HalfOpen")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
