//! [`Authenticated`] and [`User`] as arguments of axum's handlers.

use super::{Anonymous, Authenticated};
use crate::refusal::Refusal;
use crate::side::Side;
use crate::user::User;
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
    /// The same where the layer asks as a proxy: 407 with a challenge.
    AnonymousToProxy,
    /// The user is known by a session, and the handler asks for a token: 401 with a challenge.
    TokenNeeded,
    /// No layer guards the route, which is a mistake of the application: 500.
    LayerMissing,
}

impl<S: Sync> FromRequestParts<S> for Authenticated {
    type Rejection = NotAuthenticated;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, NotAuthenticated> {
        client(parts)?.ok_or_else(|| anonymous(parts))
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for Authenticated {
    type Rejection = NotAuthenticated;

    async fn from_request_parts(
        parts: &mut Parts,
        _: &S,
    ) -> Result<Option<Self>, NotAuthenticated> {
        client(parts)
    }
}

impl<S: Sync> FromRequestParts<S> for User {
    type Rejection = NotAuthenticated;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, NotAuthenticated> {
        user(parts)?.ok_or_else(|| anonymous(parts))
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for User {
    type Rejection = NotAuthenticated;

    async fn from_request_parts(
        parts: &mut Parts,
        _: &S,
    ) -> Result<Option<Self>, NotAuthenticated> {
        user(parts)
    }
}

fn anonymous(parts: &Parts) -> NotAuthenticated {
    match parts.extensions.get() {
        Some(Anonymous(Side::Proxy)) => NotAuthenticated::AnonymousToProxy,
        _ => NotAuthenticated::Anonymous,
    }
}

fn client(parts: &Parts) -> Result<Option<Authenticated>, NotAuthenticated> {
    match (parts.extensions.get(), user(parts)?) {
        (Some(client @ Authenticated(_)), _) => Ok(Some(client.clone())),
        (None, None) => Ok(None),
        (None, Some(_)) => Err(NotAuthenticated::TokenNeeded),
    }
}

fn user(parts: &Parts) -> Result<Option<User>, NotAuthenticated> {
    match (parts.extensions.get::<User>(), parts.extensions.get()) {
        (Some(user), _) => Ok(Some(user.clone())),
        (None, Some(Anonymous(_))) => Ok(None),
        (None, None) => Err(NotAuthenticated::LayerMissing),
    }
}

impl IntoResponse for NotAuthenticated {
    fn into_response(self) -> Response {
        match self {
            Self::Anonymous | Self::TokenNeeded => Refusal::NoCredentials.to_response(Side::Origin),
            Self::AnonymousToProxy => Refusal::NoCredentials.to_response(Side::Proxy),
            Self::LayerMissing => {
                (StatusCode::INTERNAL_SERVER_ERROR, format!("{self}\n")).into_response()
            }
        }
    }
}

impl core::fmt::Display for NotAuthenticated {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Anonymous | Self::AnonymousToProxy => "the request has no Negotiate credentials",
            Self::TokenNeeded => "the request has a session, and no Negotiate credentials",
            Self::LayerMissing => "no NegotiateLayer guards this route",
        })
    }
}

impl core::error::Error for NotAuthenticated {}
