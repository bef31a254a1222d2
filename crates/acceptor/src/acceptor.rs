//! [`Acceptor`] and [`AcceptorBuilder`]: decisions made once.

mod builder;

pub use builder::{AcceptorBuilder, ConfigError};

use crate::keytab::Keytab;
use crate::negotiation::Negotiation;
use crate::settings::Settings;
use core::fmt;
use std::sync::Arc;

/// A service that can be talked to: its keys, its rules and its memory of what came before.
///
/// Cheap to clone; clones share the replay cache and what they know of tickets. It never changes: for a new keytab there is
/// [`Acceptor::with_keytab`].
#[derive(Clone)]
pub struct Acceptor {
    /// One count for all: each negotiation has a clone.
    pub(crate) settings: Arc<Settings>,
}

impl Acceptor {
    /// An acceptor for every service of `keytab`, with the default of every setting.
    ///
    /// # Errors
    /// [`ConfigError::NoUsableKey`].
    pub fn new(keytab: Keytab) -> Result<Self, ConfigError> {
        Self::builder(keytab).build()
    }

    /// Settings, to be changed one by one.
    pub fn builder(keytab: Keytab) -> AcceptorBuilder {
        AcceptorBuilder::new(keytab)
    }

    /// Settings of an acceptor without a keytab, for clients that come user-to-user alone
    /// (RFC 4120 §3.7): each negotiation is given [`OurTgt`](crate::user_to_user::OurTgt).
    pub fn user_to_user() -> AcceptorBuilder {
        AcceptorBuilder::user_to_user()
    }

    /// The same acceptor with other keys: same rules, same replay cache.
    ///
    /// # Errors
    /// [`ConfigError::NoUsableKey`].
    pub fn with_keytab(&self, keytab: Keytab) -> Result<Self, ConfigError> {
        let mut rules = self.settings.rules.clone();
        rules.user_to_user_only = false;
        let settings = Settings {
            rules,
            keytab,
            tickets: self.settings.tickets.anew(),
            replay_cache: self.settings.replay_cache.clone(),
            entropy: self.settings.entropy.clone(),
        };
        Ok(Self {
            settings: Arc::new(usable(settings)?),
        })
    }

    /// Begins the conversation with one peer.
    pub fn begin(&self) -> Negotiation {
        Negotiation::new(self.clone())
    }
}

/// These settings, if any ticket at all can be opened with them.
fn usable(settings: Settings) -> Result<Settings, ConfigError> {
    let rules = &settings.rules;
    if rules.user_to_user_only {
        return Ok(settings);
    }
    let usable =
        settings.keytab.service_keys().iter().any(|key| {
            rules.service.matches(&key.principal) && rules.enctypes.contains(key.enctype)
        });
    match usable {
        true => Ok(settings),
        false => Err(ConfigError::NoUsableKey {
            service: rules.service.clone(),
            keytab: settings.keytab.keys().collect(),
            ignored: settings.keytab.ignored().to_vec(),
        }),
    }
}

impl fmt::Debug for Acceptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Acceptor")
            .field("rules", &self.settings.rules)
            .field("keytab", &self.settings.keytab)
            .field("replay_cache", &self.settings.replay_cache)
            .finish_non_exhaustive()
    }
}
