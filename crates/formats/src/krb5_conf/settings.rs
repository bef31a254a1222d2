//! [`Krb5Conf`]: the settings of an acceptor, by name.

use super::parser::Parser;
use super::relations::{Relation, Relations, Value};
use super::values;
use super::{Includes, Krb5ConfError};
use crate::registry::EtypeNumber;
use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

/// One krb5.conf, or several that follow each other as in `KRB5_CONFIG`.
#[derive(Clone, Debug)]
pub struct Krb5Conf {
    /// In the order in which they are asked.
    files: Vec<Relations>,
}

/// One entry of `[capaths]`: the realms between two others.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RealmPath {
    /// Where clients come from.
    pub client: String,
    /// Where they come to.
    pub server: String,
    /// The realms between the two; none where the entry is `.`.
    pub intermediates: Vec<String>,
}

impl RealmPath {
    fn of(client: &str, relation: &Relation) -> Self {
        // PEER Heimdal's are lists; MIT krb5 has one realm in each relation.
        let words = relation.value.text.split_ascii_whitespace();
        Self {
            client: client.to_owned(),
            server: relation.tag.clone(),
            intermediates: words
                .filter(|realm| *realm != ".")
                .map(str::to_owned)
                .collect(),
        }
    }
}

impl Krb5Conf {
    /// Reads the file `name`, the octets of which are at hand, and by `includes` what it includes.
    ///
    /// # Errors
    /// [`Krb5ConfError`], with file, line and column.
    pub fn parse(
        name: &str,
        octets: &[u8],
        includes: &mut dyn Includes,
    ) -> Result<Self, Krb5ConfError> {
        let mut parser = Parser::new(includes);
        parser.file(name, octets, 0)?;
        Ok(Self {
            files: [parser.into_relations()].into(),
        })
    }

    /// What `later` says comes after what this one says, and where this one has marked a section
    /// as final, it is not asked.
    #[must_use]
    pub fn followed_by(mut self, later: Self) -> Self {
        self.files.extend(later.files);
        self
    }

    /// `[libdefaults] default_realm`: the realm of names that have none.
    #[must_use]
    pub fn default_realm(&self) -> Option<&str> {
        self.libdefault("default_realm")
            .map(|value| value.text.as_str())
    }

    /// `[libdefaults] default_keytab_name`: where the keys are, such as `FILE:/etc/krb5.keytab`.
    #[must_use]
    pub fn default_keytab_name(&self) -> Option<&str> {
        self.libdefault("default_keytab_name")
            .map(|value| value.text.as_str())
    }

    /// `[libdefaults] clockskew`: by how much clocks may differ.
    ///
    /// # Errors
    /// [`Krb5ConfErrorKind::Duration`](super::Krb5ConfErrorKind::Duration). MIT krb5 would take its
    /// default instead.
    pub fn clock_skew(&self) -> Result<Option<Duration>, Krb5ConfError> {
        self.libdefault("clockskew")
            .map(values::duration)
            .transpose()
    }

    /// `[libdefaults] permitted_enctypes`: the encryption types that may be used, best
    /// first, none twice.
    ///
    /// # Errors
    /// [`Krb5ConfErrorKind::NoEnctype`](super::Krb5ConfErrorKind::NoEnctype). Names that nobody
    /// knows are passed over beside others, as in MIT krb5.
    pub fn permitted_enctypes(&self) -> Result<Option<Vec<EtypeNumber>>, Krb5ConfError> {
        self.libdefault("permitted_enctypes")
            .map(values::enctypes)
            .transpose()
    }

    /// `[domain_realm]`: the realm of a host, by its own name, then by the names of the domains
    /// that it is in, with a dot before them or without.
    #[must_use]
    pub fn realm_of_host(&self, host: &str) -> Option<&str> {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let mut name = host.as_str();
        loop {
            if let Some(realm) = self.first(&["domain_realm"], name) {
                return Some(&realm.text);
            }
            // `.example.test` after `www.example.test`, then `example.test`
            let dot = match name.strip_prefix('.') {
                Some("") => return None,
                Some(_) => Some(1),
                None => name.find('.'),
            };
            name = name.get(dot?..)?;
        }
    }

    /// `[capaths]`: the realms that may lie between two others, as many entries as it has.
    #[must_use]
    pub fn realm_paths(&self) -> Vec<RealmPath> {
        let mut clients: Vec<&str> = Vec::new();
        for client in self
            .asked(&["capaths"])
            .flat_map(|file| file.inside("capaths"))
        {
            if !clients.contains(&client) {
                clients.push(client);
            }
        }
        let of_client = |client: &'_ str| {
            let entry = |relation: &Relation| RealmPath::of(client, relation);
            let relations = self.of(&["capaths", client]);
            relations.into_iter().map(entry).collect::<Vec<_>>()
        };
        clients.into_iter().flat_map(of_client).collect()
    }

    /// `[realms] realm = { auth_to_local = … }`: the rules by which clients get local names, in
    /// their order.
    #[must_use]
    pub fn auth_to_local(&self, realm: &str) -> Vec<&Value> {
        self.all(&["realms", realm], "auth_to_local")
    }

    /// `[realms] realm = { auth_to_local_names = { … } }`: names without their realm, and the local
    /// names that they get.
    #[must_use]
    pub fn auth_to_local_names<'c>(&'c self, realm: &str) -> Vec<(&'c str, &'c Value)> {
        let relations = self.of(&["realms", realm, "auth_to_local_names"]);
        let pair = |relation: &'c Relation| (relation.tag.as_str(), &relation.value);
        relations.into_iter().map(pair).collect()
    }

    /// Every value of `tag` in the section that these names lead to, from the outside.
    #[must_use]
    pub fn all(&self, section: &[&str], tag: &str) -> Vec<&Value> {
        let relations = self.of(section).into_iter();
        relations
            .filter(|relation| relation.tag == tag)
            .map(|relation| &relation.value)
            .collect()
    }

    /// The first value of `tag` in the section that these names lead to: what counts where there
    /// can be one only.
    #[must_use]
    pub fn first(&self, section: &[&str], tag: &str) -> Option<&Value> {
        self.all(section, tag).into_iter().next()
    }

    fn libdefault(&self, tag: &str) -> Option<&Value> {
        self.first(&["libdefaults"], tag)
    }

    fn of(&self, section: &[&str]) -> Vec<&Relation> {
        let files = self.asked(section);
        files.flat_map(|file| file.of(section)).collect()
    }

    /// The files up to the one that closes the section to those after it.
    fn asked(&self, section: &[&str]) -> impl Iterator<Item = &Relations> + use<'_> {
        let last = self.files.iter().position(|file| file.is_closed(section));
        let asked = last.map_or(self.files.len(), |last| last.saturating_add(1));
        self.files.iter().take(asked)
    }
}
