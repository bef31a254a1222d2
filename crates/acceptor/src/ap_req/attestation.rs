//! [`AuthorizedClient`]: no authorization data that we would have to understand is left unread; and
//! what of it the KDC attests.

use super::authorization_data::KdcsWord;
use super::claim::AttestedClient;
use super::gss_checksum::Bound;
use super::ticket::{Content, OpenTicket};
use crate::error::{Error, PacError};
use crate::identity::{KeySelected, KeyUsed};
use crate::indicators;
use crate::pac::{self, Pac, PacPolicy};
use crate::rules::Rules;
use crate::tickets::TicketFacts;
use portcullis_formats::messages::EncTicketPart;
use portcullis_formats::registry::EtypeNumber;
use std::sync::Arc;

/// No authorization data that we would have to understand is left unread.
pub(super) struct AuthorizedClient<'p> {
    bound: Bound<'p>,
    word: KdcsWord<'p>,
}

impl<'p> AuthorizedClient<'p> {
    /// For [`super::gss_checksum::BoundClient::authorized`] alone.
    pub(super) const fn new(bound: Bound<'p>, word: KdcsWord<'p>) -> Self {
        Self { bound, word }
    }

    /// [MS-PAC] §2.8: the PAC, if there is one, was signed for us and made for this ticket.
    pub(super) fn attested(self, rules: &Rules) -> Result<AttestedClient<'p>, Error> {
        let open = self.bound.evidence.open;
        let facts = match &open.content {
            Content::Known(known) => known.facts.clone(),
            Content::New(ticket, selected) => {
                Arc::new(facts(open, ticket, self.word, *selected, rules)?)
            }
        };
        Ok(AttestedClient::new(self.bound, facts))
    }
}

/// What stays of the ticket.
fn facts(
    open: &OpenTicket<'_>,
    ticket: &EncTicketPart<'_>,
    word: KdcsWord<'_>,
    selected: KeySelected,
    rules: &Rules,
) -> Result<TicketFacts, Error> {
    let service_key = open.service_key;
    if word.second_pac && rules.pac != PacPolicy::Ignore {
        return Err(PacError::SecondPac.into());
    }
    let attested = pac::attest(word.pac, ticket, &open.client, service_key, rules)?;
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
        indicators: match word.cammac {
            true => indicators::verified(ticket, service_key),
            false => Vec::new(),
        },
    })
}
