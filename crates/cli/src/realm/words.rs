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

/// The name of a group. Blanks may be in it, as in `Domain Admins`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Group(String);

/// A user, the password and the groups: `NAME:PASSWORD[:GROUP,GROUP]` on the command line.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserWords {
    pub(super) name: Name,
    pub(super) password: Password,
    #[serde(default)]
    pub(super) groups: Vec<Group>,
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
    #[error("there is no password: NAME:PASSWORD[:GROUP,GROUP]")]
    NoPassword,
    #[error(
        "there is more than NAME:PASSWORD[:GROUP,GROUP] (a password or a group with a `:` goes into \
         the file)"
    )]
    Colon,
    #[error(
        "groups: a group has one character at least, no control character, and no blank around it"
    )]
    Group,
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
            groups: Vec::new(),
        }
    }
}

impl Group {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Group {
    type Error = WordError;

    fn try_from(text: String) -> Result<Self, WordError> {
        let unfit = text.is_empty() || text.trim() != text || text.contains(char::is_control);
        match unfit {
            true => Err(WordError::Group),
            false => Ok(Self(text)),
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
        let (name, rest) = text.split_once(':').ok_or(WordError::NoPassword)?;
        let (password, groups) = match rest.split_once(':') {
            Some((_, groups)) if groups.contains(':') => return Err(WordError::Colon),
            Some((password, groups)) => (password, Some(groups)),
            None => (rest, None),
        };
        let groups = groups.into_iter().flat_map(|groups| groups.split(','));
        Ok(Self {
            name: name.parse()?,
            password: password.to_owned().try_into()?,
            groups: groups
                .map(|group| group.to_owned().try_into())
                .collect::<Result<_, _>>()?,
        })
    }
}
