//! [`Account`]: a principal that the KDC knows, and its keys.

use crate::service::ServiceKey;
use core::fmt;
use portcullis::{Enctype, Principal};
use portcullis_crypto::{Key, string_to_key};
use portcullis_formats::registry::{EtypeNumber, Kvno};
use std::sync::OnceLock;

/// The version of every key that is made from a password.
const PASSWORD_KVNO: Kvno = Kvno(1);

/// A principal that the KDC knows.
pub(crate) struct Account {
    principal: Principal,
    keys: Keys,
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
    pub(crate) const fn with_keys(principal: Principal, keys: Vec<ServiceKey>) -> Self {
        let keys = Keys::Made(keys);
        Self { principal, keys }
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
        Self { principal, keys }
    }

    pub(crate) const fn principal(&self) -> &Principal {
        &self.principal
    }

    /// The password, if it has one.
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

    /// The default salt (RFC 4120 §4): realm and components, run together.
    pub(crate) fn salt(&self) -> Vec<u8> {
        let mut salt = self.principal.realm().0.to_vec();
        for component in self.principal.components() {
            salt.extend_from_slice(component);
        }
        salt
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
