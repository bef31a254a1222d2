//! [`Settings`]: what an acceptor was told and given, which never changes.

use crate::keytab::Keytab;
use crate::rules::Rules;

/// What never changes.
pub(crate) struct Settings {
    pub(crate) rules: Rules,
    pub(crate) keytab: Keytab,
}
