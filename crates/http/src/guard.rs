//! [`Guard`]: from the fields of a request to a known user, or to what is answered instead.
//!
//! What takes no token is decided at once; a token is for `login.rs`.

use crate::basic::{self, NameAndPassword, PasswordDoor};
use crate::connection::{ConnectionBindings, ConnectionState};
use crate::cookie::{Jar, LAX};
use crate::half_open::{HalfOpen, HalfOpenLimits, Scope};
use crate::header;
use crate::hooks::{AcceptorOf, BindingsOf, Boxed, NameOf, SharedGroups, SharedReplayStore};
use crate::host::host;
use crate::login::Visit;
use crate::passwords::SharedPasswords;
use crate::refusal::Refusal;
use crate::session::Sessions;
use crate::side::Side;
use crate::user::{Login, User};
use core::fmt;
use http::{HeaderValue, Request, Version};
use portcullis::Identity;
use portcullis::policy::Policy;
use std::sync::Arc;
use std::time::SystemTime;

/// The settings of a layer; and the decision.
#[derive(Clone)]
pub(crate) struct Guard {
    pub(crate) acceptor_of: Arc<AcceptorOf>,
    pub(crate) side: Side,
    pub(crate) optional: bool,
    pub(crate) max_header: usize,
    /// Where the connection has none of its own.
    pub(crate) bindings_of: Arc<BindingsOf>,
    pub(crate) now: fn() -> SystemTime,
    pub(crate) replay_store: Option<SharedReplayStore>,
    pub(crate) policy: Policy,
    pub(crate) name_of: Arc<NameOf>,
    pub(crate) groups: Option<SharedGroups>,
    pub(crate) passwords: Option<PasswordDoor>,
    pub(crate) half_open: Arc<HalfOpen>,
    pub(crate) connection_bound: bool,
    pub(crate) secure_cookies: bool,
    pub(crate) sessions: Option<Sessions>,
    /// Another one for each change of a setting, the same for each service behind one layer.
    pub(crate) mark: Arc<()>,
}

/// Who is let through.
pub(crate) enum Entrant {
    /// A known user.
    User {
        user: User,
        login: Login,
        /// Where the request, or its connection, had a token.
        identity: Option<Box<Identity>>,
        parting: Parting,
    },
    /// Somebody who showed nothing, where that will do.
    Anonymous,
}

impl Entrant {
    /// Whether a request that shows this comes from who is remembered: browsers send the password
    /// beside the cookie, and it need not be verified each time; another name is another login.
    fn is_who_asks(&self, found: Option<&(SharedPasswords, Option<NameAndPassword>)>) -> bool {
        match (self, found) {
            (_, None) => true,
            (Self::User { user, .. }, Some((_, Some(shown)))) => shown.names(user),
            (_, Some(_)) => false,
        }
    }
}

/// What is added to the service's answer.
#[derive(Default)]
pub(crate) struct Parting {
    /// Our token for the client.
    pub(crate) reply: Option<HeaderValue>,
    pub(crate) cookies: Vec<HeaderValue>,
    /// Whether the connection's next requests need no token ([MS-N2HT] §2.2).
    pub(crate) persistent: Option<bool>,
}

/// What comes of a request, known now or later.
pub(crate) enum Judgement {
    Known(Option<Result<Entrant, Refusal>>),
    Awaited(Boxed<'static, Result<Entrant, Refusal>>),
}

impl Guard {
    pub(crate) fn new(acceptor_of: Arc<AcceptorOf>) -> Self {
        let unbound = ConnectionBindings::new([]);
        Self {
            acceptor_of,
            side: Side::Origin,
            optional: false,
            max_header: 64 * 1024,
            bindings_of: Arc::new(move || unbound.clone()),
            now: SystemTime::now,
            replay_store: None,
            policy: Policy::new(),
            name_of: Arc::new(|identity| Ok(identity.client().to_string())),
            groups: None,
            passwords: None,
            half_open: Arc::new(HalfOpen::new(HalfOpenLimits::default())),
            connection_bound: false,
            secure_cookies: true,
            sessions: None,
            mark: Arc::new(()),
        }
    }

    /// Whom a request comes from.
    pub(crate) fn judge<B>(self: &Arc<Self>, request: &Request<B>) -> Judgement {
        let connection = request.extensions().get::<ConnectionState>();
        if let Some(cookie) = self.farewell(request.uri().path()) {
            if let Some(connection) = connection {
                connection.forget_login();
            }
            let cookie = Some(cookie);
            return Judgement::Known(Some(Err(Refusal::LoggedOut { cookie })));
        }
        // RFC 9113 has streams of one connection come in any order.
        let connection = connection.filter(|_| request.version() < Version::HTTP_2);
        let scope = self.scope(request);
        match header::token_for(self.side, request.headers(), self.max_header) {
            Ok(None) => self.judge_without_token(request, connection, scope),
            credentials => {
                if let Some(connection) = connection {
                    connection.forget_login();
                }
                match credentials {
                    Ok(token) => Judgement::Awaited(Box::pin(Arc::clone(self).login(Visit {
                        token: token.unwrap_or_default(),
                        scope,
                        connection: connection.cloned(),
                        leg: self.leg_jar().find(request.headers()).map(str::to_owned),
                    }))),
                    Err(error) => Judgement::Known(Some(Err(Refusal::Header(error)))),
                }
            }
        }
    }

    fn scope<B>(&self, request: &Request<B>) -> Scope {
        Scope {
            host: host(request.uri(), request.headers()),
            channel: request.extensions().get().cloned(),
        }
    }

    fn judge_without_token<B>(
        self: &Arc<Self>,
        request: &Request<B>,
        connection: Option<&ConnectionState>,
        scope: Scope,
    ) -> Judgement {
        let found = self.passwords.as_ref().and_then(|door| {
            let found = basic::find(self.side, request.headers(), self.max_header)?;
            Some((Arc::clone(&door.passwords), found))
        });
        let remembered = self.remembered(request, connection, &scope);
        if let Some(entrant) = remembered.filter(|it| it.is_who_asks(found.as_ref())) {
            return Judgement::Known(Some(Ok(entrant)));
        }
        if let (Some(_), Some(connection)) = (&found, connection) {
            connection.forget_login();
        }
        match found {
            Some((passwords, Some(found))) => {
                let (host, extensions) = (scope.host.clone(), request.extensions().clone());
                let attempt = found.into_attempt(host, extensions, (self.now)());
                let login = Arc::clone(self).login_by_password(passwords, attempt, scope);
                Judgement::Awaited(Box::pin(login))
            }
            Some((_, None)) => Judgement::Known(Some(Err(Refusal::Basic))),
            None if self.optional => Judgement::Known(Some(Ok(Entrant::Anonymous))),
            None => Judgement::Known(Some(Err(Refusal::NoCredentials))),
        }
    }

    /// Who is known without showing anything new.
    fn remembered<B>(
        &self,
        request: &Request<B>,
        connection: Option<&ConnectionState>,
        scope: &Scope,
    ) -> Option<Entrant> {
        let now = (self.now)();
        let connection = connection.filter(|_| self.connection_bound);
        if let Some(known) = connection.and_then(|state| state.known(&self.mark, scope, now)) {
            return Some(Entrant::User {
                user: known.user.by(Login::Connection),
                login: Login::Connection,
                identity: Some(known.identity),
                parting: Parting::default(),
            });
        }
        let user = self.in_session(request, scope, now)?;
        Some(Entrant::User {
            user,
            login: Login::Session,
            identity: None,
            parting: Parting::default(),
        })
    }

    fn in_session<B>(&self, request: &Request<B>, scope: &Scope, now: SystemTime) -> Option<User> {
        let host = scope.host.as_deref();
        let sessions = self.sessions()?;
        sessions.find(self.secure_cookies, request.headers(), host, now)
    }

    fn farewell(&self, path: &str) -> Option<HeaderValue> {
        self.sessions()?.farewell(self.secure_cookies, path)
    }

    /// A proxy has none: its cookies would be those of the servers behind.
    pub(crate) fn sessions(&self) -> Option<&Sessions> {
        self.sessions.as_ref().filter(|_| self.side == Side::Origin)
    }

    /// Where a negotiation's number is.
    pub(crate) fn leg_jar(&self) -> Jar<'static> {
        Jar::new("portcullis-leg", self.secure_cookies, LAX)
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard")
            .field("side", &self.side)
            .field("optional", &self.optional)
            .field("max_header", &self.max_header)
            .field("bindings", &(self.bindings_of)())
            .field("policy", &self.policy)
            .field("half_open", &self.half_open)
            .field("connection_bound", &self.connection_bound)
            .finish_non_exhaustive()
    }
}
