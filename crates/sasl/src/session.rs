//! [`Session`]: a login that has succeeded.

use crate::security_layer::SecurityLayer;
use portcullis::{Identity, SecurityContext};

/// A login that has succeeded: who it is, as whom it acts, and what its messages go through.
#[derive(Debug)]
pub struct Session {
    authorization_id: Option<Box<str>>,
    ending: Ending,
}

#[derive(Debug)]
enum Ending {
    /// Kept, since its identity is; the keys are wiped with it.
    Plain(SecurityContext),
    Layered(SecurityLayer),
}

impl Session {
    pub(crate) const fn plain(
        context: SecurityContext,
        authorization_id: Option<Box<str>>,
    ) -> Self {
        Self {
            authorization_id,
            ending: Ending::Plain(context),
        }
    }

    pub(crate) const fn layered(layer: SecurityLayer, authorization_id: Option<Box<str>>) -> Self {
        Self {
            authorization_id,
            ending: Ending::Layered(layer),
        }
    }

    /// The proven client.
    #[must_use]
    pub const fn identity(&self) -> &Identity {
        match &self.ending {
            Ending::Plain(context) => context.identity(),
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
    /// said that the login succeeded, what the client sends after it has heard so. `None` when
    /// messages go as they are.
    #[must_use]
    pub fn into_layer(self) -> Option<SecurityLayer> {
        match self.ending {
            Ending::Plain(_) => None,
            Ending::Layered(layer) => Some(layer),
        }
    }
}
