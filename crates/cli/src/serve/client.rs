//! [`Client`]: what a proven client is to an application; [`ClientRules`]: by which rules.

use super::config::Names;
use crate::accept::pac::grants;
use portcullis::Identity;
use portcullis::names::{AuthToLocal, LocalNamePolicy, NoLocalName};
use portcullis::pac::{Pac, PacText, Sid, SidAndAttributes};
use std::collections::BTreeMap;

/// What a proven client is to an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Client {
    /// Its name and realm.
    pub(super) principal: String,
    pub(super) realm: String,
    /// Whom the application takes it for.
    pub(super) user: String,
    /// What a page may greet it by.
    pub(super) shown: String,
    /// By name, or by SID where it has none.
    pub(super) groups: Vec<String>,
    pub(super) indicators: Vec<String>,
    /// By which the application acts as the client, if that delegated.
    pub(super) ccache: Option<String>,
}

/// How clients become users of the application.
#[derive(Clone, Debug)]
pub(super) struct ClientRules {
    names: LocalNamePolicy,
    groups: BTreeMap<Sid, String>,
}

impl ClientRules {
    /// Those of the configuration, and those of a krb5.conf if there are any.
    pub(super) fn new(names: &Names, auth_to_local: Option<AuthToLocal>) -> Self {
        let mut policy = LocalNamePolicy::new();
        for realm in &names.forget_realms {
            policy = policy.forget_realm(realm);
        }
        for (client, user) in &names.map {
            policy = policy.map(client.0.clone(), user);
        }
        if let Some(rules) = auth_to_local {
            policy = policy.auth_to_local(rules);
        }
        let groups = names.groups.iter().map(|(sid, name)| (sid.0, name.clone()));
        Self {
            names: policy,
            groups: groups.collect(),
        }
    }

    /// What this client is to the application.
    pub(super) fn client(&self, identity: &Identity) -> Result<Client, NoLocalName> {
        let user = self.names.local_name(identity.client())?;
        let full_name = identity.pac().and_then(Pac::full_name);
        Ok(Client {
            principal: identity.client().to_string(),
            realm: String::from_utf8_lossy(identity.client().realm().0).into_owned(),
            shown: full_name.map_or_else(|| user.clone(), PacText::to_text),
            user,
            groups: identity.pac().map_or_else(Vec::new, |pac| self.groups(pac)),
            indicators: identity.authentication_indicators().to_vec(),
            ccache: None,
        })
    }

    fn groups(&self, pac: &Pac) -> Vec<String> {
        let held = pac.groups().filter(grants);
        let name = |group: SidAndAttributes| match self.groups.get(&group.sid) {
            Some(name) => name.clone(),
            None => group.sid.to_string(),
        };
        held.map(name).collect()
    }
}
