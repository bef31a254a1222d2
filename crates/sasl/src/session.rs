//! [`Session`]: a login that has succeeded.

use crate::security_layer::SecurityLayer;
use portcullis::Identity;

/// A login that has succeeded: who it is, as whom it acts, and what its messages go through.
#[derive(Debug)]
pub struct Session {
    authorization_id: Option<Box<str>>,
    ending: Ending,
}

#[derive(Debug)]
enum Ending {
    Plain(Box<Identity>),
    Layered(SecurityLayer),
}

impl Session {
    pub(crate) fn plain(identity: Identity) -> Self {
        Self {
            authorization_id: None,
            ending: Ending::Plain(Box::new(identity)),
        }
    }

    pub(crate) const fn layered(layer: SecurityLayer) -> Self {
        Self {
            authorization_id: None,
            ending: Ending::Layered(layer),
        }
    }

    pub(crate) fn acting_as(self, authorization_id: Option<Box<str>>) -> Self {
        Self {
            authorization_id,
            ..self
        }
    }

    /// The proven client.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        match &self.ending {
            Ending::Plain(identity) => identity,
            Ending::Layered(layer) => layer.identity(),
        }
    }

    /// As whom the client acts, if it said so: its own principal, or somebody whom the
    /// [`AuthorizationPolicy`](crate::AuthorizationPolicy) permits.
    #[must_use]
    pub fn authorization_id(&self) -> Option<&str> {
        self.authorization_id.as_deref()
    }

    /// What every octet goes through from now on, in both directions: what we send after we have
    /// said that the login succeeded, what the client sends after it has heard so (RFC 4422 §3.7).
    /// `None` when messages go as they are.
    #[must_use]
    pub fn into_layer(self) -> Option<SecurityLayer> {
        match self.ending {
            Ending::Plain(_) => None,
            Ending::Layered(layer) => Some(layer),
        }
    }
}
