//! [`User`]: who the service behind the layer deals with, however it was learnt.

use core::fmt;
use portcullis::Principal;
use std::sync::Arc;
use std::time::SystemTime;

/// A user of the service: an extension of each request that comes from a client that is known, by
/// its token or by what was remembered of one; with the feature `axum` an argument of handlers.
///
/// All in it is the KDC's word or this service's own decision. It has no keys. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User(Arc<Facts>);

/// What is known of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) name: String,
    pub(crate) full_name: Option<String>,
    pub(crate) client: Principal,
    pub(crate) groups: Vec<String>,
    pub(crate) indicators: Vec<String>,
    pub(crate) expires: SystemTime,
    pub(crate) login: Login,
    pub(crate) session: Option<SessionId>,
}

/// How a request says who its user is.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Login {
    /// By a token of its own.
    Negotiate,
    /// By a name and a password.
    Password,
    /// By the cookie of a session that began with a token.
    Session,
    /// By coming through a connection that a token came through.
    Connection,
}

/// What tells one session from others. It opens nothing: the cookie does.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionId(pub(crate) [u8; 16]);

impl User {
    pub(crate) fn new(facts: Facts) -> Self {
        Self(Arc::new(facts))
    }

    /// The same user, known in another way.
    pub(crate) fn by(&self, login: Login) -> Self {
        let facts = (*self.0).clone();
        Self::new(Facts { login, ..facts })
    }

    /// What the service calls the user: what the layer was told
    /// ([`NegotiateLayer::local_names`](crate::NegotiateLayer::local_names)), else the client's
    /// whole name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// What the directory calls the user, to greet it by: the PAC's FullName ([MS-PAC] §2.5), where
    /// the ticket has a verified PAC with one. It names nobody: others may be called the same.
    #[must_use]
    pub fn full_name(&self) -> Option<&str> {
        self.0.full_name.as_deref()
    }

    /// The client's whole name, with its realm.
    #[must_use]
    pub fn client(&self) -> &Principal {
        &self.0.client
    }

    /// The groups that the user was in at the login, of those that the layer asks for
    /// ([`NegotiateLayer::groups`](crate::NegotiateLayer::groups)).
    #[must_use]
    pub fn groups(&self) -> &[String] {
        &self.0.groups
    }

    /// How the client proved itself to the KDC (RFC 8129).
    #[must_use]
    pub fn authentication_indicators(&self) -> &[String] {
        &self.0.indicators
    }

    /// Until when the user is known: the end of the ticket, or of the session.
    #[must_use]
    pub fn expires_at(&self) -> SystemTime {
        self.0.expires
    }

    /// How this request says who its user is.
    #[must_use]
    pub fn login(&self) -> Login {
        self.0.login
    }

    /// The session that the request belongs to, or begins; only where the layer has sessions.
    #[must_use]
    pub fn session(&self) -> Option<SessionId> {
        self.0.session
    }
}

impl Login {
    /// `negotiate`, `password`, `session` or `connection`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Negotiate => "negotiate",
            Self::Password => "password",
            Self::Session => "session",
            Self::Connection => "connection",
        }
    }
}

/// Hexadecimal.
impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionId({self})")
    }
}
