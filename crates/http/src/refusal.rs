//! [`Refusal`]: why the service is not asked.

use crate::access::Denial;
use crate::header::HeaderError;
use crate::hooks::NoUser;
use crate::passwords::PasswordRefusal;
use crate::side::Side;
use http::HeaderValue;
use portcullis::policy::{self, GroupsError};
use portcullis::{Error, Rejection};

/// Why a request gets an answer of ours, and not the service's.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The request has no Negotiate credentials.
    NoCredentials,
    /// It has, but no token.
    Header(HeaderError),
    /// The token is the first of several.
    AnotherLeg {
        reply: Vec<u8>,
        /// Whether the negotiation waits for the next one.
        kept: bool,
        cookie: Option<HeaderValue>,
    },
    /// The token proves nobody.
    Rejected(Box<Rejection>),
    /// The request has credentials of the scheme Basic that are no name and password.
    Basic,
    /// It has a name and a password that prove nobody.
    Password(PasswordRefusal),
    /// The client is proven, and may not come in.
    Forbidden {
        why: Box<Forbidden>,
        reply: Option<Vec<u8>>,
    },
    /// The client is proven, and nobody can tell which groups it is in.
    Groups(GroupsError),
    /// The request is for a host that this service is not.
    Misdirected,
    /// The user wants to be none.
    LoggedOut { cookie: Option<HeaderValue> },
    /// The acceptor took a step that this crate does not know.
    UnknownStep,
}

/// Why a proven client may not come in.
#[derive(Clone, Debug)]
pub(crate) enum Forbidden {
    Policy(policy::Refusal),
    NoUser(NoUser),
    Rule(Denial),
}

impl Refusal {
    /// One word for metrics and logs, where something is wrong.
    pub(crate) fn kind(&self) -> Option<&'static str> {
        match self {
            Self::NoCredentials | Self::AnotherLeg { .. } | Self::LoggedOut { .. } => None,
            Self::Header(error) => Some(error.kind()),
            Self::Rejected(rejection) => Some(rejection.error().kind()),
            Self::Basic => Some("basic"),
            Self::Password(refusal) => Some(refusal.kind()),
            Self::Forbidden { why, .. } => Some(why.kind()),
            Self::Groups(_) => Some("groups-unknown"),
            Self::Misdirected => Some("host"),
            Self::UnknownStep => Some("step"),
        }
    }

    /// What is wrong, for the operator.
    pub(crate) fn reason(&self, side: Side) -> Option<String> {
        match self {
            Self::NoCredentials | Self::AnotherLeg { .. } | Self::LoggedOut { .. } => None,
            Self::Header(error) => Some(error.of_field(side.credentials_text())),
            Self::Rejected(rejection) => Some(rejection.to_string()),
            Self::Basic => Some("the Basic credentials are no name and password".to_owned()),
            Self::Password(refusal) => Some(refusal.to_string()),
            Self::Forbidden { why, .. } => Some(why.reason()),
            Self::Groups(error) => Some(error.to_string()),
            Self::Misdirected => Some("the request is for a host without an acceptor".to_owned()),
            Self::UnknownStep => Some("the acceptor took an unknown step".to_owned()),
        }
    }

    /// Whether it is this service that lacks something.
    pub(crate) fn is_failure(&self) -> bool {
        match self {
            Self::Rejected(rejection) => {
                matches!(rejection.error(), Error::ReplayCache(_) | Error::Entropy)
            }
            Self::Password(PasswordRefusal::Unavailable(_))
            | Self::Groups(_)
            | Self::UnknownStep => true,
            _ => false,
        }
    }

    pub(crate) fn rejection(&self) -> Option<&Rejection> {
        match self {
            Self::Rejected(rejection) => Some(rejection),
            _ => None,
        }
    }
}

impl Forbidden {
    const fn kind(&self) -> &'static str {
        match self {
            Self::Policy(refusal) => refusal.kind(),
            Self::NoUser(_) => "no-user",
            Self::Rule(denial) => denial.kind(),
        }
    }

    fn reason(&self) -> String {
        match self {
            Self::Policy(refusal) => refusal.to_string(),
            Self::NoUser(error) => error.to_string(),
            Self::Rule(denial) => denial.to_string(),
        }
    }
}
