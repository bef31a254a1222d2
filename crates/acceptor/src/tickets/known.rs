//! [`OpenedTicket`] and [`KnownTicket`]: what opening a ticket gave, for once and for later.

use super::TicketFacts;
use crate::identity::KeySelected;
use crate::scratch::Scratch;
use core::ops::Range;
use portcullis_crypto::{CipherKey, Key, KeyUsage};
use portcullis_formats::messages::{EncryptedData, KerberosTime, Ticket};
use portcullis_formats::principal::Principal;
use portcullis_formats::registry::{EtypeNumber, Kvno};
use std::sync::Arc;

/// A ticket that a key of ours opened.
pub(crate) struct OpenedTicket {
    /// The decrypted octets; wiped when dropped.
    plaintext: Scratch,
    /// Where in them the EncTicketPart lies.
    part: Range<usize>,
    pub(crate) selected: KeySelected,
}

impl OpenedTicket {
    pub(crate) const fn new(plaintext: Scratch, part: Range<usize>, selected: KeySelected) -> Self {
        Self {
            plaintext,
            part,
            selected,
        }
    }

    /// The encoded EncTicketPart, and the padding of DES3.
    pub(crate) fn part(&self) -> &[u8] {
        self.plaintext.get(self.part.clone()).unwrap_or_default()
    }
}

/// A ticket that was opened and found good, with the keys that each use of it needs.
pub(crate) struct KnownTicket {
    service: Principal,
    etype: EtypeNumber,
    kvno: Option<Kvno>,
    ciphertext: Box<[u8]>,
    /// The index in the keytab of the key that opened it.
    pub(crate) key: usize,
    pub(crate) facts: Arc<TicketFacts>,
    pub(crate) session_key: Key,
    /// Opens authenticators.
    pub(crate) authenticator: CipherKey,
    /// Seals AP-REPs.
    pub(crate) ap_rep: CipherKey,
}

impl KnownTicket {
    /// `None` if its service has no name that can be kept; such a ticket opens all the same.
    pub(crate) fn new(
        ticket: &Ticket<'_>,
        key: usize,
        facts: Arc<TicketFacts>,
        session_key: Key,
    ) -> Option<Self> {
        let EncryptedData {
            etype,
            kvno,
            cipher,
        } = ticket.enc_part;
        Some(Self {
            service: Principal::from_wire(ticket.realm, ticket.sname).ok()?,
            etype,
            kvno,
            ciphertext: cipher.into(),
            key,
            facts,
            authenticator: session_key.cipher(KeyUsage::AP_REQ_AUTHENTICATOR),
            ap_rep: session_key.cipher(KeyUsage::AP_REP),
            session_key,
        })
    }

    /// Whether it is `ticket` in all that decides which key opens it and how.
    ///
    /// Not in constant time: whoever gets here knew the ticket's MAC, so has seen the ticket.
    pub(super) fn is(&self, ticket: &Ticket<'_>) -> bool {
        let sealed = &ticket.enc_part;
        self.etype == sealed.etype
            && self.kvno == sealed.kvno
            && self.service.is(ticket.realm, ticket.sname)
            && same(&self.ciphertext, sealed.cipher)
    }

    pub(super) fn has_ended(&self, now: KerberosTime) -> bool {
        self.facts.validity.endtime < now
    }

    /// What it occupies: ciphertext, authorization data, and the rest by and large.
    pub(super) fn octets(&self) -> usize {
        let texts = self
            .ciphertext
            .len()
            .saturating_add(self.facts.authorization_data.len());
        texts
            .saturating_add(size_of::<Self>())
            .saturating_add(size_of::<TicketFacts>())
    }
}

/// Whether they are equal, by many octets at once: `==` is the C library's `memcmp`, and musl's goes octet by octet,
/// which for a ticket of 12 KB takes longer than the rest of its accept.
fn same(ours: &[u8], theirs: &[u8]) -> bool {
    let difference = |sum: u8, (a, b): (&u8, &u8)| sum | (a ^ b);
    ours.len() == theirs.len() && ours.iter().zip(theirs).fold(0, difference) == 0
}
