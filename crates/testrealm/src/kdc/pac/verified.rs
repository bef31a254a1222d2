//! [`VerifiedPac`]: the PAC of a ticket that somebody shows us, which is ours.

use super::super::krb_error::Refusal;
use super::super::open_ticket::OpenTicket;
use super::issued::name_with_realm;
use super::place::found;
use crate::pac::account_name;
use core::ops::Range;
use portcullis::Principal;
use portcullis_crypto::{Key, KeyUsage};
use portcullis_formats::messages::KerberosTime;
use portcullis_formats::pac::{ClientInfo, FileTime, PacBufferType, RawPac};
use portcullis_formats::registry::ErrorCode;

/// A PAC that a KDC has signed.
pub(in crate::kdc) struct VerifiedPac {
    pub(super) octets: Vec<u8>,
    text: &'static str,
}

impl VerifiedPac {
    /// The PAC of a ticket-granting ticket, if it has one: whoever has the ticket's key is a KDC,
    /// so that its signature is enough.
    pub(in crate::kdc) fn of_tgt(ticket: &OpenTicket) -> Result<Option<Self>, Refusal> {
        let Some((octets, _)) = found(&ticket.part()?) else {
            return Ok(None);
        };
        let text = "HEADER_PAC";
        let pac = Self { octets, text };
        pac.verify_server(&ticket.key)?;
        Ok(Some(pac))
    }

    /// The PAC of a ticket to a service, which could sign it anew: what counts is the signatures of
    /// this realm's KDC ([MS-PAC] §2.8, [MS-SFU] §3.2.5.2.2).
    pub(in crate::kdc) fn of_evidence(
        ticket: &OpenTicket,
        kdc: &Key,
    ) -> Result<Option<Self>, Refusal> {
        let Some((octets, signed)) = found(&ticket.part()?) else {
            return Ok(None);
        };
        let text = "2ND_TKT_PAC";
        let pac = Self { octets, text };
        pac.verify_server(&ticket.key)?;
        let raw = pac.raw()?;
        let of_server = raw.signature_octets(PacBufferType::SERVER_CHECKSUM);
        let of_server = of_server.and_then(|range| raw.octets().get(range));
        pac.verify(
            PacBufferType::KDC_CHECKSUM,
            kdc,
            of_server.unwrap_or_default(),
        )?;
        pac.verify(PacBufferType::TICKET_CHECKSUM, kdc, &signed)?;
        let whole = pac.zeroed(&[
            PacBufferType::SERVER_CHECKSUM,
            PacBufferType::KDC_CHECKSUM,
            PacBufferType::FULL_CHECKSUM,
        ])?;
        pac.verify(PacBufferType::FULL_CHECKSUM, kdc, &whole)?;
        Ok(Some(pac))
    }

    /// Whether it is about this client, who logged in then.
    pub(in crate::kdc) fn is_of(
        &self,
        client: &Principal,
        authtime: KerberosTime,
    ) -> Result<(), Refusal> {
        self.names(&account_name(client), authtime)
    }

    /// Whether it is about this user, for whom a service asked in the user's realm then.
    pub(in crate::kdc) fn is_of_foreign(
        &self,
        user: &Principal,
        authtime: KerberosTime,
    ) -> Result<(), Refusal> {
        self.names(&name_with_realm(user), authtime)
    }

    fn names(&self, name: &str, authtime: KerberosTime) -> Result<(), Refusal> {
        let raw = self.raw()?;
        let info = raw.buffer(PacBufferType::CLIENT_INFO);
        let info = info.and_then(|info| ClientInfo::decode(info.octets).ok());
        let login = FileTime::from_unix(authtime.as_unix());
        let same = info.is_some_and(|info| info.name.to_text() == name && info.client_id == login);
        same.then_some(())
            .ok_or_else(|| Refusal::new(ErrorCode::BADOPTION, self.text))
    }

    pub(super) fn raw(&self) -> Result<RawPac<'_>, Refusal> {
        RawPac::decode(&self.octets).map_err(|_| self.modified())
    }

    fn verify_server(&self, key: &Key) -> Result<(), Refusal> {
        let types = [PacBufferType::SERVER_CHECKSUM, PacBufferType::KDC_CHECKSUM];
        let octets = self.zeroed(&types)?;
        self.verify(PacBufferType::SERVER_CHECKSUM, key, &octets)
    }

    fn verify(&self, buffer_type: PacBufferType, key: &Key, octets: &[u8]) -> Result<(), Refusal> {
        let raw = self.raw()?;
        let signature = raw.signature(buffer_type).ok().flatten();
        let signature = signature.ok_or_else(|| self.modified())?;
        if signature.checksum_type.0 != key.enctype().checksum_type() {
            return Err(self.modified());
        }
        let mac = key.mac(KeyUsage::PAC_CHECKSUM);
        mac.verify(&[octets], signature.signature)
            .map_err(|_| self.modified())
    }

    /// All of it with zeros in the place of these signatures.
    fn zeroed(&self, types: &[PacBufferType]) -> Result<Vec<u8>, Refusal> {
        let raw = self.raw()?;
        let mut octets = self.octets.clone();
        let places = types.iter().filter_map(|it| raw.signature_octets(*it));
        for place in places.collect::<Vec<Range<usize>>>() {
            octets.get_mut(place).unwrap_or_default().fill(0);
        }
        Ok(octets)
    }

    const fn modified(&self) -> Refusal {
        Refusal::new(ErrorCode::MODIFIED, self.text)
    }
}
