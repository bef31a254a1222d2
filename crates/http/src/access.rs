//! [`Access`]: which users may come in here, by what a session knows of them, too.
//!
//! A [`Policy`](portcullis::policy::Policy) is held against a ticket, once, at the login. What
//! differs from route to route is asked again with each request, and most of those have no ticket
//! but a session: so a rule asks for the client's name, its realm, its groups by name and how it
//! proved itself.

use crate::user::User;
use core::fmt;

/// Conditions, all of which a user must meet. Without any, every user may come in.
///
/// ```
/// use portcullis_http::Access;
///
/// let admins = Access::named("administration").realm("EXAMPLE.TEST").group("admins").indicator("otp");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "a rule does nothing until somebody is held against it"]
pub struct Access {
    name: String,
    realms: Vec<Vec<u8>>,
    users: Vec<String>,
    /// Of each of these lists one.
    groups: Vec<Vec<String>>,
    indicators: Vec<String>,
}

/// Which condition a user does not meet, and of which rule. `Display` is for the operator; the user
/// needs to know no more than that it may not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    user: User,
    rule: String,
    condition: Condition,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Condition {
    Realm,
    User,
    Group,
    Indicator,
}

impl Access {
    /// A rule, and what to call it in a log.
    pub fn named(name: impl Into<String>) -> Self {
        let name = name.into();
        Self {
            name,
            ..Self::default()
        }
    }

    /// The client is of this realm, or of another that is named so.
    pub fn realm(mut self, realm: impl AsRef<[u8]>) -> Self {
        self.realms.push(realm.as_ref().to_vec());
        self
    }

    /// The user has this [name](User::name), or another that is given so.
    pub fn user(mut self, name: impl Into<String>) -> Self {
        self.users.push(name.into());
        self
    }

    /// The user is in this group. Said again, it must be in each.
    pub fn group(self, name: impl Into<String>) -> Self {
        self.group_of_any([name])
    }

    /// The user is in one of these groups. Said again, it must meet each.
    pub fn group_of_any<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.groups
            .push(names.into_iter().map(Into::into).collect());
        self
    }

    /// The client proved itself to the KDC in this way, or in another that is named so.
    pub fn indicator(mut self, indicator: impl Into<String>) -> Self {
        self.indicators.push(indicator.into());
        self
    }

    /// Whether a user meets every condition.
    ///
    /// # Errors
    /// The first that it does not meet.
    pub fn permit(&self, user: &User) -> Result<(), Denial> {
        let realm = user.client().realm().0;
        let has = |group: &String| user.groups().contains(group);
        let proved = |indicator: &String| user.authentication_indicators().contains(indicator);
        let condition = if !one_of(&self.realms, |permitted| permitted == realm) {
            Condition::Realm
        } else if !one_of(&self.users, |permitted| permitted == user.name()) {
            Condition::User
        } else if !self.groups.iter().all(|groups| groups.iter().any(has)) {
            Condition::Group
        } else if !one_of(&self.indicators, proved) {
            Condition::Indicator
        } else {
            return Ok(());
        };
        Err(Denial {
            user: user.clone(),
            rule: self.name.clone(),
            condition,
        })
    }
}

/// Where nothing is asked for, everything will do.
fn one_of<T>(permitted: &[T], is: impl Fn(&T) -> bool) -> bool {
    permitted.is_empty() || permitted.iter().any(is)
}

impl Denial {
    /// Who.
    #[must_use]
    pub const fn user(&self) -> &User {
        &self.user
    }

    /// The rule's name.
    #[must_use]
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// One word for metrics and logs; stable across releases.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self.condition {
            Condition::Realm => "realm",
            Condition::User => "user",
            Condition::Group => "groups",
            Condition::Indicator => "indicator",
        }
    }
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { user, rule, .. } = self;
        write!(
            f,
            "{} may not come in by the rule {rule:?}: ",
            user.client()
        )?;
        match self.condition {
            Condition::Realm => f.write_str("it is of a realm that is not permitted"),
            Condition::User => write!(f, "{:?} is no user that is permitted", user.name()),
            Condition::Group => write!(f, "it lacks a group, and has {:?}", user.groups()),
            Condition::Indicator => {
                let found = user.authentication_indicators();
                write!(f, "it did not log in as asked for, but by {found:?}")
            }
        }
    }
}

impl core::error::Error for Denial {}
