//! [`ServicePattern`]: which of the keytab's services a client may have come for.

use core::fmt;
use core::str::FromStr;
use portcullis_formats::principal::Principal;
use portcullis_formats::principal::PrincipalError;

/// The services that an acceptor answers for.
///
/// Compared with the principal of the *key that opened the ticket*, never with the name that the
/// ticket shows in clear: anybody can rewrite that one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ServicePattern {
    /// Whatever the keytab holds.
    #[default]
    Any,
    /// This principal, octet for octet.
    Exactly(Principal),
    /// `service/host` of any realm.
    AnyRealm {
        /// The first component, such as `HTTP`.
        service: String,
        /// The second, the name of the host.
        host: String,
    },
    /// `service/…` on any host of any realm.
    AnyHost {
        /// The first component, such as `HTTP`.
        service: String,
    },
}

impl ServicePattern {
    pub(crate) fn matches(&self, principal: &Principal) -> bool {
        let mut components = principal.components();
        let names = (components.next(), components.next(), components.next());
        match (self, names) {
            (Self::Any, _) => true,
            (Self::Exactly(name), _) => name == principal,
            (Self::AnyRealm { service, host }, (Some(first), Some(second), None)) => {
                first == service.as_bytes() && second == host.as_bytes()
            }
            (Self::AnyHost { service }, (Some(first), Some(_), None)) => {
                first == service.as_bytes()
            }
            _ => false,
        }
    }
}

impl From<Principal> for ServicePattern {
    fn from(name: Principal) -> Self {
        Self::Exactly(name)
    }
}

/// | text | means |
/// | --- | --- |
/// | `HTTP/web.example.test@EXAMPLE.TEST` | that principal |
/// | `HTTP/web.example.test`, `HTTP/web.example.test@` | the same in any realm |
/// | `HTTP@web.example.test` | the same, as GSS-API writes it |
/// | `HTTP`, `HTTP@` | any host |
/// | `WEB$@EXAMPLE.TEST` | that principal: what has no lower-case letter is a realm, not a host |
impl FromStr for ServicePattern {
    type Err = ServicePatternError;

    fn from_str(text: &str) -> Result<Self, ServicePatternError> {
        let name = Principal::parse(text, Some("")).map_err(ServicePatternError::Name)?;
        let realm = text_of(name.realm().0)?;
        let components: Vec<_> = name.components().map(text_of).collect::<Result<_, _>>()?;
        if components.iter().any(String::is_empty) {
            return Err(ServicePatternError::Empty);
        }
        match components.as_slice() {
            [service] if realm.is_empty() => Ok(Self::AnyHost {
                service: service.clone(),
            }),
            [service] if realm.contains(|letter: char| letter.is_ascii_lowercase()) => {
                Ok(Self::AnyRealm {
                    service: service.clone(),
                    host: realm,
                })
            }
            [service, host] if realm.is_empty() => Ok(Self::AnyRealm {
                service: service.clone(),
                host: host.clone(),
            }),
            _ if realm.is_empty() => Err(ServicePatternError::Components),
            _ => Ok(Self::Exactly(name)),
        }
    }
}

fn text_of(octets: &[u8]) -> Result<String, ServicePatternError> {
    String::from_utf8(octets.to_vec()).map_err(|_| ServicePatternError::NotText)
}

/// Why a text is no [`ServicePattern`].
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServicePatternError {
    /// It is no name.
    Name(PrincipalError),
    /// A part of the name is empty.
    Empty,
    /// More than a service and a host, and no realm.
    Components,
    /// Its escapes stand for octets that are no text.
    NotText,
}

impl fmt::Display for ServicePatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(error) => error.fmt(f),
            Self::Empty => f.write_str("a part of the service name is empty"),
            Self::Components => f.write_str("more than service and host, and no realm"),
            Self::NotText => f.write_str("not text"),
        }
    }
}

impl core::error::Error for ServicePatternError {}

impl fmt::Display for ServicePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any service"),
            Self::Exactly(name) => name.fmt(f),
            Self::AnyRealm { service, host } => write!(f, "{service}/{host} of any realm"),
            Self::AnyHost { service } => write!(f, "{service} on any host"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Result<ServicePattern, ServicePatternError> {
        text.parse()
    }

    fn web() -> ServicePattern {
        ServicePattern::AnyRealm {
            service: "HTTP".into(),
            host: "web.example.test".into(),
        }
    }

    #[test]
    fn a_name_with_realm_is_that_principal() {
        for text in [
            "HTTP/web.example.test@EXAMPLE.TEST",
            "WEB$@EXAMPLE.TEST",
            "a/b/c@R",
        ] {
            assert_eq!(
                pattern(text),
                Ok(ServicePattern::Exactly(text.parse().unwrap()))
            );
        }
    }

    #[test]
    fn a_host_without_realm_is_of_any_realm() {
        for text in [
            "HTTP/web.example.test",
            "HTTP/web.example.test@",
            "HTTP@web.example.test",
        ] {
            assert_eq!(pattern(text), Ok(web()), "{text}");
        }
    }

    #[test]
    fn a_service_alone_is_on_any_host() {
        for text in ["HTTP", "HTTP@"] {
            assert_eq!(
                pattern(text),
                Ok(ServicePattern::AnyHost {
                    service: "HTTP".into()
                })
            );
        }
    }

    #[test]
    fn what_names_no_service_is_refused() {
        for text in ["", "/", "HTTP/", "@", "/web.example.test@EXAMPLE.TEST"] {
            assert_eq!(pattern(text), Err(ServicePatternError::Empty), "{text:?}");
        }
        assert_eq!(pattern("HTTP/a/b"), Err(ServicePatternError::Components));
        assert!(matches!(
            pattern("HTTP@web@REALM"),
            Err(ServicePatternError::Name(_))
        ));
    }

    #[test]
    fn matches_octet_for_octet() {
        let principal = |text: &str| -> Principal { text.parse().unwrap() };
        assert!(web().matches(&principal("HTTP/web.example.test@A")));
        assert!(!web().matches(&principal("HTTP/web.example.test.evil@A")));
        assert!(!web().matches(&principal("HTTP/Web.example.test@A")));
        assert!(!web().matches(&principal("HTTP/web.example.test/x@A")));
        let any_host: ServicePattern = "HTTP".parse().unwrap();
        assert!(any_host.matches(&principal("HTTP/b@A")));
        assert!(!any_host.matches(&principal("HTTPS/b@A")));
        assert!(!any_host.matches(&principal("HTTP@A")));
    }
}
