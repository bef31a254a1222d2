//! [`Window`]: which sequence numbers have come (RFC 2743 §1.2.3).

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

/// What the initiator asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub(super) replay: bool,
    pub(super) sequence: bool,
}

/// The sequence numbers that have come.
///
/// As MIT krb5 keeps count but for two things: numbers of 32 bits may wrap around any number of
/// times, and a number that is too old to tell is [`Order::Old`] although sequence was asked for
/// (MIT krb5 has it unsequenced), so that nobody who takes messages in any order takes one twice.
#[derive(Debug)]
pub(super) struct Window {
    /// The next number that is due.
    due: u64,
    /// How many numbers have passed since the first that was due.
    passed: u64,
    /// The bits that a number has: 64 in tokens of RFC 4121, 32 in those of RFC 1964.
    bits: u64,
    asked: Asked,
    seen: Bitmap,
}

impl Window {
    /// Begins with `first`, remembering so many numbers behind the latest.
    pub(super) const fn new(first: u64, bits: u64, asked: Asked, remembered: u32) -> Self {
        Self {
            due: first,
            passed: 0,
            bits,
            asked,
            seen: Bitmap::new(remembered),
        }
    }

    /// Goes on where another one stood; `None` if that was of another size.
    pub(super) fn resumed(mut self, passed: u64, seen: Vec<u64>) -> Option<Self> {
        let fits = seen.is_empty() || seen.len() == self.seen.words();
        self.passed = passed;
        self.seen.words = seen;
        fits.then_some(self)
    }

    /// The next number that is due.
    pub(super) const fn due(&self) -> u64 {
        self.due
    }

    /// How many numbers have passed.
    pub(super) const fn passed(&self) -> u64 {
        self.passed
    }

    /// How many of them are remembered.
    pub(super) const fn remembered(&self) -> u32 {
        self.seen.size
    }

    /// A bit for each of these, in a ring; empty before the first.
    pub(super) fn seen(&self) -> &[u64] {
        &self.seen.words
    }

    /// Notes that `number` has come.
    pub(super) fn note(&mut self, number: u64) -> Order {
        if !self.asked.replay && !self.asked.sequence {
            return Order::InOrder;
        }
        let ahead = number.wrapping_sub(self.due) & self.bits;
        match ahead <= self.bits >> 1 {
            true => self.note_new(number, ahead),
            false => self.note_late(number, self.due.wrapping_sub(number) & self.bits),
        }
    }

    fn note_new(&mut self, number: u64, ahead: u64) -> Order {
        for missing in 0..ahead.min(self.seen.size.into()) {
            self.seen
                .set(number.wrapping_sub(missing).wrapping_sub(1), false);
        }
        self.seen.set(number, true);
        self.due = number.wrapping_add(1) & self.bits;
        self.passed = self.passed.saturating_add(ahead).saturating_add(1);
        match ahead > 0 && self.asked.sequence {
            true => Order::Gap,
            false => Order::InOrder,
        }
    }

    fn note_late(&mut self, number: u64, behind: u64) -> Order {
        if behind > self.passed.min(self.seen.size.into()) {
            return match self.asked.replay {
                true => Order::Old,
                false => Order::Unsequenced,
            };
        }
        if self.seen.set(number, true) && self.asked.replay {
            return Order::Duplicate;
        }
        match self.asked.sequence {
            true => Order::Unsequenced,
            false => Order::InOrder,
        }
    }
}

/// A ring of bits, one for each of the latest numbers; made when the first is set.
#[derive(Debug)]
struct Bitmap {
    words: Vec<u64>,
    /// A power of two.
    size: u32,
}

/// The bits of a word.
const WORD: u32 = u64::BITS;
/// So that a window is 8 KiB at most.
const LARGEST: u32 = 1 << 16;

impl Bitmap {
    const fn new(remembered: u32) -> Self {
        let size = match remembered {
            ..=WORD => WORD,
            LARGEST.. => LARGEST,
            some => some.next_power_of_two(),
        };
        Self {
            words: Vec::new(),
            size,
        }
    }

    /// How many words it has.
    fn words(&self) -> usize {
        let words = self.size.checked_div(WORD).unwrap_or(0);
        usize::try_from(words).unwrap_or(0)
    }

    /// Sets the bit of a number, and tells what it was.
    fn set(&mut self, number: u64, to: bool) -> bool {
        if self.words.is_empty() {
            self.words.resize(self.words(), 0);
        }
        let place = number & u64::from(self.size.saturating_sub(1));
        let bit = 1_u64 << (place & 63);
        let index = usize::try_from(place >> 6).unwrap_or(usize::MAX);
        let Some(word) = self.words.get_mut(index) else {
            return false;
        };
        let was = *word & bit != 0;
        *word = if to { *word | bit } else { *word & !bit };
        was
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Order::{Duplicate, Gap, InOrder, Old, Unsequenced};

    const BOTH: Asked = Asked {
        replay: true,
        sequence: true,
    };
    const REPLAY: Asked = Asked {
        replay: true,
        sequence: false,
    };
    const SEQUENCE: Asked = Asked {
        replay: false,
        sequence: true,
    };

    fn window(asked: Asked) -> Window {
        Window::new(7, u64::MAX, asked, 64)
    }

    fn orders(numbers: &[u64], asked: Asked) -> Vec<Order> {
        let mut window = window(asked);
        numbers
            .iter()
            .map(|number| window.note(7_u64.wrapping_add(*number)))
            .collect()
    }

    #[test]
    fn tells_gaps_duplicates_and_late_ones_when_sequence_was_asked_for() {
        assert_eq!(
            orders(&[0, 1, 3, 2, 3, 4], BOTH),
            [InOrder, InOrder, Gap, Unsequenced, Duplicate, InOrder]
        );
        assert_eq!(
            orders(&[0, 2, 2, 1, 100, 3], SEQUENCE),
            [InOrder, Gap, Unsequenced, Unsequenced, Gap, Unsequenced]
        );
    }

    #[test]
    fn tells_duplicates_and_old_ones_when_only_replay_was_asked_for() {
        assert_eq!(
            orders(&[0, 5, 1, 1, 5], REPLAY),
            [InOrder, InOrder, InOrder, Duplicate, Duplicate]
        );
        assert_eq!(
            orders(&[100, 36, 37, 37], REPLAY),
            [InOrder, Old, InOrder, Duplicate]
        );
    }

    #[test]
    fn tells_old_ones_when_both_were_asked_for() {
        assert_eq!(orders(&[100, 36, 37], BOTH), [Gap, Old, Unsequenced]);
    }

    #[test]
    fn a_number_before_the_first_is_not_taken_for_a_new_one() {
        let mut window = window(BOTH);
        assert_eq!(window.note(7), InOrder);
        assert_eq!(window.note(6), Old);
        assert_eq!(window.note(8), InOrder);
    }

    #[test]
    fn numbers_of_32_bits_wrap_around() {
        let mut window = Window::new(0xffff_ffff, 0xffff_ffff, BOTH, 64);
        assert_eq!(window.note(0xffff_ffff), InOrder);
        assert_eq!(window.note(0), InOrder);
        assert_eq!(window.note(0xffff_ffff), Duplicate);
    }

    /// MIT krb5 takes numbers from before for new ones when it has counted to 2³².
    #[test]
    fn numbers_of_32_bits_wrap_around_more_than_once() {
        let mut window = Window::new(0, 0xffff_ffff, BOTH, 64);
        for quarter in [
            0x4000_0000,
            0x8000_0000,
            0xc000_0000,
            0,
            0x4000_0000,
            0x4000_0001,
        ] {
            assert!(matches!(window.note(quarter), Gap | InOrder));
            assert_eq!(window.note(quarter), Duplicate);
        }
        assert_eq!(window.note(0xffff_ffff), Old);
    }

    #[test]
    fn nothing_is_told_when_nothing_was_asked_for() {
        let nothing = Asked {
            replay: false,
            sequence: false,
        };
        assert_eq!(orders(&[5, 5, 0], nothing), [InOrder; 3]);
    }

    /// Every size against a list of all that have come.
    #[test]
    fn remembers_as_many_numbers_as_it_was_told() {
        for (asked, size) in [
            (0, 64),
            (64, 64),
            (65, 128),
            (1000, 1024),
            (u32::MAX, 65_536),
        ] {
            let mut window = Window::new(7, u64::MAX, REPLAY, asked);
            assert_eq!(window.remembered(), size);
            let size = u64::from(size);
            let latest = 7 + 3 * size;
            assert_eq!(window.note(latest), InOrder);
            assert_eq!(window.note(latest - size - 1), Old);
            for number in [latest - size, latest - size + 1, latest - 1] {
                assert_eq!(
                    window.note(number),
                    if number == latest - size {
                        Old
                    } else {
                        InOrder
                    }
                );
            }
        }
    }

    /// A simple model, for numbers in no order.
    #[test]
    fn agrees_with_a_list_of_all_that_have_come() {
        let mut window = window(BOTH);
        let (mut seen, mut due) = (std::collections::HashSet::new(), 7_u64);
        let mut state = 1_u64;
        for _ in 0..20_000 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let jump = state >> 57; // 0..127
            let number = (due + jump).saturating_sub(90).max(7);
            let expected = match number {
                number if number == due => InOrder,
                number if number > due => Gap,
                number if due - number > 64 => Old,
                number if seen.contains(&number) => Duplicate,
                _ => Unsequenced,
            };
            assert_eq!(window.note(number), expected);
            if expected != Old {
                seen.insert(number);
            }
            due = due.max(number + 1);
        }
    }
}
