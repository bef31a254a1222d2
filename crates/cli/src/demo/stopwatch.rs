//! How long an accept takes.

use super::tokens::{Kind, Token, Tokens};
use crate::failure::Failure;
use core::hint::black_box;
use core::time::Duration;
use portcullis::Step;
use std::time::{Instant, SystemTime};

/// How many tokens are accepted, after a tenth as many that are not counted.
const COUNTED: usize = 1000;
const WARM_UP: usize = COUNTED / 10;

/// Accepts many tokens on one thread, each with a ticket of its own; says how long one took.
pub(super) fn measure(tokens: &Tokens) -> Result<String, Failure> {
    let acceptor = tokens.acceptor()?;
    let made = (0..COUNTED.saturating_add(WARM_UP)).map(|_| tokens.make(Kind::Good));
    let made = made.collect::<Result<Vec<Token>, _>>()?;
    let mut times = Vec::with_capacity(made.len());
    for token in &made {
        let now = SystemTime::now();
        let start = Instant::now();
        let step = black_box(acceptor.begin().step(black_box(token.octets()), now));
        times.push(start.elapsed());
        if !matches!(step, Ok(Step::Complete { .. })) {
            return Err(Failure::Demo("a good token was not accepted".to_owned()));
        }
    }
    let mut times = times.split_off(WARM_UP);
    times.sort_unstable();
    let share = |percent: usize| {
        let index = COUNTED.saturating_mul(percent) / 100;
        times.get(index).copied().unwrap_or_default()
    };
    Ok(format!(
        "One accept took {} (median; {} at most in 99 of 100), measured over {COUNTED} tokens, each \
         with\na ticket of its own{}: from the octets of the token to the proven client and our \
         answer.",
        microseconds(share(50)),
        microseconds(share(99)),
        if cfg!(debug_assertions) {
            ", in a build without optimisation"
        } else {
            ""
        },
    ))
}

fn microseconds(time: Duration) -> String {
    let nanoseconds = time.as_nanos();
    format!("{}.{} µs", nanoseconds / 1000, nanoseconds / 100 % 10)
}
