//! Hot path. [`KnownTickets`]: tickets that came before, with what opening them gave.
//!
//! Clients of HTTP and databases send the same ticket for hours. What the KDC sealed does not
//! change, so a ticket that is octet for octet a known one need not be decrypted, nor its PAC
//! verified, a second time. What was shown of it alone, under rules that never change, stays shown.
//! Nothing that depends on the time, the peer or the authenticator is remembered: those checks run
//! at each use. Tickets that name addresses, hardly any, are not remembered.
//!
//! A ticket is entered when it comes a second time with everything about it shown, the replay cache
//! asked, so clients that come once cost nothing and replays nothing at all. Found means equal in service, version, encryption type and the whole
//! ciphertext; the hash only says where to look. The memory belongs to one set of keys and rules:
//! an acceptor with a new keytab begins with an empty one.

mod facts;
mod known;
mod shard;

use core::fmt;
use core::hash::BuildHasher;
use core::sync::atomic::{AtomicU64, Ordering};
use portcullis_formats::messages::{KerberosTime, Ticket};
use std::hash::RandomState;
use std::sync::{Arc, Mutex, PoisonError};

pub(crate) use facts::{TicketFacts, Validity};
pub(crate) use known::{KnownTicket, OpenedTicket};
use shard::Shard;

/// More shards than cores, so that two threads seldom want the same.
const SHARDS: usize = 16;
/// How many tickets that came once are told from those that never came.
const SIGHTINGS: usize = 4096;

/// Opened tickets, bounded in octets, wiped when they leave.
pub(crate) struct KnownTickets {
    /// None when nothing is to be remembered.
    shards: Box<[Mutex<Shard>]>,
    /// Hashes of tickets that came once, each where it falls.
    sightings: Box<[AtomicU64]>,
    key: RandomState,
    max_octets: usize,
}

/// Where a ticket would be, were it known.
#[derive(Clone, Copy)]
pub(crate) struct Place(u64);

impl KnownTickets {
    /// Room for `max_octets` in all; 0 remembers nothing.
    pub(crate) fn new(max_octets: usize) -> Self {
        let share = max_octets / SHARDS;
        let (shards, sightings) = match share {
            0 => (0, 0),
            _ => (SHARDS, SIGHTINGS),
        };
        Self {
            shards: (0..shards).map(|_| Mutex::new(Shard::new(share))).collect(),
            sightings: (0..sightings).map(|_| AtomicU64::new(0)).collect(),
            key: RandomState::new(),
            max_octets,
        }
    }

    /// An empty one of the same size, for other keys.
    pub(crate) fn anew(&self) -> Self {
        Self::new(self.max_octets)
    }

    /// Where `ticket` belongs. The end of the ciphertext is its MAC, or as good as random.
    pub(crate) fn place(&self, ticket: &Ticket<'_>) -> Place {
        let cipher = ticket.enc_part.cipher;
        let tail = cipher.last_chunk::<12>().copied().unwrap_or_default();
        Place(self.key.hash_one(tail))
    }

    /// The known ticket that is `ticket`.
    pub(crate) fn find(&self, place: Place, ticket: &Ticket<'_>) -> Option<Arc<KnownTicket>> {
        let shard = self.shard(place)?;
        let found = lock(shard).find(place.0)?;
        found.is(ticket).then_some(found)
    }

    /// Whether the ticket of this place came before; the next time the answer is yes.
    pub(crate) fn saw(&self, place: Place) -> bool {
        let Some(sighting) = slot(&self.sightings, place.0) else {
            return false;
        };
        sighting.swap(place.0, Ordering::Relaxed) == place.0
    }

    /// Enters a ticket about which everything was shown.
    pub(crate) fn enter(&self, place: Place, ticket: Arc<KnownTicket>, now: KerberosTime) {
        if let Some(shard) = self.shard(place) {
            lock(shard).enter(place.0, ticket, now);
        }
    }

    fn shard(&self, place: Place) -> Option<&Mutex<Shard>> {
        slot(&self.shards, place.0)
    }
}

/// Threads that died in it left it whole: what is not entered is merely not known.
fn lock(shard: &Mutex<Shard>) -> std::sync::MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

fn slot<T>(slots: &[T], hash: u64) -> Option<&T> {
    let index = hash.checked_rem(u64::try_from(slots.len()).ok()?)?;
    slots.get(usize::try_from(index).ok()?)
}

impl fmt::Debug for KnownTickets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KnownTickets")
            .field("max_octets", &self.max_octets)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
