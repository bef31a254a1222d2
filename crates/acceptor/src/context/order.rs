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
mod tests;
