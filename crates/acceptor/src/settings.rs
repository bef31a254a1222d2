//! [`Settings`]: what an acceptor was told and given, which never changes.

use crate::entropy::Entropy;
use crate::keytab::Keytab;
use crate::replay::ReplayCache;
use crate::rules::Rules;
use crate::tickets::KnownTickets;
use std::sync::Arc;

/// What never changes.
pub(crate) struct Settings {
    pub(crate) rules: Rules,
    pub(crate) keytab: Keytab,
    /// What was found with these rules and keys, and holds for as long as they do.
    pub(crate) tickets: KnownTickets,
    pub(crate) replay_cache: Arc<dyn ReplayCache>,
    pub(crate) entropy: Arc<dyn Entropy>,
}
