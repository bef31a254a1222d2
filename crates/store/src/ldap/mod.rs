//! [`LdapGroups`]: groups of a directory, by the attribute `memberOf`.
//!
//! | file | what it does |
//! | --- | --- |
//! | `settings` | which directory, and whom we are there |
//! | `filter` | the search for one user, whatever the user is called |
//! | `dn` | names of groups in the directory, and what we call them |
//! | `memory` | what was found lately |
//! | `session` | the connection, and the search |

mod dn;
mod filter;
mod memory;
mod session;
mod settings;

pub use settings::{LdapSettings, LdapSettingsError};

use core::fmt;
use memory::Memory;
use portcullis::Identity;
use portcullis::policy::{Groups, GroupsError};
use session::Session;
use std::sync::Arc;
use std::time::Instant;

/// Groups of a directory: the values of `memberOf` in the user's entry, by OpenLDAP with the overlay
/// `memberof`, 389 Directory Server, FreeIPA, or Active Directory, which names the groups that a
/// user is in directly. Cheap to clone; clones share connection and memory.
///
/// What was found is remembered for a while ([`LdapSettings::remembers`]). A directory that does not
/// answer in time lets nobody in, and neither does one with two entries for a user; a user without
/// an entry is in no group.
///
/// It needs a runtime of tokio with time and I/O when it is asked.
///
/// ```no_run
/// use portcullis_store::{LdapGroups, LdapSettings};
///
/// let settings = LdapSettings::new("ldaps://ldap.example.test", "ou=people,dc=example,dc=test")
///     .bind("cn=web,ou=services,dc=example,dc=test", "secret")
///     .filter("(&(objectClass=person)(uid={user}))")
///     .under("ou=groups,dc=example,dc=test");
/// let groups = LdapGroups::new(settings)?;
/// # Ok::<(), portcullis_store::LdapSettingsError>(())
/// ```
#[derive(Clone)]
pub struct LdapGroups {
    settings: Arc<LdapSettings>,
    session: Arc<Session>,
    memory: Arc<Memory>,
}

impl LdapGroups {
    /// Connects when it is first asked.
    ///
    /// # Errors
    /// [`LdapSettingsError`].
    pub fn new(settings: LdapSettings) -> Result<Self, LdapSettingsError> {
        settings.verified()?;
        let settings = Arc::new(settings);
        Ok(Self {
            session: Arc::new(Session::new(settings.clone())),
            memory: Arc::new(Memory::new(settings.most, settings.age)),
            settings,
        })
    }

    /// Whether the directory is there and knows us: what a service wants to know when it starts.
    ///
    /// # Errors
    /// [`GroupsError`].
    pub async fn ping(&self) -> Result<(), GroupsError> {
        self.session.connection().await.map(drop)
    }

    /// The names of the groups that a user is in, whose principal this is.
    ///
    /// # Errors
    /// [`GroupsError`] when the directory does not answer, or knows two of this name.
    pub async fn of(&self, user: &str, principal: &str) -> Result<Vec<String>, GroupsError> {
        let filter = filter::for_user(&self.settings.filter, user, principal);
        let now = Instant::now();
        if let Some(groups) = self.memory.recall(&filter, now) {
            return Ok(groups);
        }
        let found = self.session.member_of(&filter).await?;
        let names = found.iter().filter_map(|dn| self.settings.names.of(dn));
        let mut groups: Vec<_> = names.collect();
        groups.sort_unstable();
        groups.dedup();
        self.memory.keep(filter, &groups, now);
        Ok(groups)
    }
}

impl Groups for LdapGroups {
    async fn groups_of(&self, client: &Identity, user: &str) -> Result<Vec<String>, GroupsError> {
        let principal = client.client().to_text();
        self.of(user, &String::from_utf8_lossy(&principal)).await
    }
}

impl fmt::Debug for LdapGroups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LdapGroups")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
