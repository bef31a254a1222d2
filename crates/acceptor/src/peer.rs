//! [`Peer`]: what the caller knows about the peer, beside its token.

use core::net::IpAddr;

/// What the caller knows about the peer, beside its token.
#[derive(Clone, Debug, Default)]
pub(crate) struct Peer {
    /// The hashes of the channel's bindings (RFC 4121 §4.1.1.2); one of them must match.
    pub(crate) bindings: Vec<[u8; 16]>,
    /// Where it connects from, if tickets are to be held to their addresses.
    pub(crate) address: Option<IpAddr>,
}
