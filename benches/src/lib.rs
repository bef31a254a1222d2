//! What the benchmarks and the allocation test feed to the acceptor: exchanges that MIT krb5 made
//! (`testdata/vectors/mit_gss_exchanges.json`) or the test realm with a PAC of any length, and more
//! tokens of the same client; the [`Floor`] below which no accept can come; and how a program
//! takes part in a comparison ([`contestant`]).

pub mod contestant;
mod exchange;
mod floor;
mod hostile;
mod pac;
mod tokens;

pub use exchange::{CLIENT, Exchange, NUMBERS};
pub use floor::{Floor, FloorSealing, Login};
pub use hostile::{many_components, many_mechanisms};
pub use tokens::{Envelope, TicketUse, Tokens};

/// Octets of a ticket: what a KDC puts into it with a PAC of no group, and what groups make of it.
pub const TICKETS: [usize; 4] = [750, 1536, 4096, 12288];

/// A login with a ticket of so many octets, but for a few.
///
/// # Panics
/// When `number` is that of no enctype that is compiled in.
#[must_use]
pub fn with_ticket(number: i32, octets: usize) -> Exchange {
    let enctype = portcullis::Enctype::try_from(number).expect("an enctype that is compiled in");
    let now = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_800_000_000);
    Exchange::with_ticket_of(enctype, octets, now)
}

/// The README, whose Rust code has to compile.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
