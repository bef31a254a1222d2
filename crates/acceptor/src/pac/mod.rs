//! [`Pac`]: who the client is in Active Directory, verified.
//!
//! A PAC lies in the ticket, and the service's key signs it. A client can put authorization data of
//! its own into a ticket, so that it is in there proves nothing; the signature does. What is here
//! has been verified, as far as the keys go that the service has: `attest.rs` tells how.

mod account;
mod attest;
mod handover;
mod sid_filter;
mod signatures;
#[cfg(test)]
mod tests;

pub use sid_filter::SidFilter;

pub(crate) use attest::{AttestedPac, attest};
pub use portcullis_formats::pac::{
    AttributesInfo, Claim, ClaimSource, ClaimValues, Claims, ClientInfo, DeviceInfo,
    DomainGroupMembership, FileTime, GroupAttributes, GroupMembership, LogonInfo, PacAttributes,
    PacBuffer, PacBufferType, PacText, S4uDelegationInfo, Sid, SidAndAttributes, SidError,
    UpnDnsAccount, UpnDnsFlags, UpnDnsInfo, UserAccountControl, UserFlags,
};
pub(crate) use sid_filter::may_be_sent;

use core::fmt;
use core::ops::Range;
use portcullis_formats::der::DecodeError;
use portcullis_formats::pac::{NdrArray, RawPac};
use sid_filter::Confines;
use std::sync::Arc;

/// What becomes of a ticket's PAC.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PacPolicy {
    /// It is not looked at.
    Ignore,
    /// If there is one, it must be good.
    #[default]
    Verify,
    /// There must be one, and it must be good.
    Require,
}

/// A verified PAC: the SIDs and names of the client, by word of its domain controller.
///
/// Authorise by SIDs: names are given anew, SIDs never. The SIDs are absent when the KDC knows none
/// ([`Pac::logon_info`] is `None`): MIT's KDC by itself signs names alone.
#[derive(Clone)]
pub struct Pac {
    /// The ticket's authorization data, and where in it the PAC lies.
    data: Arc<[u8]>,
    place: Range<usize>,
    kdc_verified: bool,
    /// Which SIDs count, when not all do.
    confines: Option<Confines>,
}

impl Pac {
    pub(crate) fn new(data: Arc<[u8]>, attested: AttestedPac) -> Self {
        Self {
            data,
            place: attested.place,
            kdc_verified: attested.kdc_verified,
            confines: attested.confines,
        }
    }

    /// The PAC as the KDC wrote it.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        self.data.get(self.place.clone()).unwrap_or_default()
    }

    /// Its buffers, known or not, in the order of its header.
    pub fn buffers(&self) -> impl Iterator<Item = PacBuffer<'_>> {
        RawPac::decode(self.octets())
            .ok()
            .into_iter()
            .flat_map(|pac| pac.buffers())
    }

    /// The contents of the buffer of a type, if there is one.
    #[must_use]
    pub fn buffer(&self, buffer_type: PacBufferType) -> Option<&[u8]> {
        let pac = RawPac::decode(self.octets()).ok()?;
        pac.buffer(buffer_type).map(|buffer| buffer.octets)
    }

    /// Whether the KDC's own signatures were verified too, with a key of the KDC
    /// ([`AcceptorBuilder::krbtgt_keys`](crate::AcceptorBuilder::krbtgt_keys)).
    ///
    /// Without them the PAC is the KDC's or was made by somebody who has this service's key.
    #[must_use]
    pub const fn is_kdc_verified(&self) -> bool {
        self.kdc_verified
    }

    /// LOGON_INFO: account, groups and times, as they were sent. Its groups are raw:
    /// [`Pac::groups`] composes and filters them.
    #[must_use]
    pub fn logon_info(&self) -> Option<LogonInfo<'_>> {
        self.decoded(PacBufferType::LOGON_INFO, LogonInfo::decode)
    }

    /// CLIENT_INFO: the ticket's client and authtime; a verified PAC says what the ticket says.
    #[must_use]
    pub fn client_info(&self) -> Option<ClientInfo<'_>> {
        self.decoded(PacBufferType::CLIENT_INFO, ClientInfo::decode)
    }

    /// UPN_DNS_INFO: what the account is called, and by which domain.
    #[must_use]
    pub fn upn_dns_info(&self) -> Option<UpnDnsInfo<'_>> {
        self.decoded(PacBufferType::UPN_DNS_INFO, UpnDnsInfo::decode)
    }

    /// ATTRIBUTES_INFO: why there is a PAC.
    #[must_use]
    pub fn attributes(&self) -> Option<PacAttributes> {
        self.decoded(PacBufferType::ATTRIBUTES_INFO, AttributesInfo::decode)
            .map(|info| info.flags)
    }

    /// REQUESTOR: the account that asked for the ticket-granting ticket.
    #[must_use]
    pub fn requestor(&self) -> Option<Sid> {
        self.decoded(PacBufferType::REQUESTOR, Sid::decode)
    }

    /// S4U_DELEGATION_INFO, if the client did not come itself: the services that came for it.
    #[must_use]
    pub fn delegation(&self) -> Option<S4uDelegationInfo<'_>> {
        self.decoded(
            PacBufferType::S4U_DELEGATION_INFO,
            S4uDelegationInfo::decode,
        )
    }

    /// The services that came for the client, the latest last; none if it came itself.
    #[must_use]
    pub fn delegation_path(&self) -> NdrArray<'_, PacText<'_>> {
        self.delegation()
            .map_or(NdrArray::EMPTY, |info| info.transited_services)
    }

    /// DEVICE_INFO: the machine at which the client logged on, and its groups, as they were sent:
    /// no [`SidFilter`] is applied.
    #[must_use]
    pub fn device_info(&self) -> Option<DeviceInfo<'_>> {
        self.decoded(PacBufferType::DEVICE_INFO, DeviceInfo::decode)
    }

    /// CLIENT_CLAIMS_INFO: what the directory claims of the client, inflated within bounds. They
    /// count where the domain says so: [`Sid::CLAIMS_VALID`] is one of the groups then. None of a
    /// realm that a [`SidFilter`] confines: its words would pass for those of our directory.
    ///
    /// # Errors
    /// [`DecodeError`] when the buffer is not what [MS-ADTS] §2.2.18 says; none of it counts then.
    pub fn client_claims(&self) -> Result<Claims<'_>, DecodeError> {
        self.claims(PacBufferType::CLIENT_CLAIMS_INFO)
    }

    /// DEVICE_CLAIMS_INFO: the same of the machine at which the client logged on.
    ///
    /// # Errors
    /// As [`Pac::client_claims`].
    pub fn device_claims(&self) -> Result<Claims<'_>, DecodeError> {
        self.claims(PacBufferType::DEVICE_CLAIMS_INFO)
    }

    fn claims(&self, buffer_type: PacBufferType) -> Result<Claims<'_>, DecodeError> {
        let believed = self.buffer(buffer_type).filter(|_| self.confines.is_none());
        Claims::decode(believed.unwrap_or_default())
    }

    /// CREDENTIALS_INFO: sealed for the client of a login by certificate; nobody else opens it.
    #[must_use]
    pub fn credentials(&self) -> Option<&[u8]> {
        self.buffer(PacBufferType::CREDENTIALS_INFO)
    }

    /// All of them were decoded when the PAC was verified, so none is malformed.
    fn decoded<'a, T>(
        &'a self,
        buffer_type: PacBufferType,
        decode: impl FnOnce(&'a [u8]) -> Result<T, DecodeError>,
    ) -> Option<T> {
        decode(self.buffer(buffer_type)?).ok()
    }
}

/// Which buffers there are, without their contents: a PAC is long and personal.
impl fmt::Debug for Pac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let types = self.buffers().map(|buffer| buffer.buffer_type.0);
        f.debug_struct("Pac")
            .field("buffers", &types.collect::<Vec<_>>())
            .field("kdc_verified", &self.kdc_verified)
            .finish_non_exhaustive()
    }
}
