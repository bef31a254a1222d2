//! [`Groups`]: which groups a client is in, by their names; [`PacGroups`]: by the word of the KDC.

use crate::identity::Identity;
use crate::pac::{Pac, Sid};
use core::fmt;
use std::collections::BTreeMap;

/// Knows which groups clients are in: a file, a directory, or the PAC alone.
///
/// Nothing in here awaits anything; who asks does, once for each login.
pub trait Groups: Send + Sync {
    /// The names of the groups that `client` is in, who is the service's `user`; of those that the
    /// service cares for, so that they are few. An unknown client is in none.
    ///
    /// A directory bounds by itself how long it takes.
    ///
    /// # Errors
    /// [`GroupsError`] when nobody can tell; the client is then refused.
    fn groups_of(
        &self,
        client: &Identity,
        user: &str,
    ) -> impl Future<Output = Result<Vec<String>, GroupsError>> + Send;
}

/// Nobody can tell which groups a client is in: the directory did not answer. The text is its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupsError(String);

impl GroupsError {
    /// For this reason.
    #[must_use]
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl fmt::Display for GroupsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "groups are unknown: {}", self.0)
    }
}

impl core::error::Error for GroupsError {}

/// Names for the SIDs of a verified PAC. SIDs without a name here are not told, and who has no PAC
/// is in no group.
///
/// ```
/// use portcullis::policy::PacGroups;
///
/// let staff = "S-1-5-21-1004336348-1177238915-682003330-1104".parse()?;
/// let groups = PacGroups::new().named("staff", staff);
/// # Ok::<(), portcullis::pac::SidError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct PacGroups {
    named: BTreeMap<String, Vec<Sid>>,
}

impl PacGroups {
    /// Without any name.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The group `sid` is called so. Several may have one name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>, sid: Sid) -> Self {
        self.named.entry(name.into()).or_default().push(sid);
        self
    }

    /// The names of the groups in which this PAC says its client is, so that they grant something.
    #[must_use]
    pub fn of(&self, pac: &Pac) -> Vec<String> {
        let has = |sids: &[Sid]| sids.iter().any(|sid| pac.is_member_of(sid));
        let held = self.named.iter().filter(|(_, sids)| has(sids));
        held.map(|(name, _)| name.clone()).collect()
    }
}

impl Groups for PacGroups {
    async fn groups_of(&self, client: &Identity, _: &str) -> Result<Vec<String>, GroupsError> {
        Ok(client.pac().map(|pac| self.of(pac)).unwrap_or_default())
    }
}
