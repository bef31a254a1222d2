//! [`TestUser`]: a client of the realm, or of another one.

use crate::kdc::{Account, Delegation};
use crate::realm::Realm;
use crate::salt::Salt;
use crate::service::TestService;
use crate::token::TokenBuilder;
use core::fmt;
use portcullis::{Enctype, Principal};
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

/// A user to be built.
#[must_use = "there is no user until `build` is called"]
pub struct UserBuilder {
    realm: Arc<Realm>,
    principal: Principal,
    password: Option<String>,
    enctypes: Vec<Enctype>,
    salt: Salt,
    delegation: Delegation,
}

impl UserBuilder {
    pub(crate) fn new(realm: Arc<Realm>, principal: Principal) -> Self {
        Self {
            realm,
            principal,
            password: None,
            enctypes: vec![Enctype::Aes256CtsHmacSha1_96, Enctype::Aes128CtsHmacSha1_96],
            salt: Salt::default(),
            delegation: Delegation::default(),
        }
    }

    /// The password. The KDC knows a user that has one; keys are made from it when they are needed.
    pub fn password(mut self, password: &str) -> Self {
        self.password = Some(password.to_owned());
        self
    }

    /// The encryption types of the keys that are made from the password.
    pub fn enctypes(mut self, enctypes: impl IntoIterator<Item = Enctype>) -> Self {
        self.enctypes = enctypes.into_iter().collect();
        self
    }

    /// What goes into those keys beside the password.
    pub fn salt(mut self, salt: Salt) -> Self {
        self.salt = salt;
        self
    }

    /// Lets no ticket in the user's name be forwardable, so that no service can act for it: Active
    /// Directory's "account is sensitive and cannot be delegated".
    pub const fn not_delegated(mut self) -> Self {
        self.delegation.not_delegated = true;
        self
    }

    /// The user.
    pub fn build(self) -> TestUser {
        if let Some(password) = &self.password {
            let name = self.principal.clone();
            let account = Account::with_password(name, password, self.enctypes)
                .with_salt(self.salt)
                .with_delegation(self.delegation);
            self.realm.database.add(account);
        }
        TestUser::new(self.realm, self.principal)
    }
}

/// Does not print the password.
impl fmt::Debug for UserBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserBuilder")
            .field("principal", &self.principal)
            .field("enctypes", &self.enctypes)
            .finish_non_exhaustive()
    }
}
