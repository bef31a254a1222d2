//! The connection, and the search.

use super::settings::LdapSettings;
use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, Scope, SearchEntry, SearchOptions};
use portcullis::policy::GroupsError;
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::sync::Mutex;
use tokio::time::timeout;

/// A connection, made when it is needed; many searches can be on their way at once.
pub(super) struct Session {
    settings: Arc<LdapSettings>,
    connected: Mutex<Option<Ldap>>,
}

impl Session {
    pub(super) fn new(settings: Arc<LdapSettings>) -> Self {
        let connected = Mutex::default();
        Self {
            settings,
            connected,
        }
    }

    /// The values of the attribute in the only entry that `filter` finds; none without an entry.
    pub(super) async fn member_of(&self, filter: &str) -> Result<Vec<String>, GroupsError> {
        self.in_time(async {
            let mut connection = self.connected().await?;
            match self.search(&mut connection, filter).await {
                // It may have ended since it was used last; then another will do.
                Err(_) if connection.is_closed() => {
                    let mut another = self.connected().await?;
                    self.search(&mut another, filter).await
                }
                found => found,
            }
        })
        .await
    }

    /// A connection that will do.
    pub(super) async fn connection(&self) -> Result<Ldap, GroupsError> {
        self.in_time(self.connected()).await
    }

    /// What `asked` gives, if that does not take too long. If it does, the connection is given up.
    async fn in_time<T>(
        &self,
        asked: impl Future<Output = Result<T, GroupsError>>,
    ) -> Result<T, GroupsError> {
        let patience = self.settings.timeout;
        if let Ok(answer) = timeout(patience, asked).await {
            return answer;
        }
        // If it is not free, somebody is making another already.
        if let Ok(mut connected) = self.connected.try_lock() {
            *connected = None;
        }
        Err(self.failed(&format!("no answer within {patience:?}")))
    }

    /// The connection that there is, or a new one when that has ended.
    async fn connected(&self) -> Result<Ldap, GroupsError> {
        let mut connected = self.connected.lock().await;
        if let Some(live) = connected.as_mut()
            && !live.is_closed()
        {
            return Ok(live.clone());
        }
        let opened = self.open().await?;
        *connected = Some(opened.clone());
        Ok(opened)
    }

    async fn open(&self) -> Result<Ldap, GroupsError> {
        let settings = &self.settings;
        let runtime = Handle::try_current().map_err(|error| self.failed(&error))?;
        let mut how = LdapConnSettings::new().set_starttls(settings.start_tls);
        if let Some(tls) = &settings.tls {
            how = how.set_config(tls.clone());
        }
        let opened = LdapConnAsync::with_settings(how, &settings.url).await;
        let (connection, mut ldap) = opened.map_err(|error| self.failed(&error))?;
        // It ends when the last handle is dropped, or the directory ends it; who asks then learns.
        runtime.spawn(async { drop(connection.drive().await) });
        if let Some((account, password)) = &settings.account {
            let bound = ldap.simple_bind(account, password).await;
            let bound = bound.and_then(ldap3::LdapResult::success);
            bound.map_err(|error| self.failed(&error))?;
        }
        Ok(ldap)
    }

    async fn search(&self, ldap: &mut Ldap, filter: &str) -> Result<Vec<String>, GroupsError> {
        let settings = &self.settings;
        let attributes = [settings.attribute.as_str()];
        // One more than there may be.
        let options = SearchOptions::new().sizelimit(2);
        let asked = ldap.with_search_options(options);
        let searched = asked.search(&settings.base, Scope::Subtree, filter, attributes);
        let result = searched.await.map_err(|error| self.failed(&error))?;
        let (entries, _) = result.success().map_err(|error| self.failed(&error))?;
        // Referrals to other directories are no entries.
        let mut entries = entries.into_iter().filter(|entry| !entry.is_ref());
        let (first, second) = (entries.next(), entries.next());
        match (first, second) {
            (None, _) => Ok(Vec::new()),
            (Some(entry), None) => {
                let attributes = SearchEntry::construct(entry).attrs;
                let mut attributes = attributes.into_iter();
                // Names of attributes know no case (RFC 4512 §2.5).
                let found =
                    attributes.find(|(name, _)| name.eq_ignore_ascii_case(&settings.attribute));
                Ok(found.map(|(_, values)| values).unwrap_or_default())
            }
            (Some(_), Some(_)) => Err(self.failed(&format!("{filter} finds two"))),
        }
    }

    fn failed(&self, error: &dyn core::fmt::Display) -> GroupsError {
        GroupsError::new(format!("{}: {error}", self.settings.url))
    }
}
