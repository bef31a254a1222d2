//! [`OpenTicket`]: a ticket that a client or a service shows us, opened.

use super::Account;
use super::exchange::Time;
use super::krb_error::Refusal;
use crate::realm::Realm;
use portcullis::{Enctype, Principal};
use portcullis_crypto::{Key, KeyUsage};
use portcullis_formats::der::Decode;
use portcullis_formats::messages::{EncTicketPart, EncryptionKey, Ticket, TicketFlags};
use portcullis_formats::registry::ErrorCode;

/// A ticket for this realm's KDC, or for a service of the realm, opened.
pub(super) struct OpenTicket {
    plaintext: Vec<u8>,
    /// What it was sealed with.
    pub(super) key: Key,
    pub(super) session_key: Key,
    /// The name in it: our KDC's in this realm or in the one that referred the client, or a
    /// service's.
    pub(super) service: Principal,
}

impl OpenTicket {
    /// Opens a ticket that this realm's KDC issued, or one that trusts it, for this realm's KDC.
    pub(super) fn open(ticket: &Ticket<'_>, realm: &Realm) -> Result<Self, Refusal> {
        let not_us = || Refusal::new(ErrorCode::NOT_US, "PROCESS_TGS");
        if !realm.krbtgt().name().same_name(&ticket.sname) {
            return Err(not_us());
        }
        let service = Principal::from_wire(ticket.realm, ticket.sname).map_err(|_| not_us())?;
        let account = realm.database.find(&service).ok_or_else(not_us)?;
        Self::open_with(ticket, service, &account)
    }

    /// Opens a ticket that this realm's KDC issued for a service.
    pub(super) fn open_evidence(ticket: &Ticket<'_>, realm: &Realm) -> Result<Self, Refusal> {
        let unknown = || Refusal::new(ErrorCode::S_PRINCIPAL_UNKNOWN, "2ND_TKT_SERVER");
        let service = Principal::from_wire(ticket.realm, ticket.sname).map_err(|_| unknown())?;
        let account = realm.database.find(&service);
        let account = account.filter(|account| account.password().is_none());
        Self::open_with(ticket, service, &*account.ok_or_else(unknown)?)
    }

    fn open_with(
        ticket: &Ticket<'_>,
        service: Principal,
        account: &Account,
    ) -> Result<Self, Refusal> {
        let sealed = ticket.enc_part;
        let no_key = Refusal::new(ErrorCode::BADKEYVER, "PROCESS_TGS");
        let key = account.key(sealed.etype, sealed.kvno).ok_or(no_key)?;
        let plaintext = open(&key, KeyUsage::TICKET, sealed.cipher)?;
        let session_key = session_key(&EncTicketPart::from_padded_der(&plaintext)?.key)?;
        Ok(Self {
            plaintext,
            key,
            session_key,
            service,
        })
    }

    /// Whom it is about.
    pub(super) fn client(&self) -> Result<Principal, Refusal> {
        let part = self.part()?;
        let client = Principal::from_wire(part.crealm, part.cname);
        client.map_err(|_| Refusal::new(ErrorCode::BADMATCH, "PROCESS_TGS"))
    }

    /// What the ticket says.
    pub(super) fn part(&self) -> Result<EncTicketPart<'_>, Refusal> {
        Ok(EncTicketPart::from_padded_der(&self.plaintext)?)
    }

    /// Whether it counts at this time.
    pub(super) fn timely_at(&self, now: Time) -> Result<(), Refusal> {
        let part = self.part()?;
        let start = part.starttime.unwrap_or(part.authtime);
        if now.is_well_before(start) || part.flags.contains(TicketFlags::INVALID) {
            return Err(Refusal::new(ErrorCode::TKT_NYV, "PROCESS_TGS"));
        }
        if now.is_well_after(part.endtime) {
            return Err(Refusal::new(ErrorCode::TKT_EXPIRED, "PROCESS_TGS"));
        }
        Ok(())
    }
}

/// The plaintext.
pub(super) fn open(key: &Key, usage: KeyUsage, cipher: &[u8]) -> Result<Vec<u8>, Refusal> {
    let mut cipher = cipher.to_vec();
    match key.open(usage, &mut cipher) {
        Ok(plaintext) => Ok(plaintext.to_vec()),
        Err(_) => Err(Refusal::new(ErrorCode::BAD_INTEGRITY, "PROCESS_TGS")),
    }
}

/// A key that came in a message.
pub(super) fn session_key(key: &EncryptionKey<'_>) -> Result<Key, Refusal> {
    let unusable = || Refusal::new(ErrorCode::ETYPE_NOSUPP, "PROCESS_TGS");
    let enctype = Enctype::try_from(key.keytype.0).map_err(|_| unusable())?;
    Key::new(enctype, key.keyvalue).map_err(|_| unusable())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "test code")]
    use super::*;
    use crate::TestRealm;
    use crate::draft::{NameDraft, TicketDraft};
    use crate::realm::kerberos_time;

    /// What comes of a ticket-granting ticket that our own KDC would not write.
    fn opened(spoil: impl FnOnce(&mut TicketDraft)) -> Result<(), Refusal> {
        let realm = TestRealm::new("EXAMPLE.TEST").kdc().realm;
        let krbtgt = realm.krbtgt();
        let key = realm
            .database
            .find(&krbtgt)
            .unwrap()
            .ticket_key()
            .unwrap()
            .key;
        let alice = NameDraft::of(&realm.principal("alice"));
        let now = kerberos_time(realm.now());
        let mut draft = TicketDraft::new(alice, NameDraft::of(&krbtgt), &key, key.clone(), now);
        spoil(&mut draft);
        let octets = draft.seal([0; 16]);
        let ticket = OpenTicket::open(&Ticket::from_der(&octets).unwrap(), &realm)?;
        ticket.timely_at(Time::of(realm.now()))
    }

    #[test]
    fn an_invalid_ticket_is_not_yet_valid() {
        assert!(opened(|_| ()).is_ok());
        let refusal = opened(|draft| draft.flags = TicketFlags::INVALID).unwrap_err();
        assert_eq!(refusal.code, ErrorCode::TKT_NYV);
    }

    #[test]
    fn a_session_key_that_is_none_is_refused() {
        let refusal = opened(|draft| draft.session_key.octets.truncate(31)).unwrap_err();
        assert_eq!(refusal.code, ErrorCode::ETYPE_NOSUPP);
    }
}
