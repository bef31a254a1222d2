//! [`AuthToLocal`]: `auth_to_local` and `auth_to_local_names`, as MIT krb5 applies them.

use super::rule::Rule;
use super::{ConfRuleError, NoLocalName, RuleError};
use portcullis_formats::krb5_conf::{Krb5Conf, Value};
use portcullis_formats::principal::Principal;
use std::collections::BTreeMap;

/// Longer names get no local name: MIT krb5 takes 64 characters, and the work that a pattern makes
/// grows with the square of this.
const LONGEST_NAME: usize = 512;

/// The rules of one realm, ours, by which clients of any realm get local names.
///
/// | value | client → local name |
/// | --- | --- |
/// | `DEFAULT` | of one component in our realm → that component |
/// | `RULE:[n:format](regex)s/regex/text/g` | of `n` components: `format` with `$0` for the realm and `$1`, `$2`, … for the components; all of that must match `(regex)`; then each `s/…/…/` is applied |
///
/// Each part of a `RULE:` may be left out. The first rule that fits decides; without any there is
/// `DEFAULT`. Regular expressions are POSIX extended, over octets, and the longest match counts.
/// Their time is bounded whatever the client is called.
///
/// Three things are stricter than in MIT krb5: a mistake is an error when the rules are read, not
/// when a client comes; a name of which nothing is left is no name; and what does not look at the
/// realm without saying so, a `RULE:` without `[n:format]` or a name of `auth_to_local_names`, is
/// for clients of our own realm only.
#[derive(Clone, Debug)]
pub struct AuthToLocal {
    realm: String,
    names: BTreeMap<Vec<u8>, String>,
    rules: Vec<Rule>,
}

impl AuthToLocal {
    /// The values of `auth_to_local`, in their order, for the realm that is ours.
    ///
    /// # Errors
    /// [`RuleError`], with the rule and the column.
    pub fn new(
        realm: impl Into<String>,
        rules: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<Self, RuleError> {
        let rules = rules.into_iter().map(|rule| Rule::parse(rule.as_ref()));
        Ok(Self::of_rules(
            realm.into(),
            rules.collect::<Result<_, _>>()?,
        ))
    }

    /// What a krb5.conf says in `[realms]` of `realm`, which is ours.
    ///
    /// # Errors
    /// [`ConfRuleError`], with file, line and column.
    pub fn of_conf(conf: &Krb5Conf, realm: &str) -> Result<Self, ConfRuleError> {
        let parse = |value: &Value| {
            Rule::parse(&value.text).map_err(|error| ConfRuleError {
                place: value.place.clone(),
                error,
            })
        };
        let rules = conf.auth_to_local(realm).into_iter().map(parse);
        let rules = Self::of_rules(realm.to_owned(), rules.collect::<Result<_, _>>()?);
        let names = conf.auth_to_local_names(realm).into_iter();
        Ok(names.fold(rules, |rules, (name, local)| rules.name(name, &local.text)))
    }

    fn of_rules(realm: String, mut rules: Vec<Rule>) -> Self {
        if rules.is_empty() {
            rules.push(Rule::Default);
        }
        Self {
            realm,
            names: BTreeMap::new(),
            rules,
        }
    }

    /// The client `name` of our realm, written without it, is the user `local`, whatever the rules
    /// say (`auth_to_local_names`).
    #[must_use]
    pub fn name(mut self, name: impl AsRef<[u8]>, local: impl Into<String>) -> Self {
        self.names.insert(name.as_ref().to_vec(), local.into());
        self
    }

    /// The user that `client` is.
    ///
    /// # Errors
    /// [`NoLocalName`].
    pub fn local_name(&self, client: &Principal) -> Result<String, NoLocalName> {
        let components = client.components().map(<[u8]>::len);
        let length = components.fold(client.realm().0.len(), usize::saturating_add);
        if length > LONGEST_NAME {
            return Err(NoLocalName::TooLong);
        }
        if let Some(local) = self.named(client) {
            return Ok(local.to_owned());
        }
        let mut rules = self.rules.iter();
        let local = rules.find_map(|rule| rule.apply(client, self.realm.as_bytes()));
        let local = String::from_utf8(local.ok_or(NoLocalName::NoRule)?);
        match local {
            Ok(local) if local.is_empty() => Err(NoLocalName::Empty),
            Ok(local) if local.len() > LONGEST_NAME => Err(NoLocalName::TooLong),
            Ok(local) if !local.contains(char::is_control) => Ok(local),
            _ => Err(NoLocalName::NotText),
        }
    }

    fn named(&self, client: &Principal) -> Option<&str> {
        let ours = client.realm().0 == self.realm.as_bytes();
        let local = self.names.get(&name_alone(client)).filter(|_| ours);
        local.map(String::as_str)
    }
}

/// The name without its realm, as MIT krb5 writes it: `@` in it is not escaped.
pub(super) fn name_alone(client: &Principal) -> Vec<u8> {
    let mut name = Vec::new();
    for (index, component) in client.components().enumerate() {
        if index > 0 {
            name.push(b'/');
        }
        for octet in component {
            match octet {
                b'/' | b'\\' => name.extend([b'\\', *octet]),
                b'\n' => name.extend(b"\\n"),
                b'\t' => name.extend(b"\\t"),
                8 => name.extend(b"\\b"),
                0 => name.extend(b"\\0"),
                _ => name.push(*octet),
            }
        }
    }
    name
}
