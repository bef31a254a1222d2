//! What the benchmarks and the allocation test feed to the acceptor: exchanges that MIT krb5 made
//! (`testdata/vectors/mit_gss_exchanges.json`), and more tokens of the same client.

mod exchange;
mod tokens;

pub use exchange::{Exchange, NUMBERS};
pub use tokens::{Envelope, TicketUse, Tokens};

/// The README, whose Rust code has to compile.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
