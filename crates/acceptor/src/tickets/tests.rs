//! What is known, for how long, and that it is bounded.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "test code"
)]

use super::{KnownTicket, KnownTickets, TicketFacts, Validity};
use crate::identity::{KeySelected, KeyUsed};
use portcullis_crypto::{Enctype, Key};
use portcullis_formats::messages::{EncryptedData, KerberosTime, Ticket, TicketFlags};
use portcullis_formats::principal::Principal;
use portcullis_formats::registry::{EtypeNumber, Kvno};
use std::sync::Arc;

pub(super) const END: KerberosTime = KerberosTime::from_unix(1_000);
pub(super) const NOON: KerberosTime = KerberosTime::from_unix(500);

pub(super) struct Sealed {
    service: Principal,
    pub(super) cipher: Vec<u8>,
}

impl Sealed {
    /// Tickets of different numbers differ in all their octets, the MAC's included.
    pub(super) fn numbered(number: u8) -> Self {
        Self {
            service: Principal::parse("HTTP/web@EXAMPLE.TEST", None).unwrap(),
            cipher: vec![number; 700],
        }
    }

    pub(super) fn ticket(&self) -> Ticket<'_> {
        Ticket {
            realm: self.service.realm(),
            sname: self.service.name(),
            enc_part: EncryptedData {
                etype: EtypeNumber(18),
                kvno: Some(Kvno(1)),
                cipher: &self.cipher,
            },
        }
    }

    fn facts(&self) -> Arc<TicketFacts> {
        Arc::new(TicketFacts {
            client: Principal::parse("alice@EXAMPLE.TEST", None).unwrap(),
            key: KeyUsed {
                principal: self.service.clone(),
                kvno: Kvno(1),
                etype: EtypeNumber(18),
                selected: KeySelected::Exact,
            },
            validity: Validity {
                flags: TicketFlags(0),
                authtime: NOON,
                starttime: NOON,
                endtime: END,
            },
            session_etype: EtypeNumber(18),
            authorization_data: self.cipher.as_slice().into(),
            pac: None,
            indicators: Vec::new(),
        })
    }

    fn enter(&self, tickets: &KnownTickets, now: KerberosTime) {
        let known = self.known(&self.ticket());
        tickets.enter(tickets.place(&self.ticket()), known.into(), now);
    }

    /// What opening it gave, when its clear part was that of `ticket`.
    pub(super) fn known(&self, ticket: &Ticket<'_>) -> KnownTicket {
        let key = Key::from_random(Enctype::Aes256CtsHmacSha1_96, &[1; 32]);
        KnownTicket::new(ticket, 0, self.facts(), key).unwrap()
    }

    fn is_known(&self, tickets: &KnownTickets) -> bool {
        let place = tickets.place(&self.ticket());
        tickets.find(place, &self.ticket()).is_some()
    }
}

#[test]
fn a_ticket_was_seen_from_its_second_coming_on() {
    let tickets = KnownTickets::new(1 << 20);
    let sealed = Sealed::numbered(1);
    let place = tickets.place(&sealed.ticket());
    assert!(!tickets.saw(place));
    assert!(tickets.saw(place));
    assert!(tickets.saw(place));
}

#[test]
fn a_ticket_is_known_when_it_was_entered() {
    let tickets = KnownTickets::new(1 << 20);
    let sealed = Sealed::numbered(1);
    assert!(!sealed.is_known(&tickets));
    sealed.enter(&tickets, NOON);
    assert!(sealed.is_known(&tickets));
    assert!(!Sealed::numbered(2).is_known(&tickets));
}

#[test]
fn another_name_version_type_or_octet_is_another_ticket() {
    let tickets = KnownTickets::new(1 << 20);
    let mut sealed = Sealed::numbered(1);
    sealed.enter(&tickets, NOON);
    let place = tickets.place(&sealed.ticket());
    let changed = |change: &dyn Fn(&mut Ticket<'_>)| {
        let mut ticket = sealed.ticket();
        change(&mut ticket);
        tickets.find(place, &ticket).is_none()
    };
    assert!(!changed(&|_| {}));
    assert!(changed(&|ticket| ticket.enc_part.kvno = None));
    assert!(changed(&|ticket| ticket.enc_part.kvno = Some(Kvno(2))));
    assert!(changed(&|ticket| ticket.enc_part.etype = EtypeNumber(17)));
    sealed.service = Principal::parse("HTTP/web@EVIL.TEST", None).unwrap();
    assert!(!sealed.is_known(&tickets));
    sealed = Sealed::numbered(1);
    for octet in 0..sealed.cipher.len() {
        *sealed.cipher.get_mut(octet).unwrap() ^= 1;
        assert!(tickets.find(place, &sealed.ticket()).is_none());
        *sealed.cipher.get_mut(octet).unwrap() ^= 1;
    }
}

#[test]
fn what_is_known_is_bounded_and_the_oldest_leave() {
    let budget = 16 * 8 * 1024;
    let tickets = KnownTickets::new(budget);
    for number in 0..=255 {
        Sealed::numbered(number).enter(&tickets, NOON);
        assert!(Sealed::numbered(number).is_known(&tickets), "{number}");
    }
    let known = (0..=255).filter(|number| Sealed::numbered(*number).is_known(&tickets));
    let known = known.count();
    assert!(known * 2 * 700 < budget, "{known}");
    assert!(known > 16, "{known}");
    assert!(!Sealed::numbered(0).is_known(&tickets));
}

#[test]
fn a_ticket_that_is_entered_twice_counts_once() {
    let tickets = KnownTickets::new(16 * 8 * 1024);
    for _ in 0..100 {
        Sealed::numbered(1).enter(&tickets, NOON);
    }
    assert!(Sealed::numbered(1).is_known(&tickets));
}

#[test]
fn tickets_that_have_ended_leave_when_others_come() {
    let tickets = KnownTickets::new(1 << 23);
    (0..=255).for_each(|number| Sealed::numbered(number).enter(&tickets, NOON));
    assert!((0..=255).all(|number| Sealed::numbered(number).is_known(&tickets)));
    let later = KerberosTime::from_unix(END.as_unix() + 1);
    (0..=255).for_each(|number| {
        let mut fresh = Sealed::numbered(number);
        fresh.cipher.truncate(699);
        fresh.enter(&tickets, later);
    });
    assert!((0..=255).all(|number| !Sealed::numbered(number).is_known(&tickets)));
}

#[test]
fn without_room_nothing_is_known() {
    for octets in [0, 15, 16 * 1024] {
        let tickets = KnownTickets::new(octets);
        let sealed = Sealed::numbered(1);
        sealed.enter(&tickets, NOON);
        assert!(!sealed.is_known(&tickets), "{octets}");
    }
    let tickets = KnownTickets::new(0);
    let place = tickets.place(&Sealed::numbered(1).ticket());
    assert!(!tickets.saw(place));
    assert!(!tickets.saw(place));
}
