//! [`Client`]: what a proven client is to an application; and by which rules.

use super::config::{Config, Names};
use crate::accept::pac::grants;
use portcullis::names::{AuthToLocal, LocalNamePolicy};
use portcullis::pac::{Pac, Sid};
use portcullis::policy::{Groups, GroupsError};
use portcullis::{Identity, Principal};
use portcullis_http::User;
use std::collections::{BTreeMap, BTreeSet};

/// What a proven client is to an application.
#[derive(Clone, Debug)]
pub(super) struct Client {
    pub(super) principal: Principal,
    /// Whom the application takes it for.
    pub(super) user: String,
    /// What a page may greet it by.
    pub(super) shown: String,
    pub(super) groups: Vec<String>,
    pub(super) indicators: Vec<String>,
    /// By which the application acts as the client, if that delegated.
    pub(super) ccache: Option<String>,
}

impl Client {
    pub(super) fn new(user: &User) -> Self {
        Self {
            principal: user.client().clone(),
            user: user.name().to_owned(),
            shown: user.full_name().unwrap_or_else(|| user.name()).to_owned(),
            groups: user.groups().to_vec(),
            indicators: user.authentication_indicators().to_vec(),
            ccache: None,
        }
    }
}

/// What clients are called, by the configuration and by a krb5.conf if there is one.
pub(super) fn local_names(names: &Names, auth_to_local: Option<&AuthToLocal>) -> LocalNamePolicy {
    let mut policy = LocalNamePolicy::new();
    for realm in &names.forget_realms {
        policy = policy.forget_realm(realm);
    }
    for (client, user) in &names.map {
        policy = policy.map(client.0.clone(), user);
    }
    match auth_to_local {
        Some(rules) => policy.auth_to_local(rules.clone()),
        None => policy,
    }
}

/// The groups of a ticket's PAC that anybody cares for.
#[derive(Clone, Debug)]
pub(super) struct NamedGroups {
    names: BTreeMap<Sid, String>,
    /// Those that requirements name by their SIDs.
    required: BTreeSet<String>,
    /// Whether all others are told, too, by their SIDs.
    all: bool,
}

impl NamedGroups {
    pub(super) fn new(config: &Config) -> Self {
        let names = config.names.groups.iter();
        let routes = config.routes.iter().map(|route| &route.require);
        let requirements = routes.chain([&config.authorize, &config.status.require]);
        Self {
            names: names.map(|(sid, name)| (sid.0, name.clone())).collect(),
            required: requirements
                .flat_map(|it| it.groups.iter().cloned())
                .collect(),
            all: config.names.all_groups,
        }
    }

    fn of(&self, pac: &Pac) -> Vec<String> {
        let held = pac.groups().filter(grants);
        let named = held.filter_map(|group| match self.names.get(&group.sid) {
            Some(name) => Some(name.clone()),
            None => {
                let sid = group.sid.to_string();
                (self.all || self.required.contains(&sid)).then_some(sid)
            }
        });
        // Several groups may have one name.
        named.collect::<BTreeSet<_>>().into_iter().collect()
    }
}

impl Groups for NamedGroups {
    async fn groups_of(&self, client: &Identity, _: &str) -> Result<Vec<String>, GroupsError> {
        Ok(client.pac().map(|pac| self.of(pac)).unwrap_or_default())
    }
}
