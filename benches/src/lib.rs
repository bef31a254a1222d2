//! What the benchmarks and the allocation test feed to the acceptor: exchanges that MIT krb5 made
//! (`testdata/vectors/mit_gss_exchanges.json`) or the test realm with a PAC of any length, and more
//! tokens of the same client; the [`Floor`] below which no accept can come; and how a program
//! takes part in a comparison ([`contestant`]).

pub mod contestant;
mod exchange;
mod floor;
mod pac;
mod tokens;

pub use exchange::{CLIENT, Exchange, NUMBERS};
pub use floor::{Floor, Login};
pub use tokens::{Envelope, TicketUse, Tokens};

/// The README, whose Rust code has to compile.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
