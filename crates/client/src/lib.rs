//! The initiator's side of Kerberos: tickets from a KDC (RFC 4120 §3.1, §3.3), as messages in and
//! out; and passwords, verified by them.
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
//! | `token` | the token that shows a ticket to its service |
//! | `password` | names and passwords, verified by a ticket for the service itself |
//!
//! The client has no socket and no clock: a KDC is a function from a request to its answer. The
//! feature `sockets` adds one that asks over TCP and UDP, `KdcAddresses`.

mod as_exchange;
mod client;
mod error;
mod password;
mod reply;
mod request;
mod secret;
#[cfg(feature = "sockets")]
mod sockets;
mod tgs_exchange;
mod ticket;
mod time;
mod token;

pub use client::Client;
pub use error::ClientError;
pub use password::{AttemptLimits, PasswordError, PasswordVerifier};
#[cfg(feature = "sockets")]
pub use sockets::KdcAddresses;
pub use tgs_exchange::Extra;
pub use ticket::ClientTicket;

use client::refused;
use std::io;

/// A KDC: sends a request to the KDC of a realm, and returns its answer.
pub type AskKdc<'k> = dyn FnMut(&str, &[u8]) -> io::Result<Vec<u8>> + 'k;
