//! Hot path. A set of 64-bit keyed hashes: open addressing, linear probing, no removal.

use core::num::NonZeroU64;

use super::Freshness;

const FEWEST_SLOTS: usize = 8;

/// The hashes of the tags that expire at about the same time.
#[derive(Default)]
pub(super) struct Table {
    /// None of them, or a power of two; at least a quarter stays empty, so that a search ends.
    slots: Vec<Option<NonZeroU64>>,
    used: usize,
}

impl Table {
    /// How many hashes it holds.
    pub(super) const fn len(&self) -> usize {
        self.used
    }

    /// Records `hash` if it is new and there is `room`; `None` when it is new and there is none.
    pub(super) fn record(&mut self, hash: NonZeroU64, room: bool) -> Option<Freshness> {
        if self.needs_slots() && room {
            self.grow();
        }
        match self.search(hash) {
            Some(slot) if slot.is_some() => Some(Freshness::Replayed),
            Some(slot) if room => {
                *slot = Some(hash);
                self.used = self.used.saturating_add(1);
                Some(Freshness::Fresh)
            }
            _ => None,
        }
    }

    /// The slot that holds `hash`, else the empty one that would.
    fn search(&mut self, hash: NonZeroU64) -> Option<&mut Option<NonZeroU64>> {
        let home = self.home(hash);
        let (before, after) = self.slots.split_at_mut_checked(home)?;
        after
            .iter_mut()
            .chain(before)
            .find(|slot| slot.is_none_or(|found| found == hash))
    }

    /// Where the search for `hash` starts: as many of its highest bits as number the slots.
    fn home(&self, hash: NonZeroU64) -> usize {
        let bits = self.slots.len().checked_ilog2().unwrap_or_default();
        let home = hash.get().unbounded_shr(u64::BITS.saturating_sub(bits));
        usize::try_from(home).unwrap_or_default()
    }

    /// Whether three quarters of the slots are taken.
    const fn needs_slots(&self) -> bool {
        self.used >= self.slots.len().saturating_sub(self.slots.len() / 4)
    }

    fn grow(&mut self) {
        let slots = self.slots.len().saturating_mul(2).max(FEWEST_SLOTS);
        let smaller = core::mem::replace(&mut self.slots, vec![None; slots]);
        for hash in smaller.into_iter().flatten() {
            if let Some(slot) = self.search(hash) {
                *slot = Some(hash);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(number: u64) -> NonZeroU64 {
        NonZeroU64::new(number).unwrap()
    }

    #[test]
    fn a_hash_is_fresh_once() {
        let mut table = Table::default();

        assert_eq!(table.record(hash(7), true), Some(Freshness::Fresh));
        assert_eq!(table.record(hash(7), true), Some(Freshness::Replayed));
        assert_eq!(table.record(hash(8), true), Some(Freshness::Fresh));
        assert_eq!(table.len(), 2);
    }

    #[test]
    fn hashes_with_the_same_home_at_the_end_wrap_around() {
        let mut table = Table::default();
        let crowd: Vec<_> = (0..6).map(|low| hash(u64::MAX - low)).collect();

        for member in &crowd {
            assert_eq!(table.record(*member, true), Some(Freshness::Fresh));
        }
        for member in &crowd {
            assert_eq!(table.record(*member, true), Some(Freshness::Replayed));
        }
    }

    /// Else each search would begin in the same crowd.
    #[test]
    fn hashes_have_homes_of_their_own() {
        let mut table = Table::default();
        assert_eq!(table.record(hash(1), true), Some(Freshness::Fresh));
        let homes = (0..8_u64).map(|top| table.home(hash(top << 61 | 1)));
        assert!(homes.eq(0..FEWEST_SLOTS));
    }

    #[test]
    fn a_quarter_of_the_slots_stays_empty() {
        let mut table = Table::default();
        let sizes = [8, 8, 8, 8, 8, 8, 16, 16, 16, 16, 16, 16, 32];
        for (number, slots) in (1..).zip(sizes) {
            assert_eq!(table.record(hash(number), true), Some(Freshness::Fresh));
            assert_eq!(table.slots.len(), slots, "{number}");
        }
    }

    #[test]
    fn growing_forgets_nothing() {
        let mut table = Table::default();
        let all = || (1..=10_000_u64).map(|n| hash(n.wrapping_mul(0x9e37_79b9_7f4a_7c15)));

        assert!(all().all(|hash| table.record(hash, true) == Some(Freshness::Fresh)));
        assert!(all().all(|hash| table.record(hash, true) == Some(Freshness::Replayed)));
        assert_eq!(table.len(), 10_000);
    }

    #[test]
    fn without_room_known_hashes_are_still_known_and_new_ones_are_not_recorded() {
        let mut table = Table::default();
        assert_eq!(table.record(hash(7), true), Some(Freshness::Fresh));

        assert_eq!(table.record(hash(7), false), Some(Freshness::Replayed));
        assert_eq!(table.record(hash(8), false), None);
        assert_eq!(table.record(hash(8), true), Some(Freshness::Fresh));
    }

    #[test]
    fn an_empty_table_without_room_allocates_nothing() {
        let mut table = Table::default();

        assert_eq!(table.record(hash(7), false), None);
        assert_eq!(table.slots.capacity(), 0);
    }
}
