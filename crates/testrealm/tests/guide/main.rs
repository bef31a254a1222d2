//! The guide's code, as the guide has it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "test code"
)]

mod server {
    include!("axum.rs");

    pub(super) fn run() {
        alice_is_greeted_and_nobody_else();
    }
}

mod every_fault {
    include!("every_fault.rs");
}

mod library {
    include!("library.rs");

    pub(super) fn run() {
        staff_are_let_in();
    }
}

use core::time::Duration;
use std::time::Instant;

const GUIDE: &str = include_str!("../../docs/guide.md");

/// What a newcomer copies has run.
#[test]
fn the_guide_shows_what_runs_here() {
    for code in [
        include_str!("axum.rs"),
        include_str!("every_fault.rs"),
        include_str!("library.rs"),
    ] {
        assert!(GUIDE.contains(code), "{code}");
    }
}

/// The time that one of fifty takes, the fastest of three rounds.
fn each(it: fn()) -> Duration {
    let round = || {
        let start = Instant::now();
        (0..50).for_each(|_| it());
        start.elapsed() / 50
    };
    let rounds = [round(), round(), round()];
    rounds.into_iter().min().unwrap()
}

/// "Less than a millisecond": with optimisation.
#[test]
fn the_guides_tests_take_less_than_a_millisecond() {
    let limit = Duration::from_millis(if cfg!(debug_assertions) { 100 } else { 1 });
    let tests: [(&str, fn()); 2] = [("axum", server::run), ("library", library::run)];
    for (name, test) in tests {
        let took = each(test);
        println!("{name}: {took:?}");
        assert!(took < limit, "{name}: {took:?}");
    }
}
