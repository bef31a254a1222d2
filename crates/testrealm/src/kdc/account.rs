//! [`Account`]: a principal that the KDC knows, its keys and its rights.

use crate::pac::Profile;
use crate::salt::Salt;
use crate::service::ServiceKey;
use core::fmt;
use portcullis::{Enctype, Principal};
use portcullis_crypto::{Key, string_to_key};
use portcullis_formats::registry::{EtypeNumber, Kvno};
use std::sync::OnceLock;

/// The version of every key that is made from a user's password.
const PASSWORD_KVNO: Kvno = Kvno(1);

/// A principal that the KDC knows, perhaps by several names.
pub(crate) struct Account {
    principal: Principal,
    keys: Keys,
    salt: Salt,
    delegation: Delegation,
    profile: Profile,
}

/// What an account may do in the name of others, and others in its name (`[MS-SFU]` §3.2.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Delegation {
    /// Of a service: whom it may ask tickets for, in the name of its clients (S4U2Proxy).
    pub(crate) may_delegate_to: Vec<Principal>,
    /// Of a service: who may do so towards it, whatever may be said there.
    pub(crate) accepts_from: Vec<Principal>,
    /// Of a service: whether it may do so for clients who did not log in to it (S4U2Self).
    pub(crate) ok_to_auth_as_delegate: bool,
    /// Of a service: whether clients may give it their whole identity.
    pub(crate) ok_as_delegate: bool,
    /// Of a user: whether no ticket in its name is ever forwardable.
    pub(crate) not_delegated: bool,
}

enum Keys {
    /// Of a service or a realm; the newest version first, and of each the best encryption type.
    Made(Vec<ServiceKey>),
    /// Of a user.
    OfPassword {
        password: String,
        /// Made when they are needed: string-to-key takes milliseconds.
        keys: Vec<(Enctype, OnceLock<Option<Key>>)>,
    },
}

impl Account {
    /// A service, or a realm.
    pub(crate) fn with_keys(principal: Principal, keys: Vec<ServiceKey>) -> Self {
        Self::new(principal, Keys::Made(keys))
    }

    /// A user.
    pub(crate) fn with_password(
        principal: Principal,
        password: &str,
        enctypes: impl IntoIterator<Item = Enctype>,
    ) -> Self {
        let unmade = |enctype| (enctype, OnceLock::new());
        let keys = Keys::OfPassword {
            password: password.to_owned(),
            keys: enctypes.into_iter().map(unmade).collect(),
        };
        Self::new(principal, keys)
    }

    fn new(principal: Principal, keys: Keys) -> Self {
        Self {
            principal,
            keys,
            salt: Salt::default(),
            delegation: Delegation::default(),
            profile: Profile::default(),
        }
    }

    /// The same account with another salt.
    pub(crate) fn with_salt(self, salt: Salt) -> Self {
        Self { salt, ..self }
    }

    /// The same account with other rights.
    pub(crate) fn with_delegation(self, delegation: Delegation) -> Self {
        Self { delegation, ..self }
    }

    /// The same account with more to say of it.
    pub(crate) fn with_profile(self, profile: Profile) -> Self {
        Self { profile, ..self }
    }

    /// Its name, whatever alias it was found by.
    pub(crate) const fn principal(&self) -> &Principal {
        &self.principal
    }

    /// What PACs say of it.
    pub(crate) const fn profile(&self) -> &Profile {
        &self.profile
    }

    pub(crate) const fn delegation(&self) -> &Delegation {
        &self.delegation
    }

    /// Whether it is a realm's KDC.
    pub(crate) fn is_kdc(&self) -> bool {
        self.principal.components().next() == Some(b"krbtgt")
    }

    /// The password of a user.
    pub(crate) fn password(&self) -> Option<&str> {
        match &self.keys {
            Keys::Made(_) => None,
            Keys::OfPassword { password, .. } => Some(password),
        }
    }

    /// The encryption types of its newest keys, the favourite first.
    pub(crate) fn enctypes(&self) -> Vec<Enctype> {
        match &self.keys {
            Keys::Made(keys) => {
                let newest = keys.first().map(|key| key.kvno);
                let newest = keys.iter().filter(|key| Some(key.kvno) == newest);
                newest.map(|key| key.key.enctype()).collect()
            }
            Keys::OfPassword { keys, .. } => keys.iter().map(|(enctype, _)| *enctype).collect(),
        }
    }

    /// All keys, the newest first.
    pub(crate) fn keys(&self) -> Vec<ServiceKey> {
        match &self.keys {
            Keys::Made(keys) => keys.clone(),
            Keys::OfPassword { .. } => {
                let enctypes = self.enctypes();
                enctypes
                    .into_iter()
                    .filter_map(|enctype| self.newest_key(enctype))
                    .collect()
            }
        }
    }

    /// The newest key of this encryption type.
    pub(crate) fn newest_key(&self, enctype: Enctype) -> Option<ServiceKey> {
        match &self.keys {
            Keys::Made(keys) => {
                let mut keys = keys.iter();
                keys.find(|key| key.key.enctype() == enctype).cloned()
            }
            Keys::OfPassword { password, keys } => {
                let (_, key) = keys.iter().find(|(other, _)| *other == enctype)?;
                let made = || string_to_key(enctype, password.as_bytes(), &self.salt(), None).ok();
                let key = key.get_or_init(made).clone()?;
                let kvno = PASSWORD_KVNO;
                Some(ServiceKey { kvno, key })
            }
        }
    }

    /// The key that somebody names, of the newest version if no version is named.
    pub(crate) fn key(&self, etype: EtypeNumber, kvno: Option<Kvno>) -> Option<Key> {
        let enctype = Enctype::try_from(etype.0).ok()?;
        let Keys::Made(keys) = &self.keys else {
            let found = self.newest_key(enctype)?;
            return kvno
                .is_none_or(|kvno| kvno == found.kvno)
                .then_some(found.key);
        };
        let mut keys = keys.iter().filter(|key| key.key.enctype() == enctype);
        let found = keys.find(|key| kvno.is_none_or(|kvno| kvno == key.kvno))?;
        Some(found.key.clone())
    }

    /// The key that tickets for it are sealed with: the newest, and of those the favourite.
    pub(crate) fn ticket_key(&self) -> Option<ServiceKey> {
        let favourite = self.enctypes().first().copied()?;
        self.newest_key(favourite)
    }

    /// What goes into its keys beside the password.
    pub(crate) fn salt(&self) -> Vec<u8> {
        self.salt.octets(&self.principal)
    }
}

/// Says whose it is, and nothing of password and keys.
impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("principal", &self.principal)
            .finish_non_exhaustive()
    }
}
