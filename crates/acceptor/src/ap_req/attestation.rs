//! [`AuthorizedClient`]: no authorization data that we would have to understand is left unread; and
//! what of it the KDC attests.

use super::claim::AttestedClient;
use super::gss_checksum::Bound;
use super::ticket::{Content, OpenTicket};
use crate::error::Error;
use crate::identity::{KeySelected, KeyUsed};
use crate::indicators;
use crate::pac::{self, Pac};
use crate::rules::Rules;
use crate::tickets::TicketFacts;
use portcullis_formats::messages::EncTicketPart;
use portcullis_formats::registry::EtypeNumber;
use std::sync::Arc;

/// No authorization data that we would have to understand is left unread.
pub(super) struct AuthorizedClient<'p>(Bound<'p>);

impl<'p> AuthorizedClient<'p> {
    /// For [`super::gss_checksum::BoundClient::authorized`] alone.
    pub(super) const fn new(bound: Bound<'p>) -> Self {
        Self(bound)
    }

    /// [MS-PAC] §2.8: the PAC, if there is one, was signed for us and made for this ticket.
    pub(super) fn attested(self, rules: &Rules) -> Result<AttestedClient<'p>, Error> {
        let open = self.0.evidence.open;
        let facts = match &open.content {
            Content::Known(known) => known.facts.clone(),
            Content::New(ticket, selected) => Arc::new(facts(open, ticket, *selected, rules)?),
        };
        Ok(AttestedClient::new(self.0, facts))
    }
}

/// What stays of the ticket.
fn facts(
    open: &OpenTicket<'_>,
    ticket: &EncTicketPart<'_>,
    selected: KeySelected,
    rules: &Rules,
) -> Result<TicketFacts, Error> {
    let service_key = open.service_key;
    let attested = pac::attest(ticket, &open.client, service_key, rules)?;
    let authorization_data: Arc<[u8]> = ticket
        .authorization_data
        .map_or_else(Arc::default, |data| data.encoded_elements().into());
    Ok(TicketFacts {
        client: open.client.clone(),
        key: KeyUsed {
            principal: service_key.principal.clone(),
            kvno: service_key.kvno,
            etype: EtypeNumber(service_key.enctype.number()),
            selected,
        },
        validity: open.validity,
        session_etype: ticket.key.keytype,
        pac: attested.map(|attested| Pac::new(authorization_data.clone(), attested)),
        authorization_data,
        indicators: indicators::verified(ticket, service_key),
    })
}
