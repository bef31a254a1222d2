//! One part of the known tickets, bounded in octets.

use super::KnownTicket;
use portcullis_formats::messages::KerberosTime;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// Seconds between two searches for tickets that have ended.
const SWEEP: i64 = 60;

/// Tickets by the hash of their MAC. The oldest leave first when room is needed.
#[repr(align(64))]
pub(super) struct Shard {
    tickets: HashMap<u64, Arc<KnownTicket>>,
    /// As they were entered, each once: their number is bounded with theirs.
    order: VecDeque<u64>,
    octets: usize,
    max_octets: usize,
    next_sweep: KerberosTime,
}

impl Shard {
    pub(super) fn new(max_octets: usize) -> Self {
        Self {
            tickets: HashMap::new(),
            order: VecDeque::new(),
            octets: 0,
            max_octets,
            next_sweep: KerberosTime::from_unix(i64::MIN),
        }
    }

    pub(super) fn find(&self, hash: u64) -> Option<Arc<KnownTicket>> {
        self.tickets.get(&hash).cloned()
    }

    /// Enters `ticket`; one that is larger than the shard is not kept. It takes the place of the one
    /// with the same hash: what stands in clear beside a ciphertext can be rewritten at each coming.
    pub(super) fn enter(&mut self, hash: u64, ticket: Arc<KnownTicket>, now: KerberosTime) {
        self.sweep(now);
        let octets = ticket.octets();
        if octets > self.max_octets {
            return;
        }
        let mut placed = self.leave(hash);
        while self.octets > self.max_octets.saturating_sub(octets) {
            let Some(oldest) = self.order.pop_front() else {
                return;
            };
            placed &= oldest != hash;
            self.leave(oldest);
        }
        self.octets = self.octets.saturating_add(octets);
        self.tickets.insert(hash, ticket);
        if !placed {
            self.order.push_back(hash);
        }
    }

    /// Whether it was there.
    fn leave(&mut self, hash: u64) -> bool {
        let left = self.tickets.remove(&hash);
        let octets = left.as_ref().map_or(0, |ticket| ticket.octets());
        self.octets = self.octets.saturating_sub(octets);
        left.is_some()
    }

    /// Lets the tickets go that have ended: their session keys are wiped.
    fn sweep(&mut self, now: KerberosTime) {
        if now < self.next_sweep {
            return;
        }
        self.next_sweep = KerberosTime::from_unix(now.as_unix().saturating_add(SWEEP));
        self.tickets.retain(|_, ticket| !ticket.has_ended(now));
        self.octets = self
            .tickets
            .values()
            .fold(0, |sum: usize, ticket| sum.saturating_add(ticket.octets()));
        self.order.retain(|hash| self.tickets.contains_key(hash));
    }
}

#[cfg(test)]
mod tests;
