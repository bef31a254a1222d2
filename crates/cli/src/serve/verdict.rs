//! [`Verdict`]: what became of one request, for the log, the counters and the status page.

use super::log::{Level, Line, micros};
use super::request::About;
use axum::http::StatusCode;
use core::fmt;
use core::hash::BuildHasher as _;
use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;
use std::hash::RandomState;
use std::sync::{Arc, LazyLock};
use std::time::SystemTime;

/// What became of one request.
#[derive(Clone, Debug)]
pub(super) struct Verdict {
    pub(super) id: VerdictId,
    pub(super) at: SystemTime,
    pub(super) took: Duration,
    pub(super) about: Arc<About>,
    pub(super) status: StatusCode,
    pub(super) finding: Finding,
}

/// How it ended.
#[derive(Clone, Debug)]
pub(super) enum Finding {
    /// The client is proven and may come in.
    Accepted(Admitted),
    /// The client is proven and may not; by which rule.
    Forbidden {
        client: String,
        kind: &'static str,
        rule: String,
    },
    /// A browser asks whether it may ask, and is let through as nobody.
    Preflight,
    /// No credentials were shown.
    Challenged,
    /// The token is one of several.
    AnotherLeg,
    /// The session is over, as the client asked.
    LoggedOut,
    /// The credentials prove nobody.
    Refused(Reason),
    /// We could not tell.
    Failed(Reason),
}

/// Who came in.
#[derive(Clone, Debug)]
pub(super) struct Admitted {
    pub(super) client: String,
    pub(super) user: String,
    /// By a token of its own, or by a session.
    pub(super) login: &'static str,
    /// Which key opened the ticket, and how it was found; none where a session stood for it.
    pub(super) key: Option<String>,
}

/// Why nobody did.
#[derive(Clone, Debug)]
pub(super) struct Reason {
    /// One word, the same across releases.
    pub(super) kind: &'static str,
    pub(super) text: String,
    pub(super) remedy: &'static str,
    /// Who has to act.
    pub(super) blame: &'static str,
}

/// By what a verdict is found in the log: eight letters and digits that are not mistaken for one
/// another. It tells nothing, and is no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct VerdictId(u64);

/// What stands for five bits.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

impl VerdictId {
    /// One that was not before.
    pub(super) fn new() -> Self {
        static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        Self(KEY.hash_one(NUMBER.fetch_add(1, Ordering::Relaxed)))
    }
}

impl fmt::Display for VerdictId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for octet in self.0.to_ne_bytes() {
            let letter = LETTERS.get(usize::from(octet & 31)).copied();
            fmt::Write::write_char(f, char::from(letter.unwrap_or(b'-')))?;
        }
        Ok(())
    }
}

impl Finding {
    /// One word for each, the same across releases.
    pub(super) const fn outcome(&self) -> &'static str {
        match self {
            Self::Accepted(_) => "accepted",
            Self::Forbidden { .. } => "forbidden",
            Self::Preflight => "preflight",
            Self::Challenged => "challenged",
            Self::AnotherLeg => "another-leg",
            Self::LoggedOut => "logged-out",
            Self::Refused(_) => "refused",
            Self::Failed(_) => "failed",
        }
    }

    /// One word for the reason; empty where the outcome says it.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Refused(reason) | Self::Failed(reason) => reason.kind,
            Self::Forbidden { kind, .. } => kind,
            Self::Accepted(admitted) => admitted.login,
            Self::Preflight | Self::Challenged | Self::AnotherLeg | Self::LoggedOut => "",
        }
    }

    const fn level(&self) -> Level {
        match self {
            Self::Accepted(_)
            | Self::Preflight
            | Self::Challenged
            | Self::AnotherLeg
            | Self::LoggedOut => Level::Info,
            Self::Forbidden { .. } | Self::Refused(_) => Level::Warning,
            Self::Failed(_) => Level::Error,
        }
    }
}

impl Verdict {
    /// Whether the request came in.
    pub(super) const fn lets_in(&self) -> bool {
        matches!(self.finding, Finding::Accepted(_) | Finding::Preflight)
    }

    /// Its line in the log.
    pub(super) fn line(&self) -> Line {
        let about = &self.about;
        let line = Line::new(self.finding.level(), "verdict")
            .text_field("id", self.id)
            .text_field("outcome", self.finding.outcome())
            .number("status", self.status.as_u16().into())
            .number("micros", micros(self.took))
            .optional("peer", about.peer.as_ref())
            .optional("forwarded_for", about.forwarded_for.as_ref())
            .text_field("method", &about.method)
            .optional("host", about.host.as_ref())
            .text_field("path", &about.path);
        let line = match &self.finding {
            Finding::Accepted(admitted) => line
                .text_field("client", &admitted.client)
                .text_field("user", &admitted.user)
                .text_field("login", admitted.login)
                .optional("key", admitted.key.as_ref()),
            Finding::Forbidden { client, kind, rule } => line
                .text_field("client", client)
                .text_field("kind", kind)
                .text_field("rule", rule),
            Finding::Preflight | Finding::Challenged | Finding::AnotherLeg | Finding::LoggedOut => {
                line
            }
            Finding::Refused(reason) | Finding::Failed(reason) => line
                .text_field("kind", reason.kind)
                .text_field("blame", reason.blame)
                .text_field("reason", &reason.text)
                .text_field("remedy", reason.remedy),
        };
        line.optional("agent", about.agent.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_verdicts_have_one_id() {
        let ids: std::collections::BTreeSet<_> =
            (0..1000).map(|_| VerdictId::new().to_string()).collect();
        assert_eq!(ids.len(), 1000);
        assert!(ids.iter().all(|id| id.len() == 8));
    }
}
