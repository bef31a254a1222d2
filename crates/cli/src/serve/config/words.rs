//! Addresses, fields, paths and times as people write them in the file.

use axum::http::HeaderName;
use axum::http::uri::Authority;
use core::net::{Ipv4Addr, SocketAddr};
use core::time::Duration;
use portcullis::pac::Sid;
use portcullis::{Principal, ServicePattern};
use serde::Deserialize;
use std::path::PathBuf;

/// Where connections come in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(in crate::serve) enum Listen {
    Tcp(SocketAddr),
    /// A socket of this path.
    Unix(PathBuf),
}

/// Where the application is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(in crate::serve) enum Upstream {
    /// A host and a port.
    Tcp(Authority),
    /// A socket of this path.
    Unix(PathBuf),
}

/// The name of a field, in lower case; or none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(in crate::serve) struct FieldName(Option<HeaderName>);

/// A path and all below it, without a `/` at its end: empty is everything.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(in crate::serve) struct RoutePath(String);

/// A time of one second at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u32")]
pub(in crate::serve) struct Seconds(pub(in crate::serve) u32);

/// The services that tokens may be for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(in crate::serve) struct Service(pub(in crate::serve) ServicePattern);

/// A client, with its realm.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub(in crate::serve) struct ClientName(pub(in crate::serve) Principal);

/// A group of Active Directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub(in crate::serve) struct GroupSid(pub(in crate::serve) Sid);

/// A domain of Active Directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(in crate::serve) struct DomainSid(pub(in crate::serve) Sid);

/// The domains whose SIDs a realm may give; `None` for those of all.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Vec<String>")]
pub(in crate::serve) struct SidWords(Option<Vec<DomainSid>>);

/// What is wrong with such a word.
#[derive(Debug, thiserror::Error)]
pub(in crate::serve) enum WordError {
    #[error("{0:?} is no address: ADDRESS:PORT, or unix: and a path from the root")]
    Listen(String),
    #[error("{0:?} is no application: http://HOST:PORT, or unix: and a path from the root")]
    Upstream(String),
    #[error("{0:?} is no name of a header field")]
    Field(String),
    #[error("{0} belongs to the connection or to HTTP itself and cannot name anybody")]
    FieldTaken(HeaderName),
    #[error("{0:?} is no path: it begins with / and has no %, ?, #, blank or // in it")]
    Path(String),
    #[error("a time has one second at least")]
    Seconds,
    #[error("{0:?} is no service: {1}")]
    Service(String, portcullis::ServicePatternError),
    #[error("{0:?} is no client with its realm, such as alice@EXAMPLE.TEST: {1}")]
    Client(String, portcullis::formats::principal::PrincipalError),
    #[error("{0:?} is no SID such as S-1-5-21-1-2-3-512")]
    Sid(String),
    #[error("{0:?} is no SID of a domain such as S-1-5-21-1-2-3")]
    DomainSid(String),
    #[error("\"any\" is all domains, and has none beside it")]
    AnySid,
}

/// Fields that mean something to whoever carries the request.
const TAKEN: [&str; 12] = [
    "authorization",
    "connection",
    "content-length",
    "cookie",
    "host",
    "keep-alive",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "www-authenticate",
];

impl Default for Listen {
    fn default() -> Self {
        Self::Tcp(SocketAddr::from((Ipv4Addr::LOCALHOST, 4180)))
    }
}

impl TryFrom<String> for Listen {
    type Error = WordError;

    fn try_from(text: String) -> Result<Self, WordError> {
        let path = text
            .strip_prefix("unix:")
            .filter(|path| path.starts_with('/'));
        let address = || text.parse().ok().map(Self::Tcp);
        path.map(|path| Self::Unix(path.into()))
            .or_else(address)
            .ok_or(WordError::Listen(text))
    }
}

impl core::fmt::Display for Listen {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

impl Upstream {
    /// What its address is called in a request.
    pub(in crate::serve) fn authority(&self) -> Authority {
        match self {
            Self::Tcp(authority) => authority.clone(),
            Self::Unix(_) => Authority::from_static("localhost"),
        }
    }
}

impl TryFrom<String> for Upstream {
    type Error = WordError;

    fn try_from(text: String) -> Result<Self, WordError> {
        if let Some(path) = text
            .strip_prefix("unix:")
            .filter(|path| path.starts_with('/'))
        {
            return Ok(Self::Unix(path.into()));
        }
        let authority = text
            .strip_prefix("http://")
            .map(|rest| rest.trim_end_matches('/'));
        let authority = authority.filter(|authority| !authority.contains('@'));
        let with_port = |text: &str| {
            let authority: Authority = text.parse().ok()?;
            match authority.port() {
                Some(_) => Some(authority),
                None => format!("{authority}:80").parse().ok(),
            }
        };
        let authority = authority.and_then(with_port);
        authority.map(Self::Tcp).ok_or(WordError::Upstream(text))
    }
}

impl FieldName {
    pub(in crate::serve) const fn from_static(name: &'static str) -> Self {
        Self(Some(HeaderName::from_static(name)))
    }

    pub(in crate::serve) const fn name(&self) -> Option<&HeaderName> {
        self.0.as_ref()
    }
}

impl TryFrom<String> for FieldName {
    type Error = WordError;

    fn try_from(text: String) -> Result<Self, WordError> {
        if text.is_empty() {
            return Ok(Self(None));
        }
        let name: HeaderName = text.parse().map_err(|_| WordError::Field(text))?;
        match TAKEN.contains(&name.as_str()) {
            true => Err(WordError::FieldTaken(name)),
            false => Ok(Self(Some(name))),
        }
    }
}

impl RoutePath {
    pub(super) fn from_static(path: &'static str) -> Self {
        Self(path.to_owned())
    }

    pub(in crate::serve) fn as_str(&self) -> &str {
        &self.0
    }

    /// What of `path` is below this one: empty, or with a `/` at its beginning.
    pub(in crate::serve) fn below<'p>(&self, path: &'p str) -> Option<&'p str> {
        path.strip_prefix(&self.0)
            .filter(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

impl TryFrom<String> for RoutePath {
    type Error = WordError;

    fn try_from(text: String) -> Result<Self, WordError> {
        let plain = |letter: char| !letter.is_control() && !"%?# \\;".contains(letter);
        let steps = || text.split('/').any(|step| step == "." || step == "..");
        let fits = text.starts_with('/') && text.chars().all(plain);
        match fits && !text.contains("//") && !steps() {
            true => Ok(Self(text.trim_end_matches('/').to_owned())),
            false => Err(WordError::Path(text)),
        }
    }
}

impl Seconds {
    pub(in crate::serve) fn duration(self) -> Duration {
        Duration::from_secs(self.0.into())
    }
}

impl TryFrom<u32> for Seconds {
    type Error = WordError;

    fn try_from(seconds: u32) -> Result<Self, WordError> {
        match seconds {
            0 => Err(WordError::Seconds),
            _ => Ok(Self(seconds)),
        }
    }
}

impl Default for Service {
    fn default() -> Self {
        Self(ServicePattern::AnyHost {
            service: "HTTP".to_owned(),
        })
    }
}

impl TryFrom<String> for Service {
    type Error = WordError;

    fn try_from(text: String) -> Result<Self, WordError> {
        let parsed = text.parse().map(Self);
        parsed.map_err(|error| WordError::Service(text, error))
    }
}

impl TryFrom<String> for ClientName {
    type Error = WordError;

    fn try_from(text: String) -> Result<Self, WordError> {
        let parsed = text.parse().map(Self);
        parsed.map_err(|error| WordError::Client(text, error))
    }
}

impl TryFrom<String> for GroupSid {
    type Error = WordError;

    fn try_from(text: String) -> Result<Self, WordError> {
        text.parse().map(Self).map_err(|_| WordError::Sid(text))
    }
}

impl TryFrom<String> for DomainSid {
    type Error = WordError;

    fn try_from(text: String) -> Result<Self, WordError> {
        let sid = text.parse().ok();
        let of_domain = |sid: &Sid| {
            sid.authority() == 5
                && matches!(sid.sub_authorities(), [21, rest @ ..] if rest.len() == 3)
        };
        sid.filter(of_domain)
            .map(Self)
            .ok_or(WordError::DomainSid(text))
    }
}

impl TryFrom<Vec<String>> for SidWords {
    type Error = WordError;

    fn try_from(words: Vec<String>) -> Result<Self, WordError> {
        match &words[..] {
            [any] if any == "any" => Ok(Self(None)),
            words if words.iter().any(|word| word == "any") => Err(WordError::AnySid),
            _ => {
                let domains = words.into_iter().map(DomainSid::try_from);
                Ok(Self(Some(domains.collect::<Result<_, _>>()?)))
            }
        }
    }
}

impl SidWords {
    /// The domains; `None` for all.
    pub(in crate::serve) fn domains(&self) -> Option<impl Iterator<Item = Sid>> {
        let domains = self.0.as_ref()?;
        Some(domains.iter().map(|domain| domain.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_realm_speaks_of_domains_or_of_any() {
        let words = |words: &[&str]| {
            SidWords::try_from(
                words
                    .iter()
                    .map(|&word| word.to_owned())
                    .collect::<Vec<_>>(),
            )
        };
        let domains = |list: &[&str]| {
            let words = words(list).unwrap();
            let domains = words.domains()?.map(|sid| sid.to_string());
            Some(domains.collect::<Vec<_>>())
        };
        assert_eq!(domains(&["any"]), None);
        assert_eq!(domains(&[]), Some(vec![]));
        let two = ["S-1-5-21-1-2-3", "S-1-5-21-4-5-6"];
        assert_eq!(domains(&two), Some(two.map(str::to_owned).to_vec()));
        assert!(matches!(words(&["any", two[0]]), Err(WordError::AnySid)));
        for none in [
            "S-1-5-21-1-2-3-512",
            "S-1-5-32",
            "S-1-18-1-2-3",
            "S-1-5-21-1-2",
            "Any",
            "",
        ] {
            assert!(
                matches!(words(&[none]), Err(WordError::DomainSid(_))),
                "{none}"
            );
        }
    }

    fn path(text: &str) -> Option<RoutePath> {
        RoutePath::try_from(text.to_owned()).ok()
    }

    #[test]
    fn an_address_is_of_an_interface_or_a_file() {
        let listen = |text: &str| Listen::try_from(text.to_owned()).ok();
        assert_eq!(
            listen("[::1]:80"),
            Some(Listen::Tcp("[::1]:80".parse().unwrap()))
        );
        assert_eq!(listen("unix:/run/x"), Some(Listen::Unix("/run/x".into())));
        for none in ["", "80", "localhost:80", "unix:x", "1.2.3.4"] {
            assert_eq!(listen(none), None, "{none}");
        }
    }

    #[test]
    fn an_application_has_a_port() {
        let upstream = |text: &str| Upstream::try_from(text.to_owned()).ok();
        let authority = |text: &str| upstream(text).unwrap().authority().to_string();
        assert_eq!(authority("http://app:8000/"), "app:8000");
        assert_eq!(authority("http://app"), "app:80");
        assert_eq!(authority("http://[::1]:8000"), "[::1]:8000");
        assert_eq!(authority("unix:/run/app"), "localhost");
        for none in [
            "",
            "app:80",
            "https://app",
            "http://app/below",
            "http://u:p@app",
            "unix:a",
        ] {
            assert_eq!(upstream(none), None, "{none}");
        }
    }

    #[test]
    fn a_path_is_plain_and_ends_without_a_slash() {
        assert_eq!(path("/admin/").unwrap().as_str(), "/admin");
        assert_eq!(path("/").unwrap().as_str(), "");
        for none in [
            "", "a", "/a//b", "/a/../b", "/a%20", "/a?b", "/a b", "/a;b", "/.",
        ] {
            assert_eq!(path(none), None, "{none}");
        }
    }

    #[test]
    fn below_a_path_is_what_continues_it_with_a_slash() {
        let auth = path("/auth").unwrap();
        assert_eq!(auth.below("/auth"), Some(""));
        assert_eq!(auth.below("/auth/x"), Some("/x"));
        assert_eq!(auth.below("/author"), None);
        assert_eq!(path("/").unwrap().below("/x"), Some("/x"));
    }

    #[test]
    fn a_field_that_http_needs_names_nobody() {
        let field = |text: &str| FieldName::try_from(text.to_owned());
        assert_eq!(field("X-User").unwrap().name().unwrap(), "x-user");
        assert!(field("").unwrap().name().is_none());
        assert!(matches!(field("Cookie"), Err(WordError::FieldTaken(_))));
        assert!(matches!(field("a b"), Err(WordError::Field(_))));
    }
}
