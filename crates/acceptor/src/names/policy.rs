//! [`LocalNamePolicy`]: whose realm may be forgotten.

use super::{AuthToLocal, NoLocalName};
use portcullis_formats::principal::Principal;
use std::collections::{BTreeMap, BTreeSet};

/// How clients become the users of a service.
///
/// Asked in this order: the map; the rules, which have the last word if there are any; the realms
/// that may be forgotten. A client that none of them speaks of keeps its realm. No two clients get
/// one name unless the map or a rule says so: what has a meaning in a name is escaped in it.
///
/// ```
/// use portcullis::names::LocalNamePolicy;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let policy = LocalNamePolicy::new()
///     .forget_realm("EXAMPLE.TEST")
///     .map("bob@OTHER.TEST".parse()?, "robert");
/// assert_eq!(policy.local_name(&"alice@EXAMPLE.TEST".parse()?)?, "alice");
/// assert_eq!(policy.local_name(&"alice@OTHER.TEST".parse()?)?, "alice@OTHER.TEST");
/// assert_eq!(policy.local_name(&"bob@OTHER.TEST".parse()?)?, "robert");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct LocalNamePolicy {
    map: BTreeMap<Principal, String>,
    rules: Option<AuthToLocal>,
    forgotten: BTreeSet<Vec<u8>>,
}

impl LocalNamePolicy {
    /// Every client keeps its realm.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The client `principal`, octet for octet and in its realm, is the user `local`.
    #[must_use]
    pub fn map(mut self, principal: Principal, local: impl Into<String>) -> Self {
        self.map.insert(principal, local.into());
        self
    }

    /// Rules as in krb5.conf. A client that they have no name for has none.
    #[must_use]
    pub fn auth_to_local(mut self, rules: AuthToLocal) -> Self {
        self.rules = Some(rules);
        self
    }

    /// Clients of this realm are known by their name alone. Give a second realm only if the two
    /// have no different users of one name. Anonymous clients keep their realm.
    #[must_use]
    pub fn forget_realm(mut self, realm: impl AsRef<[u8]>) -> Self {
        self.forgotten.insert(realm.as_ref().to_vec());
        self
    }

    /// The user that `client` is; never the empty name, which many a program takes for anybody.
    ///
    /// # Errors
    /// [`NoLocalName::Empty`] when nothing is left of it without its realm, or the map leaves
    /// nothing; any, where there are rules.
    pub fn local_name(&self, client: &Principal) -> Result<String, NoLocalName> {
        let local = match (self.map.get(client), &self.rules) {
            (Some(local), _) => local.clone(),
            (None, Some(rules)) => rules.local_name(client)?,
            (None, None) if self.forgets_realm_of(client) => without_realm(client),
            (None, None) => client.to_string(),
        };
        match local.is_empty() {
            true => Err(NoLocalName::Empty),
            false => Ok(local),
        }
    }

    fn forgets_realm_of(&self, client: &Principal) -> bool {
        !client.is_anonymous() && self.forgotten.contains(client.realm().0)
    }
}

/// The name with `@` and all else escaped as in a name with its realm, so that no name without
/// looks like one with.
fn without_realm(client: &Principal) -> String {
    let whole = client.to_string();
    let of_no_realm = Principal::new("", client.components()).map(|name| name.to_string());
    let name = of_no_realm
        .ok()
        .and_then(|name| name.strip_suffix('@').map(str::to_owned));
    name.unwrap_or(whole) // a client has components, so there is a name
}
