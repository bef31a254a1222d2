//! [`RedisSettings`]: where the server is, and how we introduce ourselves.

use core::fmt;
use core::time::Duration;
use zeroize::Zeroizing;

/// Where a server is, and how we introduce ourselves.
#[derive(Clone)]
#[must_use]
pub struct RedisSettings {
    pub(super) address: String,
    pub(super) username: Option<String>,
    pub(super) password: Option<Zeroizing<String>>,
    pub(super) database: Option<u32>,
    pub(super) prefix: String,
    pub(super) timeout: Duration,
    pub(super) clock_skew: Duration,
}

impl RedisSettings {
    /// The server at `address`: a host and a port, or the path of a socket, which begins with `/`.
    pub fn new(address: impl Into<String>) -> Self {
        Self {
            address: address.into(),
            username: None,
            password: None,
            database: None,
            prefix: "portcullis:replay:".to_owned(),
            timeout: Duration::from_secs(1),
            clock_skew: Duration::from_secs(300),
        }
    }

    /// The user of the server's access control list; it may use `SET`, `PING` and `INFO`. Default:
    /// the server's default user.
    pub fn username(mut self, username: impl Into<String>) -> Self {
        self.username = Some(username.into());
        self
    }

    /// The user's password. Default: none.
    pub fn password(mut self, password: impl Into<String>) -> Self {
        self.password = Some(Zeroizing::new(password.into()));
        self
    }

    /// The number of the database. Default: 0.
    pub const fn database(mut self, number: u32) -> Self {
        self.database = Some(number);
        self
    }

    /// What the names of records begin with. Default: `portcullis:replay:`. Acceptors with the same
    /// service key must have the same.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// How long an answer may take, with connecting, before the client is refused. Default: a
    /// second.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The clock skew of the acceptors, by which the store tells when an authenticator was made.
    /// Default: 5 minutes, as theirs.
    pub const fn clock_skew(mut self, allowed: Duration) -> Self {
        self.clock_skew = allowed;
        self
    }
}

/// Does not print the password.
impl fmt::Debug for RedisSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisSettings")
            .field("address", &self.address)
            .field("username", &self.username)
            .field("database", &self.database)
            .field("prefix", &self.prefix)
            .field("timeout", &self.timeout)
            .field("clock_skew", &self.clock_skew)
            .finish_non_exhaustive()
    }
}
