//! [`Settings`]: what an acceptor was told and given, which never changes.

use crate::keytab::Keytab;
use crate::rules::Rules;
use crate::tickets::KnownTickets;

/// What never changes.
pub(crate) struct Settings {
    pub(crate) rules: Rules,
    pub(crate) keytab: Keytab,
    /// What was found with these rules and keys, and holds for as long as they do.
    pub(crate) tickets: KnownTickets,
}
