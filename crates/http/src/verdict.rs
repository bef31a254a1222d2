//! [`Verdict`]: what became of a request, for logs and metrics.

use crate::refusal::Refusal;
use crate::side::Side;
use crate::user::{Login, User};
use core::fmt;
use portcullis::Rejection;
use std::sync::Arc;

/// What became of a request: an extension of its answer, for whoever logs and counts outside of the
/// layer. Tokens never stand in it.
///
/// A service behind the layer that answers 403 by an [`AuthorizeLayer`](crate::AuthorizeLayer) has
/// that verdict in its answer: the innermost counts.
#[derive(Clone, Debug)]
pub struct Verdict {
    outcome: Outcome,
    side: Side,
    user: Option<User>,
    refusal: Option<Arc<Refusal>>,
}

/// What became of a request, in one word.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Its token proves the client, or its password does.
    Accepted,
    /// Its cookie is a session's.
    Session,
    /// Its connection is known for a client's.
    Connection,
    /// It shows nothing, and the layer lets such through.
    Anonymous,
    /// It shows nothing, and is told to.
    Challenged,
    /// Its token is one of several.
    AnotherLeg,
    /// Its session is taken away, as it asked.
    LoggedOut,
    /// Its token or password proves nobody, or is none.
    Refused,
    /// The client is known, and may not come in.
    Forbidden,
    /// The service lacks something.
    Failed,
}

impl Verdict {
    pub(crate) const fn known(side: Side, user: User, login: Login) -> Self {
        let outcome = match login {
            Login::Negotiate | Login::Password => Outcome::Accepted,
            Login::Session => Outcome::Session,
            Login::Connection => Outcome::Connection,
        };
        Self {
            outcome,
            side,
            user: Some(user),
            refusal: None,
        }
    }

    pub(crate) const fn anonymous(side: Side) -> Self {
        Self {
            outcome: Outcome::Anonymous,
            side,
            user: None,
            refusal: None,
        }
    }

    pub(crate) fn refused(side: Side, user: Option<User>, refusal: Arc<Refusal>) -> Self {
        let outcome = match &*refusal {
            failure if failure.is_failure() => Outcome::Failed,
            Refusal::NoCredentials => Outcome::Challenged,
            Refusal::AnotherLeg { .. } => Outcome::AnotherLeg,
            Refusal::LoggedOut { .. } => Outcome::LoggedOut,
            Refusal::Forbidden { .. } => Outcome::Forbidden,
            _ => Outcome::Refused,
        };
        Self {
            outcome,
            side,
            user,
            refusal: Some(refusal),
        }
    }

    /// What became of it, in one word.
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Who the user is, if one is known.
    #[must_use]
    pub const fn user(&self) -> Option<&User> {
        self.user.as_ref()
    }

    /// What is wrong, in one word that is stable across releases: the
    /// [`kind`](portcullis::Error::kind) of an error, of a
    /// [`policy`](portcullis::policy::Refusal::kind) of a [`Denial`](crate::Denial::kind) or of a
    /// [`PasswordRefusal`](crate::PasswordRefusal::kind); `header-…`, `basic`, `no-user`, `host`,
    /// `groups-unknown`, `step`. `None` where nothing is.
    #[must_use]
    pub fn kind(&self) -> Option<&'static str> {
        self.refusal.as_deref()?.kind()
    }

    /// What is wrong, in a sentence for the operator; it has names. The client gets to know less.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        self.refusal.as_deref()?.reason(self.side)
    }

    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> Option<&'static str> {
        Some(self.rejection()?.error().remedy())
    }

    /// The acceptor's refusal, where it was the acceptor that refused.
    #[must_use]
    pub fn rejection(&self) -> Option<&Rejection> {
        self.refusal.as_deref()?.rejection()
    }
}

impl Outcome {
    /// `accepted`, `session`, `connection`, `anonymous`, `challenged`, `another-leg`, `logged-out`,
    /// `refused`, `forbidden` or `failed`; stable across releases.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Session => "session",
            Self::Connection => "connection",
            Self::Anonymous => "anonymous",
            Self::Challenged => "challenged",
            Self::AnotherLeg => "another-leg",
            Self::LoggedOut => "logged-out",
            Self::Refused => "refused",
            Self::Forbidden => "forbidden",
            Self::Failed => "failed",
        }
    }
}

/// The label, with what is wrong behind it: `refused (skew)`.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.outcome.label())?;
        self.kind().map_or(Ok(()), |kind| write!(f, " ({kind})"))
    }
}
