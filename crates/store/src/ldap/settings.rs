//! [`LdapSettings`]: which directory, and whom we are there.

use super::dn::GroupNames;
use super::filter::{PRINCIPAL, USER};
use core::fmt;
use core::time::Duration;
use rustls::ClientConfig;
use std::sync::Arc;
use zeroize::Zeroizing;

/// Which directory has the groups, whom we are there, and what its groups are called.
#[derive(Clone)]
#[must_use]
pub struct LdapSettings {
    pub(super) url: String,
    pub(super) base: String,
    pub(super) filter: String,
    pub(super) attribute: String,
    pub(super) account: Option<(String, Zeroizing<String>)>,
    pub(super) start_tls: bool,
    pub(super) tls: Option<Arc<ClientConfig>>,
    in_clear: bool,
    pub(super) names: GroupNames,
    pub(super) timeout: Duration,
    pub(super) age: Duration,
    pub(super) most: usize,
}

/// Why settings make no sense.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LdapSettingsError {
    /// Whoever is between would read along, or answer.
    #[error("{0} is in clear: use ldaps:// or STARTTLS")]
    InClear(String),
    /// The filter finds the same for everybody.
    #[error("the filter {0} has neither {{user}} nor {{principal}}")]
    Filter(String),
    /// A bind with a name and without a password succeeds for everybody (RFC 4513 §5.1.2).
    #[error("the account {0} has no password")]
    NoPassword(String),
    /// No group has a name, so nobody would be in any.
    #[error("no group has a name")]
    NoNames,
}

impl LdapSettings {
    /// The directory at `url`, as `ldaps://ldap.example.test`, whose users are below `base`.
    pub fn new(url: impl Into<String>, base: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            base: base.into(),
            filter: "(uid={user})".to_owned(),
            attribute: "memberOf".to_owned(),
            account: None,
            start_tls: false,
            tls: None,
            in_clear: false,
            names: GroupNames::default(),
            timeout: Duration::from_secs(3),
            age: Duration::from_secs(60),
            most: 10_000,
        }
    }

    /// Our account, by its distinguished name, and its password. Default: anonymous.
    pub fn bind(mut self, account: impl Into<String>, password: impl Into<String>) -> Self {
        self.account = Some((account.into(), Zeroizing::new(password.into())));
        self
    }

    /// What finds a user's entry: `{user}` stands for the name by which the service knows the user,
    /// `{principal}` for the Kerberos name with its realm. Default: `(uid={user})`. For Active
    /// Directory: `(userPrincipalName={principal})`.
    ///
    /// The directory compares by its own rules, most often without regard to case and to blanks at
    /// the ends; where a KDC tells such names apart, choose an attribute that does, too.
    pub fn filter(mut self, filter: impl Into<String>) -> Self {
        self.filter = filter.into();
        self
    }

    /// The attribute that has the names of the groups. Default: `memberOf`.
    pub fn attribute(mut self, name: impl Into<String>) -> Self {
        self.attribute = name.into();
        self
    }

    /// The group with this distinguished name is called so.
    pub fn named(mut self, name: impl Into<String>, dn: &str) -> Self {
        self.names.name(dn, name.into());
        self
    }

    /// The groups directly below this entry are called by the first part of their names:
    /// `cn=staff,ou=groups,…` is `staff`.
    pub fn under(mut self, dn: &str) -> Self {
        self.names.add_base(dn);
        self
    }

    /// Begins TLS within an `ldap://` connection, and goes on with nothing else.
    pub const fn start_tls(mut self) -> Self {
        self.start_tls = true;
        self
    }

    /// Whom TLS trusts. Default: the authorities that the system trusts.
    pub fn tls(mut self, configuration: Arc<ClientConfig>) -> Self {
        self.tls = Some(configuration);
        self
    }

    /// Takes an `ldap://` connection without TLS: whoever is between us and the directory says who
    /// is in which group. For a directory behind a socket of this host or a tunnel.
    pub const fn danger_in_clear(mut self) -> Self {
        self.in_clear = true;
        self
    }

    /// How long an answer may take, with connecting, before the client is refused. Default: 3
    /// seconds.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long, and of how many users, is remembered what was found. Default: a minute, and
    /// 10,000.
    pub const fn remembers(mut self, age: Duration, most: usize) -> Self {
        (self.age, self.most) = (age, most);
        self
    }

    pub(super) fn verified(&self) -> Result<(), LdapSettingsError> {
        let scheme = self.url.split_once("://").map(|(scheme, _)| scheme);
        let confidential = matches!(scheme, Some("ldaps" | "ldapi")) || self.start_tls;
        if !confidential && !self.in_clear {
            return Err(LdapSettingsError::InClear(self.url.clone()));
        }
        if ![USER, PRINCIPAL].iter().any(|it| self.filter.contains(it)) {
            return Err(LdapSettingsError::Filter(self.filter.clone()));
        }
        match &self.account {
            Some((account, password)) if password.is_empty() => {
                Err(LdapSettingsError::NoPassword(account.clone()))
            }
            _ if self.names.is_empty() => Err(LdapSettingsError::NoNames),
            _ => Ok(()),
        }
    }
}

/// Does not print the password.
impl fmt::Debug for LdapSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LdapSettings")
            .field("url", &self.url)
            .field("base", &self.base)
            .field("filter", &self.filter)
            .field("account", &self.account.as_ref().map(|(name, _)| name))
            .field("names", &self.names)
            .finish_non_exhaustive()
    }
}
