//! What a layer asks of others: replay stores, groups, names of users, acceptors of hosts.
//!
//! Their traits have futures of their own types; in here they are boxed, so that a layer has no
//! type parameter for each.

use crate::connection::ConnectionBindings;
use core::fmt;
use core::pin::Pin;
use portcullis::names::NoLocalName;
use portcullis::policy::{Groups, GroupsError};
use portcullis::replay::{AsyncReplayStore, Freshness, ReplayCacheError, ReplayTag};
use portcullis::{Acceptor, Identity};
use std::sync::Arc;
use std::time::SystemTime;

pub(crate) type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// An [`AsyncReplayStore`] of any type. Cheap to clone.
#[derive(Clone)]
pub struct SharedReplayStore(Arc<dyn ErasedReplayStore>);

impl SharedReplayStore {
    /// This one.
    pub fn new(store: impl AsyncReplayStore + 'static) -> Self {
        Self(Arc::new(store))
    }
}

impl AsyncReplayStore for SharedReplayStore {
    async fn record(
        &self,
        tag: &ReplayTag,
        now: SystemTime,
        expires: SystemTime,
    ) -> Result<Freshness, ReplayCacheError> {
        self.0.record_boxed(tag, now, expires).await
    }
}

trait ErasedReplayStore: Send + Sync {
    fn record_boxed<'a>(
        &'a self,
        tag: &'a ReplayTag,
        now: SystemTime,
        expires: SystemTime,
    ) -> Boxed<'a, Result<Freshness, ReplayCacheError>>;
}

impl<T: AsyncReplayStore> ErasedReplayStore for T {
    fn record_boxed<'a>(
        &'a self,
        tag: &'a ReplayTag,
        now: SystemTime,
        expires: SystemTime,
    ) -> Boxed<'a, Result<Freshness, ReplayCacheError>> {
        Box::pin(self.record(tag, now, expires))
    }
}

/// [`Groups`] of any type. Cheap to clone.
#[derive(Clone)]
pub struct SharedGroups(Arc<dyn ErasedGroups>);

impl SharedGroups {
    /// These.
    pub fn new(groups: impl Groups + 'static) -> Self {
        Self(Arc::new(groups))
    }
}

impl Groups for SharedGroups {
    async fn groups_of(&self, client: &Identity, user: &str) -> Result<Vec<String>, GroupsError> {
        self.0.groups_boxed(client, user).await
    }
}

trait ErasedGroups: Send + Sync {
    fn groups_boxed<'a>(
        &'a self,
        client: &'a Identity,
        user: &'a str,
    ) -> Boxed<'a, Result<Vec<String>, GroupsError>>;
}

impl<T: Groups> ErasedGroups for T {
    fn groups_boxed<'a>(
        &'a self,
        client: &'a Identity,
        user: &'a str,
    ) -> Boxed<'a, Result<Vec<String>, GroupsError>> {
        Box::pin(self.groups_of(client, user))
    }
}

/// Why a proven client is no user of the service; for the operator, not for the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoUser(String);

impl NoUser {
    /// For this reason.
    #[must_use]
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl From<NoLocalName> for NoUser {
    fn from(error: NoLocalName) -> Self {
        Self(error.to_string())
    }
}

impl fmt::Display for NoUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::error::Error for NoUser {}

pub(crate) type NameOf = dyn Fn(&Identity) -> Result<String, NoUser> + Send + Sync;

pub(crate) type BindingsOf = dyn Fn() -> ConnectionBindings + Send + Sync;

pub(crate) type AcceptorOf = dyn Fn(Option<&str>) -> Option<Acceptor> + Send + Sync;

impl fmt::Debug for SharedReplayStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedReplayStore").finish_non_exhaustive()
    }
}

impl fmt::Debug for SharedGroups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedGroups").finish_non_exhaustive()
    }
}
