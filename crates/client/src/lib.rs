//! The initiator's side of Kerberos: tickets from a KDC (RFC 4120 §3.1, §3.3), as messages in and
//! out.
//!
//! | file | what it does |
//! | --- | --- |
//! | `client` | who asks, and holds tickets |
//! | `secret` | what a client proves itself with: a password, or the keys of a keytab |
//! | `as_exchange` | AS-REQ → ticket-granting ticket (RFC 4120 §3.1) |
//! | `tgs_exchange` | TGS-REQ → ticket (§3.3), across realms |
//! | `request` | what both send, and `reply` what comes back |
//! | `ticket` | a ticket and what its holder knows, as in a ccache |
//! | `error` | why there is none |
//!
//! The client has no socket and no clock: a KDC is a function from a request to its answer.

mod as_exchange;
mod client;
mod error;
mod reply;
mod request;
mod secret;
mod tgs_exchange;
mod ticket;
mod time;

pub use client::Client;
pub use error::ClientError;
pub use tgs_exchange::Extra;
pub use ticket::ClientTicket;

use client::refused;
use std::io;

/// A KDC: sends a request to the KDC of a realm, and returns its answer.
pub type AskKdc<'k> = dyn FnMut(&str, &[u8]) -> io::Result<Vec<u8>> + 'k;
