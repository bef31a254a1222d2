//! [`NegotiateLayer`]: the settings, each with a safe default.

use crate::basic::PasswordDoor;
use crate::connection::ConnectionBindings;
use crate::guard::Guard;
use crate::half_open::{HalfOpen, HalfOpenLimits};
use crate::hooks::{NoUser, SharedGroups, SharedReplayStore};
use crate::passwords::Passwords;
use crate::service::Negotiate;
#[cfg(feature = "sessions")]
use crate::session::Sessions;
use crate::side::Side;
use portcullis::names::LocalNamePolicy;
use portcullis::policy::{Groups, Policy};
use portcullis::replay::AsyncReplayStore;
use portcullis::{Acceptor, ChannelBindings, Identity};
use std::sync::Arc;
use std::time::SystemTime;
use tower_layer::Layer;

/// Puts [`Negotiate`] before a service.
///
/// Clones share the negotiations that wait for another leg. A service that is put behind it costs
/// nothing but a pointer.
#[derive(Clone, Debug)]
#[must_use = "a layer guards nothing until it is put around a service"]
pub struct NegotiateLayer {
    guard: Guard,
}

impl NegotiateLayer {
    /// A layer that answers 401 until a client is proven to `acceptor`.
    ///
    /// Give the acceptor the service `HTTP`
    /// ([`AcceptorBuilder::service`](portcullis::AcceptorBuilder::service)) if its keytab has keys
    /// of others.
    pub fn new(acceptor: Acceptor) -> Self {
        Self::by_host(move |_| Some(acceptor.clone()))
    }

    /// A layer that asks `acceptor_of` for the acceptor of each token, by the host that the request
    /// is for: in lower case and without port, `None` where the request does not say. Requests for a
    /// host that has no acceptor are answered 421.
    ///
    /// Asked each time, so that an acceptor can be replaced by one with a newer keytab
    /// ([`Acceptor::with_keytab`]): also of use where there is one host.
    pub fn by_host(
        acceptor_of: impl Fn(Option<&str>) -> Option<Acceptor> + Send + Sync + 'static,
    ) -> Self {
        Self {
            guard: Guard::new(Arc::new(acceptor_of)),
        }
    }

    /// This layer with one setting changed. Who proved itself under others is asked again.
    fn with(mut self, change: impl FnOnce(&mut Guard)) -> Self {
        change(&mut self.guard);
        self.guard.mark = Arc::new(());
        self
    }

    /// Lets requests without Negotiate credentials through, without an
    /// [`Authenticated`](crate::Authenticated). Credentials that prove nobody are refused as ever.
    ///
    /// No client sends credentials unasked: a service that wants them for some requests answers 401
    /// with [`challenge(None)`](crate::header::challenge) in `WWW-Authenticate`, as the handler
    /// argument `Authenticated` does.
    pub fn optional(self) -> Self {
        self.with(|guard| guard.optional = true)
    }

    /// The longest `Authorization` field that is read, in octets. Default: 64 KiB, for the largest
    /// token of Windows (`MaxTokenSize`, 48,000 octets) in base64. Longer ones are answered 431.
    pub fn max_header(self, octets: usize) -> Self {
        self.with(|guard| guard.max_header = octets)
    }

    /// The bindings of the channel that requests come through, as
    /// [`tls_server_end_point`](portcullis::channel_bindings::tls_server_end_point) makes them of
    /// the certificate with which TLS ends, here or in a proxy. Call it again for each that is
    /// acceptable. Default: none. A connection that brings its own
    /// [`ConnectionBindings`](crate::ConnectionBindings) is judged by those alone.
    ///
    /// A login that was relayed from another service bears that one's bindings, and is refused. The
    /// acceptor's policy decides what becomes of clients that send none.
    pub fn channel_bindings(self, bindings: ChannelBindings) -> Self {
        let before = Arc::clone(&self.guard.bindings_of);
        self.channel_bindings_of(move || before().and(bindings.clone()))
    }

    /// The same, asked for each login that begins: for a certificate that is replaced while others
    /// use the layer. In the place of those that the layer was told of before.
    ///
    /// A connection that a proxy accepted before the change keeps the certificate that it began with:
    /// have the bindings of both acceptable for as long as such connections last.
    pub fn channel_bindings_of(
        self,
        bindings_of: impl Fn() -> ConnectionBindings + Send + Sync + 'static,
    ) -> Self {
        self.with(|guard| guard.bindings_of = Arc::new(bindings_of))
    }

    /// What the time is. Default: [`SystemTime::now`]; another for tests.
    pub fn now(self, clock: fn() -> SystemTime) -> Self {
        self.with(|guard| guard.now = clock)
    }

    /// Records authenticators in this store, which is awaited, and no longer in the acceptor's own
    /// replay cache. All processes that share a service key must share a store. A store that fails is
    /// answered 503.
    pub fn replay_store(self, store: impl AsyncReplayStore + 'static) -> Self {
        let store = SharedReplayStore::new(store);
        self.with(|guard| guard.replay_store = Some(store))
    }

    /// Who of those that have proven themselves may come in at all; the others are answered 403. Held
    /// against the ticket, at the login. Default: everybody. For what differs from route to route
    /// there is [`AuthorizeLayer`](crate::AuthorizeLayer).
    pub fn policy(self, policy: Policy) -> Self {
        self.with(|guard| guard.policy = policy)
    }

    /// What users are called ([`User::name`](crate::User::name)). Default: by the client's whole
    /// name. A client without a local name is answered 403.
    pub fn local_names(self, policy: LocalNamePolicy) -> Self {
        self.user_names(move |identity| Ok(policy.local_name(identity.client())?))
    }

    /// The same by a function of your own. It is called with each token and must not block.
    pub fn user_names(
        self,
        name_of: impl Fn(&Identity) -> Result<String, NoUser> + Send + Sync + 'static,
    ) -> Self {
        self.with(|guard| guard.name_of = Arc::new(name_of))
    }

    /// Asks which groups a user is in ([`User::groups`](crate::User::groups)), at each login. Where
    /// nobody can tell, 503 is answered. Default: nobody is asked, and users are in none.
    pub fn groups(self, groups: impl Groups + 'static) -> Self {
        let groups = SharedGroups::new(groups);
        self.with(|guard| guard.groups = Some(groups))
    }

    /// How many negotiations may wait for another leg, and for how long.
    pub fn half_open(self, limits: HalfOpenLimits) -> Self {
        self.with(|guard| guard.half_open = Arc::new(HalfOpen::new(limits)))
    }

    /// Who has proven itself through a connection that has a
    /// [`ConnectionState`](crate::ConnectionState) is known there until its ticket ends or it shows
    /// another token, and `Persistent-Auth: true` tells it so. Over HTTP/1 alone.
    ///
    /// Not behind a proxy: it puts several clients on one connection, and all of them would be the
    /// first. Default: each request shows a token, or a session's cookie.
    pub fn connection_bound(self) -> Self {
        self.with(|guard| guard.connection_bound = true)
    }

    /// Asks as a proxy does: 407, `Proxy-Authenticate` and `Proxy-Authorization`, which the service
    /// behind does not see. A proxy sets no cookies: there are no sessions then, and negotiations of
    /// several legs need a [`ConnectionState`](crate::ConnectionState).
    pub fn proxy(self) -> Self {
        self.with(|guard| guard.side = Side::Proxy)
    }

    /// Takes names and passwords of clients that know no Negotiate, too: offered as Basic with this
    /// `realm`, after Negotiate. Over TLS alone, here or in a proxy: the password itself goes over the
    /// wire, with each request that has no session. Default: none are taken.
    pub fn passwords(self, realm: &str, passwords: impl Passwords + 'static) -> Self {
        let door = PasswordDoor::new(realm, Arc::new(passwords));
        self.with(|guard| guard.passwords = Some(door))
    }

    /// Sets cookies that a browser also sends without TLS, where everybody on the way reads them. For
    /// tests, or a way that is protected otherwise.
    pub fn danger_cookies_without_tls(self) -> Self {
        self.with(|guard| guard.secure_cookies = false)
    }

    /// Lets users in by a cookie after their first token. Default: each request shows a token.
    ///
    /// Layers that have the same sessions know each other's: whom one lets in, the others let in, too,
    /// whatever their own policy says.
    #[cfg(feature = "sessions")]
    pub fn sessions(self, sessions: Sessions) -> Self {
        self.with(|guard| guard.sessions = Some(sessions))
    }
}

impl<S> Layer<S> for NegotiateLayer {
    type Service = Negotiate<S>;

    fn layer(&self, inner: S) -> Negotiate<S> {
        Negotiate::new(inner, Arc::new(self.guard.clone()))
    }
}
