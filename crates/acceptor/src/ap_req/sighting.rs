//! [`Sighting`]: a ticket that is known from before, or was opened now.

use super::claim::Unrecorded;
use super::service_key;
use crate::error::{Encrypted, Error, Unsupported};
use crate::identity::KeySelected;
use crate::keytab::ServiceKey;
use crate::peer::Peer;
use crate::scratch::Scratch;
use crate::settings::Settings;
use crate::tickets::{KnownTicket, OpenedTicket, Place};
use crate::user_to_user::OurTgt;
use portcullis_formats::messages::{ApOptions, ApReq, Ticket};
use std::sync::Arc;

/// A ticket that a key of ours opened, now or when it came before.
pub(super) struct Sighting<'s> {
    pub(super) service_key: &'s ServiceKey,
    /// Where it is remembered, if it may be.
    place: Option<Place>,
    opened: Opened,
}

/// When a key of ours opened it.
pub(super) enum Opened {
    Before(Arc<KnownTicket>),
    Now(OpenedTicket),
}

impl<'s> Sighting<'s> {
    /// RFC 4120 §3.2.3: the ticket is decrypted with the version of our key that it names, or with
    /// our session key if the client says so. That the client's word stands in clear does no harm:
    /// with the wrong one the ticket does not open.
    pub(super) fn of(
        request: &ApReq<'_>,
        settings: &'s Settings,
        peer: &'s Peer,
    ) -> Result<Self, Error> {
        let user_to_user = request.ap_options.contains(ApOptions::USE_SESSION_KEY);
        match (user_to_user, &peer.tgt) {
            (true, Some(tgt)) => Self::user_to_user(&request.ticket, settings, tgt),
            (true, None) => Err(Unsupported::UserToUser.into()),
            (false, _) if settings.rules.user_to_user_only => {
                Err(Unsupported::UserToUserRequired.into())
            }
            (false, _) => Self::of_service(&request.ticket, settings),
        }
    }

    /// RFC 4120 §3.7: the ticket is sealed with the session key of our ticket-granting ticket. It
    /// is not remembered: what is known of tickets belongs to the keytab's keys.
    fn user_to_user(
        ticket: &Ticket<'_>,
        settings: &Settings,
        tgt: &'s OurTgt,
    ) -> Result<Self, Error> {
        let permitted = &settings.rules.enctypes;
        let enctype = permitted.permit(Encrypted::Ticket, ticket.enc_part.etype)?;
        let service_key = tgt.key();
        let mut plaintext = Scratch::new();
        let part = match enctype == service_key.enctype {
            true => open_with(service_key, ticket, &mut plaintext),
            false => None,
        };
        let part = part.ok_or_else(|| service_key::wrong_session_key(ticket))?;
        let how = KeySelected::SessionKey;
        let opened = OpenedTicket::new(plaintext, part, how);
        Ok(Self {
            service_key,
            place: None,
            opened: Opened::Now(opened),
        })
    }

    fn of_service(ticket: &Ticket<'_>, settings: &'s Settings) -> Result<Self, Error> {
        let place = settings.tickets.place(ticket);
        let (service_key, opened) = match known(place, ticket, settings) {
            Some((key, known)) => (key, Opened::Before(known)),
            None => {
                let (key, opened) = open(ticket, settings)?;
                (key, Opened::Now(opened))
            }
        };
        Ok(Self {
            service_key,
            place: Some(place),
            opened,
        })
    }

    pub(super) const fn opened(&self) -> &Opened {
        &self.opened
    }

    /// Lets the answer use what is known of the ticket; or else lets it be entered if it came
    /// before, once the authenticator is known to be new: all else that `claim` stands for was shown.
    pub(super) fn remember(self, ticket: &Ticket<'_>, claim: &mut Unrecorded, settings: &Settings) {
        match (self.opened, self.place) {
            (Opened::Before(known), _) => claim.set_known_ticket(known),
            (Opened::Now(_), Some(place)) if settings.tickets.saw(place) => {
                claim.set_entry(place, entry(ticket, self.service_key, claim));
            }
            (Opened::Now(_), _) => {}
        }
    }
}

/// What is known of a ticket from its second coming on, if that may be.
#[cold]
fn entry(ticket: &Ticket<'_>, key: &ServiceKey, claim: &Unrecorded) -> Option<Arc<KnownTicket>> {
    let (facts, session_key) = claim.of_ticket()?;
    KnownTicket::new(ticket, key.index, facts, session_key).map(Arc::new)
}

fn known<'s>(
    place: Place,
    ticket: &Ticket<'_>,
    settings: &'s Settings,
) -> Option<(&'s ServiceKey, Arc<KnownTicket>)> {
    let known = settings.tickets.find(place, ticket)?;
    let key = settings.keytab.service_keys().get(known.key)?;
    Some((key, known))
}

fn open<'s>(
    ticket: &Ticket<'_>,
    settings: &'s Settings,
) -> Result<(&'s ServiceKey, OpenedTicket), Error> {
    let permitted = &settings.rules.enctypes;
    let enctype = permitted.permit(Encrypted::Ticket, ticket.enc_part.etype)?;
    let mut plaintext = Scratch::new();
    let mut part = None;
    let found = service_key::first(ticket, enctype, settings, &mut |key| {
        part = open_with(key, ticket, &mut plaintext);
        part.is_some()
    });
    match (found, part) {
        (Some((key, how)), Some(part)) => Ok((key, OpenedTicket::new(plaintext, part, how))),
        _ => Err(service_key::diagnosis(ticket, settings)),
    }
}

/// Where in `plaintext` the opened ticket lies, if `key` opens it.
fn open_with(
    key: &ServiceKey,
    ticket: &Ticket<'_>,
    plaintext: &mut Scratch,
) -> Option<core::ops::Range<usize>> {
    plaintext.hold(ticket.enc_part.cipher);
    let start = plaintext.as_ptr().addr();
    let opened = key.ticket.open(plaintext).ok()?;
    let from = opened.as_ptr().addr().checked_sub(start)?;
    Some(from..from.checked_add(opened.len())?)
}
