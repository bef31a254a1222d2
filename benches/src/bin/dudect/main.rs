//! Whether the time to refuse a wrong MAC depends on which of its octets is wrong, after "Dude, is
//! my code constant time?" (Reparaz, Balasch and Verbauwhede, 2017).
//!
//! ```text
//! cargo run --release --package portcullis-benches --bin dudect [-- MEASUREMENTS [WORDS]]
//! ```
//!
//! Two classes of messages, in random order: in one the first octet of the MAC is wrong, in the other
//! the last. Welch's t of the times of the classes grows with the root of the measurements if they
//! differ, and stays small if they do not.
//!
//! Each subject has a control: the same octets take the same way, and are then compared by what
//! stops at the first octet that differs. Only where the control is seen to depend on the octet
//! does it say something that ours is not, so the program fails when one of ours does depend, or
//! one of the controls does not. With `WORDS` only what has all of them in its name is measured.

mod messages;
mod rc4;
mod statistics;
mod subjects;

use std::process::ExitCode;
use subjects::{Refuse, Subject};

/// What the paper takes for certain.
const CERTAIN: f64 = 10.0;
/// Measured unless told otherwise.
const MEASUREMENTS: usize = 1_000_000;

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let measurements = words.next().and_then(|word| word.parse().ok());
    let measurements = measurements.unwrap_or(MEASUREMENTS);
    let words: Vec<String> = words.collect();
    let mut good = true;
    for subject in subjects::all() {
        if words.iter().all(|word| subject.name.contains(word)) {
            good &= is_as_expected(&subject, measurements);
        }
    }
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Measures ours and the control, and tells both.
fn is_as_expected(subject: &Subject, measurements: usize) -> bool {
    let t = |refuse: &Refuse| statistics::welch_t(&subject.messages, refuse, measurements);
    let ours = t(&*subject.ours);
    let control = t(&*subject.control);
    let (constant, seen) = (ours.abs() <= CERTAIN, control.abs() > CERTAIN);
    let verdict = match (constant, seen) {
        (true, true) => "does not depend on the octet",
        (true, false) => "does not, but the CONTROL IS NOT SEEN TO, either",
        (false, _) => "DEPENDS ON THE OCTET",
    };
    println!(
        "{:<42} t = {ours:>7.2}, control {control:>8.2}: {verdict}",
        subject.name
    );
    constant && seen
}
