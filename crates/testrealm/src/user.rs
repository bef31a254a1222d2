//! [`TestUser`]: a client of the realm, or of another one.

use crate::realm::Realm;
use crate::service::TestService;
use crate::token::TokenBuilder;
use portcullis::Principal;
use std::sync::Arc;

/// A client.
#[derive(Clone, Debug)]
pub struct TestUser {
    realm: Arc<Realm>,
    principal: Principal,
}

impl TestUser {
    pub(crate) const fn new(realm: Arc<Realm>, principal: Principal) -> Self {
        Self { realm, principal }
    }

    /// Its name.
    #[must_use]
    pub const fn principal(&self) -> &Principal {
        &self.principal
    }

    /// A token for `service`, made from a fresh ticket that counts for ten hours: to be varied,
    /// then built.
    ///
    /// Without more it is what MIT krb5 sends: GSS framing, no mutual authentication, a session
    /// key and a subkey of the service key's encryption type.
    pub fn token_for(&self, service: &TestService) -> TokenBuilder {
        TokenBuilder::new(self.realm.clone(), self.principal.clone(), service)
    }
}
