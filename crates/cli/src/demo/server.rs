//! The demo's server: a page, tokens for whoever asks, and one guarded route.

use super::client::authorization;
use super::tokens::{Kind, Tokens};
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Router, middleware};
use portcullis::{Identity, Rejection};
use portcullis_http::{Authenticated, NegotiateLayer};
use serde::{Deserialize, Serialize};
use std::io;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

const PAGE: &str = include_str!("page.html");

/// Serves until interrupted.
pub(super) fn start(
    listener: TcpListener,
    tokens: &Tokens,
    interrupt: Interrupt,
) -> Result<JoinHandle<io::Result<()>>, Failure> {
    let guarded = Router::new()
        .route("/whoami", get(who_am_i))
        .layer(NegotiateLayer::new(tokens.acceptor()?))
        .layer(middleware::map_response(explain));
    let app = Router::new()
        .route("/", get(page))
        .route("/token/{kind}", get(token))
        .with_state(tokens.clone())
        .merge(guarded);
    let server = axum::serve(listener, app).with_graceful_shutdown(interrupt.wait());
    Ok(tokio::spawn(async move { server.await }))
}

async fn page() -> impl IntoResponse {
    let policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; \
                  connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    ([(CONTENT_SECURITY_POLICY, policy)], Html(PAGE))
}

/// The value of an `Authorization` field, to be used once.
async fn token(State(tokens): State<Tokens>, Path(kind): Path<String>) -> Response {
    let Some(kind) = Kind::of_name(&kind) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match tokens.make(kind) {
        Ok(token) => ([(CACHE_CONTROL, "no-store")], authorization(token.octets())).into_response(),
        Err(failure) => (StatusCode::INTERNAL_SERVER_ERROR, failure.to_string()).into_response(),
    }
}

/// What the service behind the layer knows of a client.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Client {
    pub(super) client: String,
    service: String,
    key: String,
    session_key: String,
    authenticated: String,
    until: String,
}

/// What the operator of the service knows of a refusal. The client learns the code and no more;
/// here it is the same person.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Refused {
    pub(super) refused: String,
    pub(super) kind: String,
    remedy: String,
    blame: String,
    code: Option<String>,
}

async fn who_am_i(Authenticated(identity): Authenticated) -> Response {
    json(StatusCode::OK.into_response(), &Client::from(&identity))
}

/// Puts the reason of a refusal into its body.
async fn explain(response: Response) -> Response {
    match response.extensions().get::<Rejection>().map(Refused::from) {
        Some(refused) => json(response, &refused),
        None => response,
    }
}

/// The same response with this body.
fn json(response: Response, body: &impl Serialize) -> Response {
    let (mut parts, _) = response.into_parts();
    parts
        .headers
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    parts
        .headers
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    match serde_json::to_string(body) {
        Ok(text) => Response::from_parts(parts, text.into()),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

impl From<&Identity> for Client {
    fn from(identity: &Identity) -> Self {
        let key = identity.key();
        Self {
            client: identity.client().to_string(),
            service: identity.service().to_string(),
            key: format!("kvno {} {}, {}", key.kvno, key.etype, key.selected.name()),
            session_key: identity.session_etype().to_string(),
            authenticated: identity.authtime().to_string(),
            until: identity.endtime().to_string(),
        }
    }
}

impl From<&Rejection> for Refused {
    fn from(rejection: &Rejection) -> Self {
        let error = rejection.error();
        Self {
            refused: error.to_string(),
            kind: error.kind().to_owned(),
            remedy: error.remedy().to_owned(),
            blame: error.blame().name().to_owned(),
            code: error.code().map(|code| code.to_string()),
        }
    }
}
