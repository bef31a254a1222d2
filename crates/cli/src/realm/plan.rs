//! [`Plan`]: what realm to serve.

use super::error::RealmError;
use super::file::{RealmFile, ServiceWords};
use super::words::{Enctypes, Group, Name, RealmName, UserWords};
use crate::args::RealmArguments;
use crate::failure::Failure;
use portcullis::Principal;
use portcullis::entropy::{Entropy, SystemEntropy};
use portcullis_testrealm::TestRealm;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// What realm to serve: the command line, then the file, then what is usual.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) name: RealmName,
    pub(super) port: u16,
    pub(super) directory: Option<PathBuf>,
    pub(super) users: Vec<User>,
    pub(super) services: Vec<Service>,
    enctypes: Option<Enctypes>,
    seed: Option<u64>,
}

/// A user of the realm.
#[derive(Debug)]
pub(super) struct User {
    pub(super) principal: Principal,
    words: UserWords,
}

/// A service of the realm.
#[derive(Debug)]
pub(super) struct Service {
    pub(super) principal: Principal,
    words: ServiceWords,
}

/// What stands for five bits: letters and digits that are not mistaken for one another.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

impl Plan {
    pub(super) fn of(arguments: RealmArguments) -> Result<Self, Failure> {
        let mut file = match &arguments.file {
            Some(path) => RealmFile::read(path)?,
            None => RealmFile::default(),
        };
        file.users.extend(arguments.users);
        let named = arguments.services.into_iter().map(ServiceWords::from);
        file.services.extend(named);
        if file.users.is_empty() {
            file.users.push(UserWords::alice(password(arguments.seed)?));
        }
        if file.services.is_empty() {
            file.services.push(Name::of_web_server().into());
        }
        let name = arguments.name.or(file.name).unwrap_or_default();
        let (users, services) = principals(&name, file.users, file.services)?;
        Ok(Self {
            name,
            port: arguments.port.or(file.port).unwrap_or_default(),
            directory: arguments.dir.or(file.dir),
            users,
            services,
            enctypes: arguments.enctypes.or(file.enctypes),
            seed: arguments.seed,
        })
    }

    /// The groups that there are, and who is in each.
    pub(super) fn groups(&self) -> BTreeMap<&str, Vec<String>> {
        let mut groups = BTreeMap::new();
        for user in &self.users {
            for group in user.groups() {
                let members: &mut Vec<_> = groups.entry(group).or_default();
                members.push(user.principal.display_without_realm().to_string());
            }
        }
        groups
    }

    /// The realm, with the keys of its seed, or else with such as nobody knows.
    pub(super) fn realm(&self) -> Result<TestRealm, RealmError> {
        let realm = TestRealm::with_seed(self.name.as_str(), &octets(self.seed)?);
        for user in &self.users {
            let mut builder = realm
                .user_with(user.words.name.as_str())
                .password(user.password())
                .in_groups(user.groups());
            if let Some(enctypes) = &self.enctypes {
                builder = builder.enctypes(enctypes.all());
            }
            builder.build();
        }
        for Service { words, .. } in &self.services {
            let mut builder = realm.service_with(words.name.as_str());
            if let Some(enctypes) = words.enctypes.as_ref().or(self.enctypes.as_ref()) {
                builder = builder.enctypes(enctypes.all());
            }
            if let Some(kvno) = words.kvno {
                builder = builder.kvnos([kvno.get()]);
            }
            builder.build();
        }
        Ok(realm)
    }
}

impl User {
    pub(super) fn password(&self) -> &str {
        self.words.password.as_str()
    }

    /// The names of the groups that it is in.
    pub(super) fn groups(&self) -> impl Iterator<Item = &str> {
        self.words.groups.iter().map(Group::as_str)
    }

    /// The name of its keytab among the files of the realm.
    pub(super) fn keytab(&self) -> String {
        let name = self.principal.display_without_realm().to_string();
        format!("{}.keytab", name.replace('/', "_"))
    }
}

/// Reads all names; each may be there once, and each keytab.
fn principals(
    realm: &RealmName,
    users: Vec<UserWords>,
    services: Vec<ServiceWords>,
) -> Result<(Vec<User>, Vec<Service>), RealmError> {
    let mut names = BTreeSet::new();
    let mut read = |name: &Name| {
        let principal = principal(realm, name)?;
        match names.insert(principal.clone()) {
            true => Ok(principal),
            false => Err(RealmError::Twice(principal)),
        }
    };
    let mut keytabs = BTreeSet::from(["services.keytab".to_owned()]);
    let mut of_realm = (Vec::new(), Vec::new());
    for words in users {
        let principal = read(&words.name)?;
        let user = User { principal, words };
        let file = user.keytab();
        if !keytabs.insert(file.clone()) {
            let user = user.principal;
            return Err(RealmError::KeytabTwice { user, file });
        }
        of_realm.0.push(user);
    }
    for words in services {
        let principal = read(&words.name)?;
        of_realm.1.push(Service { principal, words });
    }
    Ok(of_realm)
}

/// The principal of this name, which has to be of this realm.
fn principal(realm: &RealmName, name: &Name) -> Result<Principal, RealmError> {
    let (realm, text) = (realm.as_str(), name.as_str());
    let principal = Principal::parse(text, Some(realm)).map_err(|error| RealmError::Principal {
        text: text.to_owned(),
        error,
    })?;
    if principal.realm().0 != realm.as_bytes() {
        return Err(RealmError::Abroad(principal));
    }
    if principal.components().next() == Some(b"krbtgt") {
        return Err(RealmError::Krbtgt(principal));
    }
    Ok(principal)
}

/// 32 octets: those of the seed, or random ones.
fn octets(seed: Option<u64>) -> Result<[u8; 32], RealmError> {
    let mut octets = [0; 32];
    match seed {
        Some(seed) => {
            let fill = octets.iter_mut().zip(seed.to_be_bytes());
            fill.for_each(|(octet, of_seed)| *octet = of_seed);
        }
        None => SystemEntropy::default()
            .fill(&mut octets)
            .map_err(RealmError::Entropy)?,
    }
    Ok(octets)
}

/// A password of 60 random bits; a known one where the keys are known, too.
fn password(seed: Option<u64>) -> Result<String, RealmError> {
    if seed.is_some() {
        return Ok("secret".to_owned());
    }
    let letter = |octet| LETTERS.get(usize::from(octet & 31_u8)).copied();
    let letters = octets(None)?.into_iter().take(12).filter_map(letter);
    Ok(letters.map(char::from).collect())
}
