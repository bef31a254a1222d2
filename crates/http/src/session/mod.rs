//! [`Sessions`]: one login by Negotiate, then a cookie and no Kerberos.
//!
//! ```no_run
//! use portcullis_http::NegotiateLayer;
//! use portcullis_http::session::{SessionKeys, Sessions};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let acceptor = portcullis::Acceptor::new(portcullis::Keytab::parse(vec![])?)?;
//! let keys = SessionKeys::parse(&std::fs::read_to_string("session.keys")?)?;
//! let sessions = Sessions::new("HTTP/www.example.test", keys).logout_path("/logout");
//! let layer = NegotiateLayer::new(acceptor).sessions(sessions);
//! # Ok(())
//! # }
//! ```
//!
//! The cookie is the session: the user's name, the client, its groups and until when, sealed with
//! XChaCha20-Poly1305 under a key that all nodes of the service have. There is no state here, so a
//! node that was not there at the login knows the user, and a restart ends nothing. For the same
//! reason nobody can end a session before its time but by taking the cookie away
//! ([`Sessions::logout_path`]) or the key ([`Sessions::replace_keys`]): a copy of the cookie stays
//! good until then.
//!
//! A session ends with the ticket at the latest. It holds for the service and the host that it began
//! with, and for no other with the same keys. Groups and name are those of the login.

mod body;
mod keys;

pub use crate::user::SessionId;
pub use keys::{SessionKeys, SessionKeysError};

use crate::cookie::{Jar, LAX, LONGEST};
use crate::user::{Facts, Login, User};
use core::fmt;
use core::time::Duration;
use http::{HeaderMap, HeaderValue};
use portcullis::entropy::{Entropy as _, SystemEntropy};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

/// Octets under the seal beside the user: what it is, and for whom.
const PURPOSE: &[u8] = b"portcullis session 2\0";

/// With which requests from other sites a browser sends the cookie (RFC 6265bis §5.6.7).
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SameSite {
    /// With none.
    Strict,
    /// With those that follow a link.
    #[default]
    Lax,
    /// With all. Forms of other sites then act as the user, unless the application prevents it.
    None,
}

/// How sessions are made and how long they last. Cheap to clone; clones share their keys.
#[derive(Clone)]
#[must_use]
pub struct Sessions {
    keys: Arc<RwLock<Arc<SessionKeys>>>,
    acceptor: String,
    cookie: String,
    lifetime: Duration,
    same_site: SameSite,
    logout: Option<String>,
}

impl Sessions {
    /// Sessions of the service that is called `acceptor`: nodes that are to know each other's
    /// sessions say the same, other services something else.
    pub fn new(acceptor: impl Into<String>, keys: SessionKeys) -> Self {
        Self {
            keys: Arc::new(RwLock::new(Arc::new(keys))),
            acceptor: acceptor.into(),
            cookie: "portcullis-session".to_owned(),
            lifetime: Duration::from_secs(8 * 60 * 60),
            same_site: SameSite::default(),
            logout: None,
        }
    }

    /// What the cookie is called, behind the prefix `__Host-`. Default: `portcullis-session`. Letters,
    /// digits, `-` and `_` stay of it, and where nothing does the default.
    pub fn cookie(mut self, name: &str) -> Self {
        let stays = |symbol: &char| symbol.is_ascii_alphanumeric() || "-_".contains(*symbol);
        let name: String = name.chars().filter(stays).collect();
        if !name.is_empty() {
            self.cookie = name;
        }
        self
    }

    /// How long a session lasts, if the ticket does. Default: 8 hours.
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// With which requests from other sites the cookie comes. Default: [`SameSite::Lax`].
    pub fn same_site(mut self, same_site: SameSite) -> Self {
        self.same_site = same_site;
        self
    }

    /// Requests for this path take the cookie away and reach nobody else. The next request is
    /// challenged, and a browser with a ticket logs in again without a word.
    pub fn logout_path(mut self, path: impl Into<String>) -> Self {
        self.logout = Some(path.into());
        self
    }

    /// From now on these keys count, for clones and layers, too. Sessions under a key that is no
    /// longer among them are over.
    pub fn replace_keys(&self, keys: SessionKeys) {
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
    }

    /// What takes the cookie away, if that is what a request for `path` is for.
    pub(crate) fn farewell(&self, secure: bool, path: &str) -> Option<HeaderValue> {
        let asked = self.logout.as_deref() == Some(path);
        asked.then(|| self.jar(secure).unset()).flatten()
    }

    /// The cookie of a session that begins with this login, which gets its id. `None` if the ticket
    /// has ended, the cookie is longer than browsers keep, or there is no randomness.
    pub(crate) fn begin(
        &self,
        secure: bool,
        login: &mut Facts,
        host: Option<&str>,
        now: SystemTime,
    ) -> Option<HeaderValue> {
        let mut id = [0; 16];
        SystemEntropy::default().fill(&mut id).ok()?;
        let session = Facts {
            expires: now.checked_add(self.lifetime)?.min(login.expires),
            session: Some(SessionId(id)),
            ..login.clone()
        };
        let age = session.expires.duration_since(now).ok()?;
        let body = body::encode(&session)?;
        let text = self.current().seal(&body, &self.bound_to(host))?;
        let cookie = self.jar(secure).set(&text, age)?;
        login.session = session.session;
        Some(cookie)
    }

    /// Whose session the cookie of this request is. Whatever is wrong with it, it is no session.
    pub(crate) fn find(
        &self,
        secure: bool,
        headers: &HeaderMap,
        host: Option<&str>,
        now: SystemTime,
    ) -> Option<User> {
        let jar = self.jar(secure);
        let text = jar.find(headers).filter(|text| text.len() <= LONGEST)?;
        let body = self.current().open(text, &self.bound_to(host))?;
        let facts = body::decode(&body, Login::Session)?;
        (now < facts.expires).then(|| User::new(facts))
    }

    fn jar(&self, secure: bool) -> Jar<'_> {
        let same_site = match self.same_site {
            SameSite::Strict => "Strict",
            SameSite::Lax => LAX,
            SameSite::None => "None",
        };
        Jar::new(&self.cookie, secure, same_site)
    }

    fn current(&self) -> Arc<SessionKeys> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn bound_to(&self, host: Option<&str>) -> Vec<u8> {
        let host = host.unwrap_or_default();
        [PURPOSE, self.acceptor.as_bytes(), b"\0", host.as_bytes()].concat()
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions")
            .field("acceptor", &self.acceptor)
            .field("cookie", &self.cookie)
            .field("lifetime", &self.lifetime)
            .field("same_site", &self.same_site)
            .field("logout", &self.logout)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
