//! [`Authenticated`]: what the service behind the layer finds in a request.

use portcullis::Identity;

/// The client that a request comes from.
///
/// An extension of each request that [`Negotiate`](crate::Negotiate) lets through, and with the
/// feature `axum` an argument of handlers; `Option<Authenticated>` where the layer is
/// [`optional`](crate::NegotiateLayer::optional). There is no other way to an [`Identity`].
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs, reason = "handlers take it apart")]
pub struct Authenticated(pub Identity);

/// An extension of the requests that an optional layer lets through without a client.
#[derive(Clone, Copy)]
pub(crate) struct Anonymous;

#[cfg(feature = "axum")]
pub use axum::NotAuthenticated;

#[cfg(feature = "axum")]
mod axum {
    use super::{Anonymous, Authenticated};
    use crate::guard::Refusal;
    use axum_core::extract::{FromRequestParts, OptionalFromRequestParts};
    use axum_core::response::{IntoResponse, Response};
    use http::StatusCode;
    use http::request::Parts;

    /// Why a handler does not learn who the client is.
    #[non_exhaustive]
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum NotAuthenticated {
        /// The client showed nothing, and the layer is optional: 401 with a challenge.
        Anonymous,
        /// No layer guards the route, which is a mistake of the application: 500.
        LayerMissing,
    }

    impl<S: Sync> FromRequestParts<S> for Authenticated {
        type Rejection = NotAuthenticated;

        async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, NotAuthenticated> {
            find(parts)?.ok_or(NotAuthenticated::Anonymous)
        }
    }

    impl<S: Sync> OptionalFromRequestParts<S> for Authenticated {
        type Rejection = NotAuthenticated;

        async fn from_request_parts(
            parts: &mut Parts,
            _: &S,
        ) -> Result<Option<Self>, NotAuthenticated> {
            find(parts)
        }
    }

    fn find(parts: &Parts) -> Result<Option<Authenticated>, NotAuthenticated> {
        match (parts.extensions.get(), parts.extensions.get()) {
            (Some(client @ Authenticated(_)), _) => Ok(Some(client.clone())),
            (None, Some(Anonymous)) => Ok(None),
            (None, None) => Err(NotAuthenticated::LayerMissing),
        }
    }

    impl IntoResponse for NotAuthenticated {
        fn into_response(self) -> Response {
            match self {
                Self::Anonymous => Refusal::NoCredentials.into_response(),
                Self::LayerMissing => {
                    (StatusCode::INTERNAL_SERVER_ERROR, format!("{self}\n")).into_response()
                }
            }
        }
    }

    impl core::fmt::Display for NotAuthenticated {
        fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
            f.write_str(match self {
                Self::Anonymous => "the request has no Negotiate credentials",
                Self::LayerMissing => "no NegotiateLayer guards this route",
            })
        }
    }

    impl core::error::Error for NotAuthenticated {}
}
