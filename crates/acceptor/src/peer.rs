//! [`Peer`]: what the caller knows about the peer, beside its token.

use crate::user_to_user::OurTgt;
use core::net::IpAddr;

/// What the caller knows about the peer, beside its token.
#[derive(Clone, Debug, Default)]
pub(crate) struct Peer {
    /// The hashes of the channel's bindings (RFC 4121 §4.1.1.2); one of them must match.
    pub(crate) bindings: Vec<[u8; 16]>,
    /// Where it connects from, if tickets are to be held to their addresses.
    pub(crate) address: Option<IpAddr>,
    /// Our ticket-granting ticket, if the peer may come with a ticket sealed with its session key.
    pub(crate) tgt: Option<OurTgt>,
    /// The peer has asked for that ticket, and got it.
    pub(crate) got_tgt: bool,
}
