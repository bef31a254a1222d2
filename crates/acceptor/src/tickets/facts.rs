//! [`TicketFacts`]: what stays of a verified ticket when its plaintext is wiped.

use crate::identity::KeyUsed;
use crate::pac::Pac;
use portcullis_formats::messages::{EncTicketPart, KerberosTime, TicketFlags};
use portcullis_formats::principal::Principal;
use portcullis_formats::registry::EtypeNumber;
use std::sync::Arc;

/// Whose ticket it is, by whose word, and what the KDC says of the client. Identities and the
/// memory of known tickets share it. No key is in it.
pub(crate) struct TicketFacts {
    pub(crate) client: Principal,
    pub(crate) key: KeyUsed,
    pub(crate) validity: Validity,
    pub(crate) session_etype: EtypeNumber,
    pub(crate) authorization_data: Arc<[u8]>,
    pub(crate) pac: Option<Pac>,
    pub(crate) indicators: Vec<String>,
}

/// When the ticket counts: looked at anew whenever it comes.
#[derive(Clone, Copy)]
pub(crate) struct Validity {
    pub(crate) flags: TicketFlags,
    pub(crate) authtime: KerberosTime,
    pub(crate) starttime: KerberosTime,
    pub(crate) endtime: KerberosTime,
}

impl Validity {
    /// RFC 4120 §5.3: a ticket without a start counts from the login on.
    pub(crate) fn of(ticket: &EncTicketPart<'_>) -> Self {
        Self {
            flags: ticket.flags,
            authtime: ticket.authtime,
            starttime: ticket.starttime.unwrap_or(ticket.authtime),
            endtime: ticket.endtime,
        }
    }
}
