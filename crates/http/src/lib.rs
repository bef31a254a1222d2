//! HTTP Negotiate (RFC 4559) for tower and axum: a request shows a Kerberos token, and the service
//! behind the layer learns which client it comes from.
//!
#![cfg_attr(feature = "axum", doc = "```no_run")]
#![cfg_attr(not(feature = "axum"), doc = "```ignore")]
//! use axum::{Router, routing::get};
//! use portcullis::{Acceptor, Keytab};
//! use portcullis_http::{Authenticated, NegotiateLayer};
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! let acceptor = Acceptor::new(Keytab::parse(std::fs::read("http.keytab")?)?)?;
//! async fn hello(Authenticated(user): Authenticated) -> String { format!("hello, {}", user.client()) }
//! let app = Router::new().route("/", get(hello)).layer(NegotiateLayer::new(acceptor));
//! axum::serve(listener, app).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # What is answered
//!
//! | the request | the answer |
//! | --- | --- |
//! | has no Negotiate credentials | 401 with `WWW-Authenticate: Negotiate`; or the service, after [`NegotiateLayer::optional`] |
//! | has a token that proves a client | the service's answer, whatever its status, with our AP-REP in `WWW-Authenticate: Negotiate …` |
//! | has the first token of several | 401 with our reply, and a cookie under which the negotiation waits |
//! | has a token that proves nobody | 401 with the refusal (a KRB-ERROR, as a rule), or a bare challenge when there is none |
//! | has a token of a client that may not come in | 403 with our AP-REP, and no word of why |
//! | has a session's cookie, or a connection that is known | the service's answer |
//! | has credentials that are not base64 | 401 with a bare challenge |
//! | has Negotiate credentials twice | 400: whoever sits between could have read the other ones |
//! | has a field longer than [`NegotiateLayer::max_header`] | 431 |
//! | has a name and a password, where there are [`NegotiateLayer::passwords`] | the service's answer, or 401; 429 after too many |
//! | is for a host without an acceptor ([`NegotiateLayer::by_host`]) | 421 |
//! | meets a replay cache that is full or unreachable, or groups that are | 503 without a challenge |
//! | meets a system without randomness | 500 without a challenge |
//!
//! Credentials that do not prove a client are refused by an optional layer, too: only who shows
//! none is anonymous. Each answer has the [`Verdict`] among its extensions, and that of a refused
//! token the [`portcullis::Rejection`], for logs; the client learns its
//! [`code`](portcullis::Error::code) and no more. The features `tracing` and `metrics` tell verdicts
//! as events in a span of the request, and as counters.
//!
//! # Who comes in, and as whom
//!
//! The service finds a [`User`] in each request, and in one with a token an [`Authenticated`] with
//! all that the ticket says. [`NegotiateLayer::local_names`] or [`user_names`] say what users are
//! called, [`NegotiateLayer::groups`] asks which groups they are in, [`NegotiateLayer::policy`] is
//! held against the ticket, and [`AuthorizeLayer`] before a route against the user:
//!
//! [`user_names`]: NegotiateLayer::user_names
//!
#![cfg_attr(feature = "axum", doc = "```no_run")]
#![cfg_attr(not(feature = "axum"), doc = "```ignore")]
//! # use axum::{Router, routing::get};
//! # use portcullis::{names::LocalNamePolicy, policy::PacGroups};
//! use portcullis_http::{Access, AuthorizeLayer, NegotiateLayer, User};
//!
//! # fn router(acceptor: portcullis::Acceptor) -> Result<Router, Box<dyn std::error::Error>> {
//! async fn hello(user: User) -> String { format!("hello, {}", user.name()) }
//! let admins = "S-1-5-21-1004336348-1177238915-682003330-512".parse()?;
//! let app = Router::new()
//!     .route("/admin", get(hello).layer(AuthorizeLayer::new(Access::named("admin").group("admins"))))
//!     .route("/", get(hello))
//!     .layer(
//!         NegotiateLayer::new(acceptor)
//!             .local_names(LocalNamePolicy::new().forget_realm("EXAMPLE.TEST"))
//!             .groups(PacGroups::new().named("admins", admins)),
//!     );
//! # Ok(app)
//! # }
//! ```
//!
//! # Which channel
//!
//! A login that was made for another channel is refused, once this service has said what its own is:
//! one certificate for all, here or in a proxy, by [`NegotiateLayer::channel_bindings`]; or each
//! connection its own, by [`ConnectionBindings`], which the feature `rustls` makes of TLS connections.
//! An acceptor that
//! [requires](portcullis::AcceptorBuilder::require_channel_bindings) them refuses whoever has none.
//!
//! # What is kept
//!
//! As little as can be. Clients send a new token with each request, which works over HTTP/1.1 and
//! HTTP/2 alike and behind proxies that pool connections: no connection is taken for a client.
//!
//! - The acceptor's replay cache; or a store that several processes share
//!   ([`NegotiateLayer::replay_store`]), which is awaited. The cache is asked while the future is
//!   polled; it must not block.
//! - A negotiation that needs another leg, because its SPNEGO list does not have Kerberos first: for a
//!   minute, under a number in a cookie that is good once; so many and no more ([`HalfOpenLimits`]).
//!   A client that keeps no cookie begins anew, with Kerberos first if it can.
//! - With the feature `sessions` and `NegotiateLayer::sessions`: nothing here, but a sealed cookie at
//!   the client, and no Kerberos until it ends.
//! - On request, for connections that are one client's each: a [`ConnectionState`].
//!
//! Two layers around one service do not let anybody in: to the inner one each token is a replay.
//!
//! # What else a web server has to do
//!
//! Browsers log in to this service by themselves, also for a form on another site. Requests that
//! change something need a defence against that, as with cookies: a token in the form, or a look at
//! `Sec-Fetch-Site` and `Origin`.
//!
//! # Sizes
//!
//! A client that is in many groups sends a field of up to 64 KiB. This layer reads it, but the
//! server around it must, too: hyper takes 16 KiB of fields over HTTP/2 unless
//! `http2().max_header_list_size(…)` says otherwise, nginx 8 KiB (`large_client_header_buffers`).

mod access;
mod authorize;
mod basic;
mod connection;
mod cookie;
mod extract;
mod future;
mod guard;
mod half_open;
pub mod header;
mod hooks;
mod host;
mod layer;
mod login;
mod passage;
mod passwords;
mod refusal;
mod reply;
mod service;
#[cfg(not(feature = "sessions"))]
#[path = "no_session.rs"]
mod session;
#[cfg(feature = "sessions")]
pub mod session;
mod side;
mod span;
#[cfg(feature = "rustls")]
pub mod tls;
mod user;
mod verdict;

#[cfg(feature = "tracing")]
mod event;
#[cfg(feature = "metrics")]
mod meter;

pub use access::{Access, Denial};
pub use authorize::{Authorize, AuthorizeFuture, AuthorizeLayer};
pub use connection::{ConnectionBindings, ConnectionState, OfConnection};
pub use extract::Authenticated;
#[cfg(feature = "axum")]
pub use extract::NotAuthenticated;
pub use future::NegotiateFuture;
pub use half_open::HalfOpenLimits;
pub use hooks::{NoUser, SharedGroups, SharedReplayStore};
pub use layer::NegotiateLayer;
pub use passwords::{Attempt, PasswordRefusal, Passwords};
pub use service::Negotiate;
pub use user::{Login, SessionId, User};
pub use verdict::{Outcome, Verdict};
