//! The scheme Basic (RFC 7617): a name and a password, and the challenge that asks for them.

use crate::header::credentials_of;
use crate::passwords::{Attempt, SharedPasswords};
use crate::side::Side;
use crate::user::User;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{HeaderMap, HeaderValue};
use zeroize::Zeroizing;

/// Who is asked about passwords, and what clients are asked for.
#[derive(Clone)]
pub(crate) struct PasswordDoor {
    pub(crate) passwords: SharedPasswords,
    pub(crate) challenge: HeaderValue,
}

impl PasswordDoor {
    /// What cannot stand in a quoted string (RFC 9110 §5.6.4) is left away of `realm`.
    pub(crate) fn new(realm: &str, passwords: SharedPasswords) -> Self {
        let stays = |symbol: &char| matches!(symbol, ' '..='~') && !"\"\\".contains(*symbol);
        let realm: String = realm.chars().filter(stays).collect();
        let text = format!("Basic realm=\"{realm}\", charset=\"UTF-8\"");
        let bare = HeaderValue::from_static("Basic realm=\"\", charset=\"UTF-8\"");
        Self {
            passwords,
            challenge: HeaderValue::try_from(text).unwrap_or(bare),
        }
    }
}

/// A name and a password.
pub(crate) struct NameAndPassword {
    name: String,
    password: Zeroizing<String>,
}

/// Those of a request. `Some(None)`: there are credentials of the scheme, and not exactly one name
/// and password.
pub(crate) fn find(
    side: Side,
    headers: &HeaderMap,
    limit: usize,
) -> Option<Option<NameAndPassword>> {
    let fields = headers.get_all(side.credentials());
    let mut all = fields.iter();
    let (field, credentials) = all.find_map(|field| credentials_of(field, "Basic"))?;
    let one = fields.iter().nth(1).is_none() && field.len() <= limit;
    Some(one.then(|| parse(credentials)).flatten())
}

/// RFC 7617 §2: all after the first colon is the password; neither has control characters.
fn parse(credentials: &[u8]) -> Option<NameAndPassword> {
    let octets = Zeroizing::new(STANDARD.decode(credentials).ok()?);
    let text = core::str::from_utf8(&octets).ok()?;
    let (name, password) = text.split_once(':')?;
    let printable = !name.is_empty() && !text.contains(char::is_control);
    printable.then(|| NameAndPassword {
        name: name.to_owned(),
        password: Zeroizing::new(password.to_owned()),
    })
}

impl NameAndPassword {
    /// Whether this is the user's name, as the service or the realm says it.
    pub(crate) fn names(&self, user: &User) -> bool {
        let client = user.client().to_string();
        let without_realm = client.rsplit_once('@').map(|(name, _)| name);
        self.name == user.name() || self.name == client || Some(self.name.as_str()) == without_realm
    }

    pub(crate) fn into_attempt(
        self,
        host: Option<String>,
        extensions: http::Extensions,
        now: std::time::SystemTime,
    ) -> Attempt {
        Attempt {
            user: self.name,
            password: self.password,
            host,
            extensions,
            now,
        }
    }
}
