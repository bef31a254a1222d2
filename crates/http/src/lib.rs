//! HTTP Negotiate (RFC 4559) for tower and axum: each request shows a Kerberos token, and the
//! service behind the layer learns which client it comes from.
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
//! | has a token that does not | 401 with the refusal (a KRB-ERROR, as a rule), or a bare challenge when there is none |
//! | has credentials that are not base64 | 401 with a bare challenge |
//! | has Negotiate credentials twice | 400: whoever sits between could have read the other ones |
//! | has a field longer than [`NegotiateLayer::max_header`] | 431 |
//! | meets a replay cache that is full or unreachable | 503 without a challenge |
//! | meets a system without randomness | 500 without a challenge |
//!
//! Credentials that do not prove a client are refused by an optional layer, too: only who shows
//! none is anonymous. The answer to a refused token has the [`portcullis::Rejection`] among its
//! extensions, for logs; the client learns its [`code`](portcullis::Error::code) and no more.
//!
//! # Which channel
//!
//! A login that was made for another channel is refused, once this service has said what its own is:
//! one certificate for all, here or in a proxy, by [`NegotiateLayer::channel_bindings`]; or each
//! connection its own, by [`ConnectionBindings`], which the feature `rustls` makes of TLS connections.
//!
//! # What is kept
//!
//! Nothing, but for the acceptor's replay cache: no session, no cookie, no state of a connection.
//! Clients send a new token with each request, which works over HTTP/1.1 and HTTP/2 alike and
//! behind proxies that pool connections. Consequently:
//!
//! - A negotiation that needs a second leg does not succeed. That is one whose SPNEGO list does not
//!   have Kerberos first. Its first token is answered with 401 and our reply, as RFC 4559 §5 has it;
//!   the client's next token arrives where nobody remembers the first and is refused as
//!   [`NotBegun`](portcullis::error::NegotiationError::NotBegun), again with 401 and a challenge.
//! - Two layers around one service do not let anybody in: to the inner one each token is a replay.
//! - The replay cache is asked from within [`tower_service::Service::call`]; it must not block.
//!
//! # Sizes
//!
//! A client that is in many groups sends a field of up to 64 KiB. This layer reads it, but the
//! server around it must, too: hyper takes 16 KiB of fields over HTTP/2 unless
//! `http2().max_header_list_size(…)` says otherwise, nginx 8 KiB (`large_client_header_buffers`).

mod connection;
mod extract;
mod future;
mod guard;
pub mod header;
mod layer;
mod reply;
mod service;
#[cfg(feature = "rustls")]
pub mod tls;

#[cfg(feature = "tracing")]
mod event;

pub use connection::{BoundToConnection, ConnectionBindings};
pub use extract::Authenticated;
#[cfg(feature = "axum")]
pub use extract::NotAuthenticated;
pub use future::NegotiateFuture;
pub use layer::NegotiateLayer;
pub use service::Negotiate;
