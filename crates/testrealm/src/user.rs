//! [`TestUser`]: a client of the realm, or of another one.

use crate::kdc::{Account, Delegation};
use crate::pac::{Profile, account_sid};
use crate::realm::Realm;
use crate::salt::Salt;
use crate::service::TestService;
use crate::token::TokenBuilder;
use core::fmt;
use portcullis::{Enctype, Principal};
use portcullis_formats::pac::{GroupAttributes, GroupMembership, Sid, SidAndAttributes};
use std::sync::Arc;

/// A client.
#[derive(Clone, Debug)]
pub struct TestUser {
    realm: Arc<Realm>,
    principal: Principal,
    profile: Profile,
}

impl TestUser {
    pub(crate) fn new(realm: Arc<Realm>, principal: Principal) -> Self {
        Self {
            realm,
            principal,
            profile: Profile::default(),
        }
    }

    /// Its name.
    #[must_use]
    pub const fn principal(&self) -> &Principal {
        &self.principal
    }

    /// Its SID, which a PAC says it by.
    #[must_use]
    pub fn sid(&self) -> Sid {
        account_sid(&self.realm, &self.principal)
    }

    /// The same user as a member of these groups, whose tickets have a PAC that says so.
    #[must_use]
    pub fn in_groups(mut self, groups: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.profile.add_groups(groups);
        self
    }

    /// A token for `service`, made from a fresh ticket that counts for ten hours: to be varied,
    /// then built.
    ///
    /// Without more it is what MIT krb5 sends: GSS framing, no mutual authentication, a session
    /// key and a subkey of the service key's encryption type. The ticket has a PAC if the user is in
    /// groups.
    pub fn token_for(&self, service: &TestService) -> TokenBuilder {
        TokenBuilder::new(self.realm.clone(), self.principal.clone(), service)
            .with_profile(&self.profile)
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
    profile: Profile,
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
            profile: Profile::default(),
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

    /// Makes the user a member of these groups.
    pub fn in_groups(mut self, groups: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.profile.add_groups(groups);
        self
    }

    /// Gives the user these SIDs as well: groups of other domains, or a history.
    pub fn extra_sids(mut self, sids: impl IntoIterator<Item = Sid>) -> Self {
        let ordinary = |sid| SidAndAttributes {
            sid,
            attributes: GroupAttributes::ORDINARY,
        };
        self.profile
            .extra_sids
            .extend(sids.into_iter().map(ordinary));
        self
    }

    /// Makes the user a member of these groups of the domain that the service is in, domain-local
    /// ones.
    pub fn resource_groups(mut self, domain: Sid, rids: impl IntoIterator<Item = u32>) -> Self {
        let attributes = GroupAttributes::ORDINARY.0 | GroupAttributes::RESOURCE.0;
        let local = |relative_id| GroupMembership {
            relative_id,
            attributes: GroupAttributes(attributes),
        };
        self.profile.resource_groups = Some((domain, rids.into_iter().map(local).collect()));
        self
    }

    /// The person's name.
    pub fn full_name(mut self, name: &str) -> Self {
        name.clone_into(&mut self.profile.full_name);
        self
    }

    /// The user principal name. Default: made of name and realm.
    pub fn upn(mut self, upn: &str) -> Self {
        self.profile.upn = Some(upn.to_owned());
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
                .with_delegation(self.delegation)
                .with_profile(self.profile.clone());
            self.realm.database.add(account);
        }
        TestUser {
            realm: self.realm,
            principal: self.principal,
            profile: self.profile,
        }
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
