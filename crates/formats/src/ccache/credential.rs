//! One credential of a cache: a ticket and what its holder knows about it.

use crate::messages::{AuthorizationDataElement, HostAddress, TicketFlags};
use crate::principal::Principal;
use crate::registry::EtypeNumber;
use alloc::vec::Vec;
use core::fmt;

/// A ticket and what its holder knows about it. Times are in seconds since 1970, 0 is none.
/// `Debug` does not print the key.
#[derive(Clone)]
pub struct Credential<'a> {
    /// Whose it is.
    pub client: Principal,
    /// For which service.
    pub server: Principal,
    /// The session key's encryption type; 0 in a configuration entry.
    pub etype: EtypeNumber,
    /// The session key; empty in a configuration entry.
    pub key: &'a [u8],
    /// When the client proved itself to the KDC.
    pub authtime: u32,
    /// From when the ticket is valid.
    pub starttime: u32,
    /// Until when.
    pub endtime: u32,
    /// Until when it can be renewed.
    pub renew_till: u32,
    /// Whether the ticket is encrypted in the session key of `second_ticket` (user-to-user).
    pub is_skey: bool,
    /// The ticket's flags, as the KDC told them.
    pub ticket_flags: TicketFlags,
    /// The addresses from which the ticket can be used; none means any.
    pub addresses: Vec<HostAddress<'a>>,
    /// The authorization data that was asked for.
    pub authdata: Vec<AuthorizationDataElement<'a>>,
    /// The ticket in DER; in a configuration entry, its value.
    pub ticket: &'a [u8],
    /// The other side's ticket-granting ticket in DER (user-to-user); else empty.
    pub second_ticket: &'a [u8],
}

impl Credential<'_> {
    /// Whether this is no credential but an entry of MIT krb5's configuration of the cache, the
    /// value of which stands in `ticket` and is not DER.
    #[must_use]
    pub fn is_config(&self) -> bool {
        self.server.realm().0 == b"X-CACHECONF:"
            && self.server.components().next() == Some(b"krb5_ccache_conf_data")
    }
}

impl fmt::Debug for Credential<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("client", &self.client)
            .field("server", &self.server)
            .field("etype", &self.etype)
            .field("authtime", &self.authtime)
            .field("starttime", &self.starttime)
            .field("endtime", &self.endtime)
            .field("renew_till", &self.renew_till)
            .field("is_skey", &self.is_skey)
            .field("ticket_flags", &self.ticket_flags)
            .finish_non_exhaustive()
    }
}
