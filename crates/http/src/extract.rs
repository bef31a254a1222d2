//! [`Authenticated`]: what the service behind the layer finds in a request that has a token.

use crate::side::Side;
use portcullis::Identity;

/// The client that a request comes from, with all that its ticket says.
///
/// An extension of each request that [`Negotiate`](crate::Negotiate) lets through by a token, and
/// with the feature `axum` an argument of handlers; `Option<Authenticated>` where the layer is
/// [`optional`](crate::NegotiateLayer::optional). There is no other way to an [`Identity`].
///
/// A session has a [`User`](crate::User) and no ticket: where the layer has sessions, an argument
/// `Authenticated` has the client asked for a token.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs, reason = "handlers take it apart")]
pub struct Authenticated(pub Identity);

/// An extension of the requests that an optional layer lets through without a client.
#[derive(Clone, Copy)]
pub(crate) struct Anonymous(pub(crate) Side);

#[cfg(feature = "axum")]
pub use axum::NotAuthenticated;

#[cfg(feature = "axum")]
mod axum;
