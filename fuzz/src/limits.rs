//! What an input may cost: memory and time that grow with it, and not faster than it does.
//!
//! What is made once (the realm, its keys) is made by some input that cannot help it. So whoever
//! exceeds a limit runs again, and is to blame when it is not for that.

use allocation_counter::{AllocationInfo, measure};
use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;

/// What any input may hold at once, whatever its length: a replay cache and the states of a regular
/// expression are among it, and the target's own tokens.
const HELD: u64 = 192 * 1024;
/// What it may allocate in all.
const ALLOCATED: u64 = 512 * 1024;
/// And for each of its octets.
const PER_OCTET: u64 = 64;
/// With the fuzzer's instruments, and assertions.
const TIME: Duration = Duration::from_millis(10);
const TIME_PER_OCTET: Duration = Duration::from_micros(1);
/// An interruption costs the thread some time, too: one of so many runs is not interrupted.
const RUNS: usize = 3;

/// What one run cost.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    /// Octets of memory at the moment when they were the most.
    pub held: u64,
    /// Octets of all allocations together.
    pub allocated: u64,
    /// Of the processor, however many others run on it.
    pub time: Duration,
}

impl Cost {
    /// Runs a target on an input.
    pub fn of(run: fn(&[u8]), input: &[u8]) -> Self {
        let begun = processor_time();
        let AllocationInfo {
            bytes_max,
            bytes_total,
            ..
        } = measure(|| run(input));
        Self {
            held: bytes_max,
            allocated: bytes_total,
            time: processor_time().saturating_sub(begun),
        }
    }

    fn fits(&self, input: &[u8]) -> bool {
        let octets = u32::try_from(input.len()).expect("a short input");
        self.fits_in_memory(input) && self.time <= TIME + TIME_PER_OCTET * octets
    }

    /// Whether it is no more memory than the input may cost.
    #[must_use]
    pub fn fits_in_memory(&self, input: &[u8]) -> bool {
        let length = u64::try_from(input.len()).expect("64 bits");
        self.held <= HELD + PER_OCTET * length && self.allocated <= ALLOCATED + PER_OCTET * length
    }
}

/// What this thread has had of the processor.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(time).expect("a time that passed")
}

/// Runs a target on an input.
///
/// # Panics
/// When it costs more than it may.
pub fn run(target: fn(&[u8]), input: &[u8]) {
    let mut cost = Cost::of(target, input);
    for _ in 0..RUNS {
        if cost.fits(input) {
            return;
        }
        cost = Cost::of(target, input);
    }
    panic!("{} octets cost {cost:?}", input.len());
}
