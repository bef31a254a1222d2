//! Which mutant is turned on.

extern crate std;

use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::OnceLock;

const MOST: usize = 1 << 16;

static CHOSEN: OnceLock<usize> = OnceLock::new();
static SEEN: [AtomicBool; MOST] = [const { AtomicBool::new(false) }; MOST];

/// Whether the mutant of this number is turned on. With the number 0 every mutant that is asked for
/// is written down.
pub(crate) fn on(number: usize) -> bool {
    let chosen = *CHOSEN.get_or_init(chosen);
    if chosen == 0 && !SEEN[number].load(Ordering::Relaxed) && !SEEN[number].swap(true, Ordering::Relaxed) {
        note(number);
    }
    chosen == number
}

fn chosen() -> usize {
    match std::env::var("MUTANT") {
        Ok(number) => number.parse().unwrap_or(usize::MAX),
        Err(_) => usize::MAX,
    }
}

fn note(number: usize) {
    let Some(path) = std::env::var_os("MUTANTS_SEEN") else {
        return;
    };
    let mut options = std::fs::OpenOptions::new();
    if let Ok(mut file) = options.append(true).create(true).open(path) {
        let _ = file.write_all(std::format!("{number}\n").as_bytes());
    }
}
