//! [`TestService`]: a principal with keys, and the keytab that holds them.

use crate::kdc::{Account, Delegation};
use crate::must;
use crate::realm::Realm;
use crate::salt::Salt;
use core::fmt;
use portcullis::{Enctype, Keytab, Principal};
use portcullis_crypto::{Key, string_to_key};
use portcullis_formats::keytab::{KeytabVersion, KeytabWriter};
use portcullis_formats::registry::{EtypeNumber, Kvno};
use std::sync::Arc;

/// A service: a principal with one key or several.
#[derive(Clone, Debug)]
pub struct TestService {
    principal: Principal,
    /// The newest version first, and of each the best encryption type.
    keys: Vec<ServiceKey>,
    aliases: Vec<Principal>,
    kvno_of_8_bits: bool,
}

/// One key of a service.
#[derive(Clone, Debug)]
pub(crate) struct ServiceKey {
    pub(crate) kvno: Kvno,
    pub(crate) key: Key,
}

/// A service to be built.
#[must_use = "there is no service until `build` is called"]
pub struct ServiceBuilder {
    realm: Arc<Realm>,
    principal: Principal,
    enctypes: Vec<Enctype>,
    kvnos: Vec<u32>,
    aliases: Vec<Principal>,
    kvno_of_8_bits: bool,
    password: Option<String>,
    salt: Salt,
    delegation: Delegation,
}

impl TestService {
    /// Its name.
    #[must_use]
    pub const fn principal(&self) -> &Principal {
        &self.principal
    }

    /// Its keys, as a service reads them.
    ///
    /// # Panics
    /// When a name is too long for a keytab.
    #[must_use]
    pub fn keytab(&self) -> Keytab {
        must(Keytab::parse(self.keytab_octets()), "keytab")
    }

    /// Its keys as a file of version 2: under its name, then under each alias.
    ///
    /// # Panics
    /// When a name is too long for a keytab.
    #[must_use]
    pub fn keytab_octets(&self) -> Vec<u8> {
        let mut file = KeytabWriter::new(KeytabVersion::V2);
        if self.kvno_of_8_bits {
            file = file.kvno_of_8_bits();
        }
        for principal in [&self.principal].into_iter().chain(&self.aliases) {
            for ServiceKey { kvno, key } in &self.keys {
                let etype = EtypeNumber(key.enctype().number());
                must(
                    file.add(principal, 0, *kvno, etype, key.expose_octets()),
                    "keytab",
                );
            }
        }
        file.into_vec()
    }

    /// The key that a KDC seals tickets with: the newest, best one.
    pub(crate) fn newest_key(&self) -> ServiceKey {
        must(self.keys.first().cloned().ok_or("none"), "a service's key")
    }

    /// The key of this version and encryption type, each if it is given.
    #[track_caller]
    pub(crate) fn key(&self, kvno: Option<Kvno>, enctype: Option<Enctype>) -> ServiceKey {
        let fits = |key: &&ServiceKey| {
            kvno.is_none_or(|kvno| key.kvno == kvno)
                && enctype.is_none_or(|enctype| key.key.enctype() == enctype)
        };
        must(
            self.keys
                .iter()
                .find(fits)
                .cloned()
                .ok_or("the service has none"),
            "service key",
        )
    }
}

impl ServiceBuilder {
    pub(crate) fn new(realm: Arc<Realm>, principal: Principal) -> Self {
        Self {
            realm,
            principal,
            enctypes: vec![Enctype::Aes256CtsHmacSha1_96],
            kvnos: vec![1],
            aliases: Vec::new(),
            kvno_of_8_bits: false,
            password: None,
            salt: Salt::default(),
            delegation: Delegation::default(),
        }
    }

    /// The encryption types of its keys, the KDC's favourite first.
    pub fn enctypes(mut self, enctypes: impl IntoIterator<Item = Enctype>) -> Self {
        self.enctypes = enctypes.into_iter().collect();
        self
    }

    /// The versions of its keys. The same version has the same key in every service of this name,
    /// so a keytab that was exported before a password was changed is that of a service built with
    /// fewer of them.
    pub fn kvnos(mut self, kvnos: impl IntoIterator<Item = u32>) -> Self {
        self.kvnos = kvnos.into_iter().collect();
        self.kvnos.sort_unstable_by(|a, b| b.cmp(a));
        self
    }

    /// Another name of the account, which the keytab has with the same keys.
    ///
    /// # Panics
    /// When `name` is no principal's.
    pub fn alias(mut self, name: &str) -> Self {
        let alias = self.realm.principal(name);
        self.aliases.push(alias);
        self
    }

    /// Lets the keytab have the low eight bits of the version numbers only, as old tools write it.
    pub const fn kvno_of_8_bits(mut self) -> Self {
        self.kvno_of_8_bits = true;
        self
    }

    /// Lets its keys come from a password, as those of an account that a person made; the same in
    /// each version.
    pub fn password(mut self, password: &str) -> Self {
        self.password = Some(password.to_owned());
        self
    }

    /// What goes into those keys beside the password.
    pub fn salt(mut self, salt: Salt) -> Self {
        self.salt = salt;
        self
    }

    /// Tells clients that they may forward their ticket-granting ticket to it (OK-AS-DELEGATE,
    /// RFC 4120 §2.8): unconstrained delegation.
    pub const fn ok_as_delegate(mut self) -> Self {
        self.delegation.ok_as_delegate = true;
        self
    }

    /// Lets it get tickets for these services in the name of its clients: constrained delegation,
    /// S4U2Proxy (`[MS-SFU]` §3.2.5.2).
    ///
    /// # Panics
    /// When a name is no principal's.
    pub fn may_delegate_to<'n>(mut self, services: impl IntoIterator<Item = &'n str>) -> Self {
        let services = services.into_iter().map(|name| self.realm.principal(name));
        self.delegation.may_delegate_to.extend(services);
        self
    }

    /// Lets these services get tickets for it in the name of their clients: resource-based
    /// constrained delegation (`[MS-SFU]` §3.2.5.2.3).
    ///
    /// # Panics
    /// When a name is no principal's.
    pub fn accepts_delegation_from<'n>(
        mut self,
        services: impl IntoIterator<Item = &'n str>,
    ) -> Self {
        let services = services.into_iter().map(|name| self.realm.principal(name));
        self.delegation.accepts_from.extend(services);
        self
    }

    /// Lets it act so in the name of users who never logged in to it: the tickets that it gets for
    /// them with S4U2Self are forwardable (`[MS-SFU]` §3.2.5.1.2, protocol transition). A service
    /// that may delegate to nobody gets forwardable ones anyway, as of MIT krb5.
    pub const fn ok_to_auth_as_delegate(mut self) -> Self {
        self.delegation.ok_to_auth_as_delegate = true;
        self
    }

    /// The service, which the realm's KDC knows from now on under all of its names.
    pub fn build(self) -> TestService {
        let of_version = |kvno: &u32| {
            let kvno = Kvno(*kvno);
            let keys = self.enctypes.iter().copied();
            let keys = keys.map(|enctype| self.key(kvno, enctype));
            keys.map(|key| ServiceKey { kvno, key }).collect::<Vec<_>>()
        };
        let keys: Vec<_> = self.kvnos.iter().flat_map(of_version).collect();
        let account = Account::with_keys(self.principal.clone(), keys.clone())
            .with_salt(self.salt)
            .with_delegation(self.delegation);
        let database = &self.realm.database;
        database.add_with_aliases(account, &self.aliases);
        TestService {
            keys,
            principal: self.principal,
            aliases: self.aliases,
            kvno_of_8_bits: self.kvno_of_8_bits,
        }
    }

    fn key(&self, kvno: Kvno, enctype: Enctype) -> Key {
        let Some(password) = &self.password else {
            return self.realm.key(&self.principal, kvno, enctype);
        };
        let salt = self.salt.octets(&self.principal);
        must(
            string_to_key(enctype, password.as_bytes(), &salt, None),
            "password",
        )
    }
}

/// Does not print the password.
impl fmt::Debug for ServiceBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceBuilder")
            .field("principal", &self.principal)
            .field("enctypes", &self.enctypes)
            .field("kvnos", &self.kvnos)
            .field("aliases", &self.aliases)
            .finish_non_exhaustive()
    }
}
