//! [`NoKey`]: what the ticket wants and what the keytab has.

use crate::keytab::KeytabKey;
use portcullis_formats::principal::Principal;
use portcullis_formats::registry::{EtypeNumber, Kvno};

/// The key that a ticket says it was sealed with. All of it stands in clear: anybody can write it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WantedKey {
    /// Whose key.
    pub service: Principal,
    /// Its encryption type.
    pub etype: EtypeNumber,
    /// Its version, when the ticket names one.
    pub kvno: Option<Kvno>,
}

/// No key of the keytab fits the ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NoKey {
    /// What the ticket wants.
    pub wanted: WantedKey,
    /// What the keytab lacks.
    pub reason: NoKeyReason,
    /// The nearest that the keytab has, at most eight.
    pub nearest: Vec<KeytabKey>,
    /// How many keys were not tried, because a ticket of this size may not cost as many.
    pub untried: usize,
}

/// What the keytab lacks.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoKeyReason {
    /// The acceptor is bound to a service that the keytab has no key of.
    NothingForExpectedService {
        /// What the acceptor is bound to.
        expected: String,
    },
    /// The ticket is for a service of the keytab that the acceptor is not bound to.
    OtherService {
        /// What the acceptor is bound to.
        expected: String,
    },
    /// No key of that principal, and none of its encryption type that opens the ticket.
    Principal,
    /// No key of that version.
    Kvno,
    /// No key of that encryption type.
    Enctype,
}
