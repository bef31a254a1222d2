//! [`AuthorizedClient`]: no authorization data that we would have to understand is left unread; and
//! what of it the KDC attests.

use super::claim::AttestedClient;
use super::gss_checksum::Bound;
use crate::error::Error;
use crate::indicators;
use crate::pac::{self, AttestedPac};
use crate::rules::Rules;

/// No authorization data that we would have to understand is left unread.
pub(super) struct AuthorizedClient<'p>(Bound<'p>);

/// What of the ticket's authorization data is the KDC's own word.
pub(super) struct Attestation {
    pub(super) pac: Option<AttestedPac>,
    pub(super) indicators: Vec<String>,
}

impl<'p> AuthorizedClient<'p> {
    /// For [`super::gss_checksum::BoundClient::authorized`] alone.
    pub(super) fn new(bound: Bound<'p>) -> Self {
        Self(bound)
    }

    /// [MS-PAC] §2.8: the PAC, if there is one, was signed for us and made for this ticket.
    pub(super) fn attested(self, rules: &Rules) -> Result<AttestedClient<'p>, Error> {
        let evidence = &self.0.evidence;
        let (open, client) = (&evidence.open, &evidence.client);
        let pac = pac::attest(
            &open.ticket,
            client,
            open.service_key,
            open.is_known(),
            rules,
        )?;
        let indicators = indicators::verified(&open.ticket, open.service_key);
        let attestation = Attestation { pac, indicators };
        Ok(AttestedClient::new(self.0, attestation))
    }
}
