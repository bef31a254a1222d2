//! [`Window`]: which sequence numbers have come (RFC 2743 §1.2.3), as MIT krb5 keeps count.

/// Where a message stands among those that came before it.
#[must_use]
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The one that is due, or order was not asked for.
    InOrder,
    /// It was here before. Fatal in a stream.
    Duplicate,
    /// Too old to tell whether it was here before. Fatal in a stream.
    Old,
    /// Later ones came before it.
    Unsequenced,
    /// Others are missing before it.
    Gap,
}

/// How many numbers behind the latest are remembered.
const REMEMBERED: u64 = 64;

/// The sequence numbers that have come, counted from the first that is due.
#[derive(Debug)]
pub(super) struct Window {
    first: u64,
    /// The next that is due, relative to `first`.
    next: u64,
    /// Bit n: the number n + 1 before `next` has come.
    seen: u64,
    /// The bits that a number has: 64 in tokens of RFC 4121, 32 in those of RFC 1964.
    bits: u64,
    replay: bool,
    sequence: bool,
}

impl Window {
    pub(super) const fn new(first: u64, bits: u64, replay: bool, sequence: bool) -> Self {
        Self {
            first,
            next: 0,
            seen: 0,
            bits,
            replay,
            sequence,
        }
    }

    /// Notes that `number` has come.
    pub(super) fn note(&mut self, number: u64) -> Order {
        if !self.replay && !self.sequence {
            return Order::InOrder;
        }
        let relative = number.wrapping_sub(self.first) & self.bits;
        match relative.checked_sub(self.next) {
            Some(ahead) => self.note_new(relative, ahead),
            None => self.note_late(self.next.wrapping_sub(relative)),
        }
    }

    fn note_new(&mut self, relative: u64, ahead: u64) -> Order {
        let moved = u32::try_from(ahead.saturating_add(1)).unwrap_or(u32::MAX);
        self.seen = self.seen.unbounded_shl(moved) | 1;
        self.next = relative.wrapping_add(1) & self.bits;
        match ahead > 0 && self.sequence {
            true => Order::Gap,
            false => Order::InOrder,
        }
    }

    fn note_late(&mut self, behind: u64) -> Order {
        if behind > REMEMBERED {
            return if self.sequence {
                Order::Unsequenced
            } else {
                Order::Old
            };
        }
        let place = u32::try_from(behind.saturating_sub(1)).unwrap_or(u32::MAX);
        let bit = 1_u64.unbounded_shl(place);
        if self.replay && self.seen & bit != 0 {
            return Order::Duplicate;
        }
        self.seen |= bit;
        match self.sequence {
            true => Order::Unsequenced,
            false => Order::InOrder,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn orders(numbers: &[u64], replay: bool, sequence: bool) -> Vec<Order> {
        let mut window = Window::new(7, u64::MAX, replay, sequence);
        numbers
            .iter()
            .map(|number| window.note(7_u64.wrapping_add(*number)))
            .collect()
    }

    #[test]
    fn tells_gaps_duplicates_and_late_ones_when_sequence_was_asked_for() {
        use Order::{Duplicate, Gap, InOrder, Unsequenced};
        assert_eq!(
            orders(&[0, 1, 3, 2, 3, 4], true, true),
            [InOrder, InOrder, Gap, Unsequenced, Duplicate, InOrder]
        );
    }

    #[test]
    fn tells_duplicates_and_old_ones_when_only_replay_was_asked_for() {
        use Order::{Duplicate, InOrder, Old};
        assert_eq!(
            orders(&[0, 5, 1, 1, 5], true, false),
            [InOrder, InOrder, InOrder, Duplicate, Duplicate]
        );
        assert_eq!(
            orders(&[100, 36, 37, 37], true, false),
            [InOrder, Old, InOrder, Duplicate]
        );
    }

    #[test]
    fn a_number_before_the_first_is_not_taken_for_a_new_one() {
        let mut window = Window::new(7, u64::MAX, true, true);
        assert_eq!(window.note(7), Order::InOrder);
        assert_eq!(window.note(6), Order::Gap); // 2⁶⁴ - 1 ahead, as MIT krb5 counts
    }

    #[test]
    fn numbers_of_32_bits_wrap_around() {
        let mut window = Window::new(0xffff_ffff, 0xffff_ffff, true, true);
        assert_eq!(window.note(0xffff_ffff), Order::InOrder);
        assert_eq!(window.note(0), Order::InOrder);
        assert_eq!(window.note(0xffff_ffff), Order::Duplicate);
    }

    #[test]
    fn nothing_is_told_when_nothing_was_asked_for() {
        assert_eq!(orders(&[5, 5, 0], false, false), [Order::InOrder; 3]);
    }
}
