//! Welch's t of the times that two classes take.

use crate::messages::{Message, Messages};
use crate::subjects::Refuse;
use std::hint::black_box;
use std::time::Instant;

/// How many in a hundred of the times count: what interrupts add is cut off, and in the shortest the
/// least else is to be seen.
const FASTEST: [usize; 5] = [10, 25, 50, 75, 90];

/// The largest of the t of the `FASTEST`. Negative when the first class is faster.
pub(crate) fn welch_t(messages: &Messages, refuse: &Refuse, measurements: usize) -> f64 {
    let mut times = [Vec::new(), Vec::new()];
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut message = Message::default();
    for number in 0..measurements + measurements / 10 {
        let class = usize::from(random.next() >> 63 == 1);
        messages.choose(class, random.next(), &mut message);
        let start = Instant::now();
        refuse(black_box(&mut message));
        let elapsed = start.elapsed().as_nanos();
        if number >= measurements / 10 {
            times[class].push(elapsed); // it is warm
        }
    }
    let mut all: Vec<_> = times.iter().flatten().copied().collect();
    all.sort_unstable();
    FASTEST
        .iter()
        .map(|percent| {
            let slowest = all.get(all.len() * percent / 100).copied();
            t_below(&times, slowest.unwrap_or(u128::MAX))
        })
        .fold(0.0, |most, t| if t.abs() > most.abs() { t } else { most })
}

/// Welch's t of what took no longer than `slowest`.
fn t_below(times: &[Vec<u128>; 2], slowest: u128) -> f64 {
    let [first, last] = [0, 1].map(|class| Moments::of(&times[class], slowest));
    (first.mean - last.mean) / (first.of_mean + last.of_mean).sqrt()
}

/// Of the times of a class.
struct Moments {
    mean: f64,
    /// The variance of the mean.
    of_mean: f64,
}

impl Moments {
    fn of(times: &[u128], slowest: u128) -> Self {
        let times: Vec<f64> = times
            .iter()
            .filter(|time| **time <= slowest)
            .map(|time| *time as f64)
            .collect();
        let count = times.len() as f64;
        let mean = times.iter().sum::<f64>() / count;
        let squares = times.iter().map(|time| (time - mean).powi(2)).sum::<f64>();
        Self {
            mean,
            of_mean: squares / (count - 1.0) / count,
        }
    }
}

/// Marsaglia's xorshift: the same order in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}
