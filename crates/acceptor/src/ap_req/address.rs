//! [`LocatedClient`]: the ticket may be used from where the peer is.

use super::authenticator::Evidence;
use super::times::TimelyClient;
use crate::error::{Error, TicketError};
use crate::peer::Peer;
use crate::rules::Rules;
use core::net::IpAddr;
use portcullis_formats::messages::{HostAddress, KerberosTime};
use portcullis_formats::registry::AddressType;

/// The ticket may be used from the peer's address, or nobody gave one.
pub(super) struct LocatedClient<'p>(Evidence<'p>);

impl<'p> LocatedClient<'p> {
    /// For [`super::authenticator::MatchedClient::at_address`] alone.
    pub(super) fn at(evidence: Evidence<'p>, peer: &Peer) -> Result<Self, Error> {
        let addresses = evidence.open.addresses();
        if let (Some(peer), Some(addresses)) = (peer.address, addresses)
            && !addresses.iter().any(|address| is(&address, peer))
        {
            return Err(TicketError::Address.into());
        }
        Ok(Self(evidence))
    }

    /// RFC 4120 §3.2.3: the times of ticket and authenticator.
    pub(super) fn timely_at(
        self,
        now: KerberosTime,
        rules: &Rules,
    ) -> Result<TimelyClient<'p>, Error> {
        TimelyClient::at(self.0, now, rules)
    }
}

/// Type and octets are equal. A directional or NetBIOS address equals none. A socket of both kinds
/// shows IPv4 peers as mapped IPv6 ones; tickets do not.
fn is(address: &HostAddress<'_>, peer: IpAddr) -> bool {
    match peer.to_canonical() {
        IpAddr::V4(ip) => address.addr_type == AddressType::IPV4 && address.address == ip.octets(),
        IpAddr::V6(ip) => address.addr_type == AddressType::IPV6 && address.address == ip.octets(),
    }
}
