//! [`Keys`]: a keytab's, to look into tickets with.
//!
//! Every key that is compiled in is tried, whatever `accept` would permit: to look is not to trust.

use crate::failure::Failure;
use core::fmt::{self, Display, Formatter};
use portcullis::Principal;
use portcullis::formats::keytab::{KeytabEntry, KeytabError, KeytabFile};
use portcullis::formats::messages::Ticket;
use portcullis::formats::registry::{EtypeNumber, Kvno};
use portcullis_crypto::{Enctype, Key, KeyUsage};
use std::path::Path;
use zeroize::Zeroizing;

/// The keys of a keytab.
pub(super) struct Keys {
    keys: Vec<ServiceKey>,
    /// Records that are damaged, or keys of no use.
    left_aside: usize,
}

/// One of them; prints as what it is for.
pub(super) struct ServiceKey {
    principal: Principal,
    kvno: Kvno,
    key: Key,
}

impl Keys {
    /// Reads a keytab, as far as it is intact.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let octets = Zeroizing::new(std::fs::read(path).map_err(Failure::reading(path))?);
        Self::parse(&octets).map_err(|error| Failure::NoKeytab {
            path: path.to_owned(),
            error,
        })
    }

    /// Reads the octets of a keytab likewise.
    pub(super) fn parse(octets: &[u8]) -> Result<Self, KeytabError> {
        let file = KeytabFile::open(octets)?;
        let records: Vec<_> = file.records().collect();
        let keys: Vec<_> = records
            .iter()
            .flatten()
            .filter_map(ServiceKey::of)
            .collect();
        Ok(Self {
            left_aside: records.len().saturating_sub(keys.len()),
            keys,
        })
    }

    /// How many records are damaged or of no use.
    pub(super) const fn left_aside(&self) -> usize {
        self.left_aside
    }

    /// The key that opens `ticket`, and its plaintext. Those that the ticket names come first.
    ///
    /// # Errors
    /// Why none does.
    pub(super) fn open(
        &self,
        ticket: &Ticket<'_>,
    ) -> Result<(&ServiceKey, Zeroizing<Vec<u8>>), String> {
        let etype = ticket.enc_part.etype;
        let of_type = self.keys.iter().filter(|key| key.etype() == etype);
        let mut candidates: Vec<_> = of_type.collect();
        candidates.sort_by_key(|key| !key.is_named_by(ticket));
        let opened = candidates.iter().find_map(|key| {
            let sealed = &mut Zeroizing::new(ticket.enc_part.cipher.to_vec());
            let opened = key.key.open(KeyUsage::TICKET, sealed).ok()?;
            Some((*key, Zeroizing::new(opened.to_vec())))
        });
        opened.ok_or_else(|| match candidates.len() {
            0 => format!("not opened: the keytab has no key of {etype}"),
            1 => format!("not opened: the keytab has one key of {etype}, and it does not fit"),
            count => {
                format!("not opened: the keytab has {count} keys of {etype}, and none fits")
            }
        })
    }
}

impl ServiceKey {
    fn of(entry: &KeytabEntry<'_>) -> Option<Self> {
        let enctype = Enctype::try_from(entry.etype.0).ok()?;
        Some(Self {
            principal: entry.principal.clone(),
            kvno: entry.kvno,
            key: Key::new(enctype, entry.key).ok()?,
        })
    }

    fn etype(&self) -> EtypeNumber {
        EtypeNumber(self.key.enctype().number())
    }

    /// Whether the ticket names this key's principal and version.
    pub(super) fn is_named_by(&self, ticket: &Ticket<'_>) -> bool {
        let same_version = ticket.enc_part.kvno.is_none_or(|kvno| kvno == self.kvno);
        same_version && self.principal.is(ticket.realm, ticket.sname)
    }
}

impl Display for ServiceKey {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} kvno {} {}", self.principal, self.kvno, self.etype())
    }
}
