//! S4U_DELEGATION_INFO ([MS-PAC] §2.9): through which services the client came.

use super::ndr::{Element, EncodeElement, NdrArray, NdrReader, NdrWriter};
use super::{PacEncodeError, PacText};
use crate::der::Result;
use alloc::vec::Vec;

/// S4U_DELEGATION_INFO: the ticket was made for a service that acts for the client (S4U2proxy).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct S4uDelegationInfo<'a> {
    /// The service that the ticket is for.
    pub s4u2proxy_target: PacText<'a>,
    /// The services that acted for the client, the latest last.
    pub transited_services: NdrArray<'a, PacText<'a>>,
}

impl<'a> S4uDelegationInfo<'a> {
    /// Reads the buffer.
    ///
    /// # Errors
    /// [`DecodeError`](crate::der::DecodeError) when it is not that structure and nothing else.
    pub fn decode(octets: &'a [u8]) -> Result<Self> {
        let mut input = NdrReader::open(octets, "S4U_DELEGATION_INFO")?;
        let target = input.text_header("S4U2proxyTarget")?;
        let count = input.uint32("TransitedListSize")?;
        let services = input.pointer("S4UTransitedServices")?;
        let info = Self {
            s4u2proxy_target: input.text(target, "S4U2proxyTarget")?,
            transited_services: input.array(count, services, "S4UTransitedServices")?,
        };
        input.finish()?;
        Ok(info)
    }

    /// Writes the buffer.
    ///
    /// # Errors
    /// [`PacEncodeError`] when a name takes 64 KiB.
    pub fn encode(&self) -> core::result::Result<Vec<u8>, PacEncodeError> {
        NdrWriter::encode(|output| {
            output.text(self.s4u2proxy_target, "S4U2proxyTarget");
            output.array(&self.transited_services, "S4UTransitedServices");
        })
    }
}

impl<'a> Element<'a> for PacText<'a> {
    const FIXED_OCTETS: usize = 8;

    fn decode(fixed: &mut NdrReader<'a>, deferred: &mut NdrReader<'a>) -> Result<Self> {
        let header = fixed.text_header("RPC_UNICODE_STRING")?;
        deferred.text(header, "RPC_UNICODE_STRING")
    }
}

impl EncodeElement for PacText<'_> {
    fn encode(&self, output: &mut NdrWriter) {
        output.text(*self, "RPC_UNICODE_STRING");
    }
}
