//! Names, passwords and encryption types as people write them, on the command line and in the file.

use core::fmt::{self, Display, Formatter};
use core::str::FromStr;
use portcullis::Enctype;
use serde::Deserialize;

/// A realm's name: safe in a `krb5.conf`.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct RealmName(String);

/// A principal's name, with or without its realm: safe to be typed.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Name(String);

/// A password that can be typed.
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Password(String);

/// A user and the password: `NAME:PASSWORD` on the command line.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserWords {
    pub(super) name: Name,
    pub(super) password: Password,
}

/// One encryption type or more, the favourite first.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Vec<String>")]
pub(crate) struct Enctypes(Vec<Enctype>);

/// What is wrong with such a word.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WordError {
    #[error("the name of a realm has letters, digits, `.`, `-` and `_`, and nothing else")]
    RealmName,
    #[error("a name has one character at least, and no space, control character, `\\` or quote")]
    Name,
    #[error("a password has one character at least, and no control character")]
    Password,
    #[error("there is no password: NAME:PASSWORD")]
    NoPassword,
    #[error(
        "there is more than NAME:PASSWORD; groups are not to be had, since the KDC makes no PACs \
         (a password with a `:` goes into the file)"
    )]
    Groups,
    #[error("enctypes: there has to be one")]
    NoEnctype,
    #[error("enctypes: {0:?} is none; there are {all}", all = Known)]
    Enctype(String),
}

/// Other names that MIT krb5 has for them.
const ALIASES: [(&str, &str); 9] = [
    ("aes256-cts", "aes256-cts-hmac-sha1-96"),
    ("aes128-cts", "aes128-cts-hmac-sha1-96"),
    ("aes256-sha1", "aes256-cts-hmac-sha1-96"),
    ("aes128-sha1", "aes128-cts-hmac-sha1-96"),
    ("aes256-sha2", "aes256-cts-hmac-sha384-192"),
    ("aes128-sha2", "aes128-cts-hmac-sha256-128"),
    ("rc4-hmac", "arcfour-hmac"),
    ("arcfour-hmac-md5", "arcfour-hmac"),
    ("des3-hmac-sha1", "des3-cbc-sha1"),
];

impl RealmName {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for RealmName {
    fn default() -> Self {
        Self("EXAMPLE.TEST".to_owned())
    }
}

impl TryFrom<String> for RealmName {
    type Error = WordError;

    fn try_from(text: String) -> Result<Self, WordError> {
        let fits = |octet: u8| octet.is_ascii_alphanumeric() || b".-_".contains(&octet);
        match !text.is_empty() && text.bytes().all(fits) {
            true => Ok(Self(text)),
            false => Err(WordError::RealmName),
        }
    }
}

impl Name {
    /// What curl asks for when it is at `http://localhost/`.
    pub(super) fn of_web_server() -> Self {
        Self("HTTP/localhost".to_owned())
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Name {
    type Error = WordError;

    fn try_from(text: String) -> Result<Self, WordError> {
        let unfit = |c: char| c.is_whitespace() || c.is_control() || "\\'\"".contains(c);
        match text.is_empty() || text.contains(unfit) {
            true => Err(WordError::Name),
            false => Ok(Self(text)),
        }
    }
}

impl UserWords {
    pub(super) fn alice(password: String) -> Self {
        Self {
            name: Name("alice".to_owned()),
            password: Password(password),
        }
    }
}

impl Password {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Password {
    type Error = WordError;

    fn try_from(text: String) -> Result<Self, WordError> {
        match text.is_empty() || text.contains(char::is_control) {
            true => Err(WordError::Password),
            false => Ok(Self(text)),
        }
    }
}

/// Does not print it.
impl fmt::Debug for Password {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}

impl Enctypes {
    pub(super) fn all(&self) -> Vec<Enctype> {
        self.0.clone()
    }
}

impl TryFrom<Vec<String>> for Enctypes {
    type Error = WordError;

    fn try_from(names: Vec<String>) -> Result<Self, WordError> {
        let mut enctypes = Vec::new();
        for name in &names {
            let enctype = enctype(name).ok_or_else(|| WordError::Enctype(name.clone()))?;
            if !enctypes.contains(&enctype) {
                enctypes.push(enctype);
            }
        }
        match enctypes.is_empty() {
            true => Err(WordError::NoEnctype),
            false => Ok(Self(enctypes)),
        }
    }
}

/// The encryption type of this name or number.
fn enctype(text: &str) -> Option<Enctype> {
    let text = text.trim();
    if let Ok(number) = text.parse::<i32>() {
        return Enctype::try_from(number).ok();
    }
    let alias = ALIASES.iter().find(|(alias, _)| *alias == text);
    let name = alias.map_or(text, |(_, name)| name);
    let mut all = Enctype::all().iter().copied();
    all.find(|enctype| enctype.name() == name)
}

/// All encryption types, for a sentence.
struct Known;

impl Display for Known {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, enctype) in Enctype::all().iter().enumerate() {
            let comma = if index > 0 { ", " } else { "" };
            write!(f, "{comma}{enctype} ({})", enctype.number())?;
        }
        Ok(())
    }
}

impl FromStr for RealmName {
    type Err = WordError;

    fn from_str(text: &str) -> Result<Self, WordError> {
        text.to_owned().try_into()
    }
}

impl FromStr for Name {
    type Err = WordError;

    fn from_str(text: &str) -> Result<Self, WordError> {
        text.to_owned().try_into()
    }
}

impl FromStr for Enctypes {
    type Err = WordError;

    fn from_str(text: &str) -> Result<Self, WordError> {
        let names: Vec<_> = text.split(',').map(str::to_owned).collect();
        names.try_into()
    }
}

impl FromStr for UserWords {
    type Err = WordError;

    fn from_str(text: &str) -> Result<Self, WordError> {
        let (name, password) = text.split_once(':').ok_or(WordError::NoPassword)?;
        if password.contains(':') {
            return Err(WordError::Groups);
        }
        Ok(Self {
            name: name.parse()?,
            password: password.to_owned().try_into()?,
        })
    }
}
