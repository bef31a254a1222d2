//! A token, and what it leads to: another leg, a user, or a refusal.

use crate::connection::{ConnectionState, Known};
use crate::guard::{Entrant, Guard, Parting};
use crate::half_open::{Scope, Waiting};
use crate::header;
use crate::passwords::{Attempt, SharedPasswords};
use crate::refusal::{Forbidden, Refusal};
use crate::side::Side;
use crate::user::{Facts, Login, User};
use http::HeaderValue;
use portcullis::pac::{Pac, PacText};
use portcullis::policy::Groups as _;
use portcullis::replay::AsyncReplayStore as _;
use portcullis::{Identity, Negotiation, Rejection, Step, UnrecordedStep};
use std::sync::Arc;
use std::time::SystemTime;

/// NegTokenResp: it goes on with a negotiation. All other tokens begin one (RFC 4178 §4.2).
const NEG_TOKEN_RESP: u8 = 0xa1;

/// A request with a token.
pub(crate) struct Visit {
    pub(crate) token: Vec<u8>,
    pub(crate) scope: Scope,
    pub(crate) connection: Option<ConnectionState>,
    /// What its cookie says of an earlier leg.
    pub(crate) leg: Option<String>,
}

/// A client that has proven itself, and what it has to get.
struct Proven {
    identity: Identity,
    login: Login,
    reply: Option<Vec<u8>>,
}

/// What a negotiation had before this leg.
#[derive(Default)]
struct Past {
    legs: u8,
    octets: usize,
}

impl Guard {
    /// Whom a token comes from.
    pub(crate) async fn login(self: Arc<Self>, visit: Visit) -> Result<Entrant, Refusal> {
        let now = (self.now)();
        let (negotiation, past) = self.negotiation(&visit, now)?;
        match self.step(negotiation, &visit.token, now).await? {
            Step::Complete { context, reply } => {
                let proven = Proven {
                    identity: context.into_identity(),
                    login: Login::Negotiate,
                    reply,
                };
                self.admit(&visit, proven, now).await
            }
            Step::Continue { negotiation, reply } => {
                Err(self.suspend(visit, negotiation, &past, reply, now))
            }
            _ => Err(Refusal::UnknownStep),
        }
    }

    /// Whom a name and a password come from.
    pub(crate) async fn login_by_password(
        self: Arc<Self>,
        passwords: SharedPasswords,
        attempt: Attempt,
        scope: Scope,
    ) -> Result<Entrant, Refusal> {
        let now = attempt.now;
        let verified = passwords.verify_boxed(attempt).await;
        let proven = Proven {
            identity: verified.map_err(Refusal::Password)?,
            login: Login::Password,
            reply: None,
        };
        let visit = Visit {
            token: Vec::new(),
            scope,
            connection: None,
            leg: None,
        };
        self.admit(&visit, proven, now).await
    }

    /// The one that the token goes on with, or a new one.
    fn negotiation(&self, visit: &Visit, now: SystemTime) -> Result<(Negotiation, Past), Refusal> {
        if visit.token.first() == Some(&NEG_TOKEN_RESP)
            && let Some(waiting) = self.waiting(visit, now)
        {
            let Waiting { legs, octets, .. } = waiting;
            return Ok((waiting.negotiation, Past { legs, octets }));
        }
        let acceptor = (self.acceptor_of)(visit.scope.host.as_deref());
        let acceptor = acceptor.ok_or(Refusal::Misdirected)?;
        let channel = visit.scope.channel.clone();
        let bindings = channel.unwrap_or_else(|| (self.bindings_of)());
        let negotiation = acceptor.begin();
        let negotiation = negotiation.channel_bindings_any_of(bindings.acceptable());
        Ok((negotiation, Past::default()))
    }

    fn waiting(&self, visit: &Visit, now: SystemTime) -> Option<Waiting> {
        let age = self.half_open.limits.longest();
        let here = visit.connection.as_ref();
        let here = here.and_then(|state| state.take(&visit.scope, now, age));
        let by_cookie = || {
            self.half_open
                .take(visit.leg.as_deref()?, &visit.scope, now)
        };
        here.or_else(by_cookie)
    }

    async fn step(
        &self,
        negotiation: Negotiation,
        token: &[u8],
        now: SystemTime,
    ) -> Result<Step, Refusal> {
        let Some(store) = &self.replay_store else {
            return negotiation.step(token, now).map_err(rejected);
        };
        match negotiation.step_unrecorded(token, now).map_err(rejected)? {
            UnrecordedStep::Settled(step) => Ok(step),
            UnrecordedStep::Unrecorded(claim) => {
                let (tag, expires) = (*claim.tag(), claim.expires());
                let settled = match store.record(&tag, now, expires).await {
                    Ok(freshness) => claim.settle(freshness),
                    Err(error) => Err(claim.refuse(error)),
                };
                settled.map_err(rejected)
            }
            _ => Err(Refusal::UnknownStep),
        }
    }

    /// Has the negotiation wait for its next leg, if there is a place for it.
    fn suspend(
        &self,
        visit: Visit,
        negotiation: Negotiation,
        past: &Past,
        reply: Vec<u8>,
        now: SystemTime,
    ) -> Refusal {
        let waiting = Waiting {
            negotiation,
            scope: visit.scope,
            legs: past.legs.saturating_add(1),
            octets: past.octets.saturating_add(visit.token.len()),
            since: now,
        };
        let nowhere = |reply| Refusal::AnotherLeg {
            reply,
            kept: false,
            cookie: None,
        };
        if !waiting.goes_on() {
            return nowhere(reply);
        }
        if let Some(connection) = visit.connection {
            connection.keep(waiting);
            return Refusal::AnotherLeg {
                reply,
                kept: true,
                cookie: None,
            };
        }
        if self.side == Side::Proxy {
            return nowhere(reply);
        }
        // Without randomness there is no number for it, and the client begins anew.
        let Ok(Some(number)) = self.half_open.keep(waiting) else {
            return nowhere(reply);
        };
        let cookie = self.leg_jar().set(&number, self.half_open.limits.longest());
        Refusal::AnotherLeg {
            reply,
            kept: cookie.is_some(),
            cookie,
        }
    }

    /// The user that a proven client is, if it may come in.
    async fn admit(
        &self,
        visit: &Visit,
        proven: Proven,
        now: SystemTime,
    ) -> Result<Entrant, Refusal> {
        let Proven {
            identity,
            login,
            reply,
        } = proven;
        let name = match self.name(&identity) {
            Ok(name) => name,
            Err(why) => {
                let why = Box::new(why);
                return Err(Refusal::Forbidden { why, reply });
            }
        };
        let groups = match &self.groups {
            Some(groups) => groups
                .groups_of(&identity, &name)
                .await
                .map_err(Refusal::Groups)?,
            None => Vec::new(),
        };
        let full_name = identity.pac().and_then(Pac::full_name);
        let mut facts = Facts {
            name,
            full_name: full_name.map(PacText::to_text),
            client: identity.client().clone(),
            groups,
            indicators: identity.authentication_indicators().to_vec(),
            expires: identity.expires_at(),
            login,
            session: None,
        };
        let session = self.sessions().and_then(|sessions| {
            let host = visit.scope.host.as_deref();
            sessions.begin(self.secure_cookies, &mut facts, host, now)
        });
        let mut cookies: Vec<HeaderValue> = session.into_iter().collect();
        if visit.leg.is_some() && self.side == Side::Origin {
            cookies.extend(self.leg_jar().unset());
        }
        let user = User::new(facts);
        let by_token = login == Login::Negotiate;
        let persistent = by_token.then(|| self.remember(visit, &identity, &user));
        let reply = reply.map(|reply| header::challenge(Some(&reply)));
        Ok(Entrant::User {
            user,
            login,
            identity: Some(Box::new(identity)),
            parting: Parting {
                reply,
                cookies,
                persistent,
            },
        })
    }

    fn name(&self, identity: &Identity) -> Result<String, Forbidden> {
        self.policy.permit(identity).map_err(Forbidden::Policy)?;
        (self.name_of)(identity).map_err(Forbidden::NoUser)
    }

    /// Whether the connection's next requests need no token.
    fn remember(&self, visit: &Visit, identity: &Identity, user: &User) -> bool {
        let Some(connection) = visit.connection.as_ref().filter(|_| self.connection_bound) else {
            return false;
        };
        connection.remember(Known {
            mark: Arc::clone(&self.mark),
            scope: visit.scope.clone(),
            identity: Box::new(identity.clone()),
            user: user.clone(),
        });
        true
    }
}

fn rejected(rejection: Rejection) -> Refusal {
    Refusal::Rejected(Box::new(rejection))
}

#[cfg(test)]
mod tests;
