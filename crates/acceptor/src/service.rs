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

/// `HTTP/web.example.test@EXAMPLE.TEST` is that principal, `HTTP/web.example.test` or
/// `HTTP@web.example.test` the same in any realm, `HTTP` or `HTTP@` any host.
impl FromStr for ServicePattern {
    type Err = PrincipalError;

    fn from_str(text: &str) -> Result<Self, PrincipalError> {
        let any_realm = |service: &str, host: &str| Self::AnyRealm {
            service: service.into(),
            host: host.into(),
        };
        match (text.split_once('/'), text.split_once('@')) {
            (None, None) => Ok(Self::AnyHost {
                service: text.into(),
            }),
            (None, Some((service, ""))) => Ok(Self::AnyHost {
                service: service.into(),
            }),
            (None, Some((service, host))) => Ok(any_realm(service, host)),
            (Some((service, host)), None) => Ok(any_realm(service, host)),
            (Some(_), Some(_)) => text.parse().map(Self::Exactly),
        }
    }
}

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
