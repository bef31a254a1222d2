//! [`Within`]: what answers a request whose client is proven.

use super::client::{Client, ClientRules};
use super::identity_headers::IdentityHeaders;
use super::request::About;
use super::requirement::{Forbidden, Requirements};
use super::verdict::Admitted;
use axum::body::Body;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, Request, Response, StatusCode};
use core::convert::Infallible;
use core::pin::Pin;
use core::task::{Context, Poll};
use portcullis::Identity;
use portcullis_http::Authenticated;
use std::sync::Arc;
use tower_service::Service;

/// What a request is for: an extension of it, by who took it in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A proxy asks who the client is, and whether it may come in.
    ForwardAuth,
}

/// What was found within: an extension of the response, so that who sent the request in knows.
#[derive(Clone, Debug)]
pub(super) enum Found {
    Admitted(Admitted),
    Forbidden { client: String, rule: String },
}

/// The rules for proven clients.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) clients: ClientRules,
    pub(super) requirements: Requirements,
    pub(super) fields: IdentityHeaders,
}

/// A service for requests of proven clients; cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Within {
    rules: Arc<Rules>,
}

impl Within {
    pub(super) const fn new(rules: Arc<Rules>) -> Self {
        Self { rules }
    }

    async fn answer(self, mut request: Request<Body>) -> Response<Body> {
        let extensions = request.extensions_mut();
        let (about, purpose) = (extensions.remove::<About>(), extensions.remove::<Purpose>());
        let identity = extensions.remove::<Authenticated>();
        let (Some(about), Some(purpose), Some(Authenticated(identity))) =
            (about, purpose, identity)
        else {
            // Nobody comes here who was not let in.
            return plain(StatusCode::INTERNAL_SERVER_ERROR, "no client");
        };
        let client = match self.admit(&identity, &about) {
            Ok(client) => client,
            Err(rule) => return forbidden(&identity, rule),
        };
        let mut response = match purpose {
            Purpose::ForwardAuth => self.vouch(&client),
        };
        let found = Found::Admitted(admitted(&identity, client));
        response.extensions_mut().insert(found);
        response
    }

    /// The client, if it may have what it asks for; else by which rule it may not.
    fn admit(&self, identity: &Identity, about: &About) -> Result<Client, String> {
        let client = self.rules.clients.client(identity);
        let client = client.map_err(|error| format!("names: {error}"))?;
        let permitted = self.rules.requirements.permit(&client, &about.path);
        permitted.map_err(|rule: Forbidden| rule.to_string())?;
        Ok(client)
    }

    /// Tells a proxy who the client is.
    fn vouch(&self, client: &Client) -> Response<Body> {
        let mut response = Response::new(Body::empty());
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        self.rules.fields.set(client, headers);
        response
    }
}

fn admitted(identity: &Identity, client: Client) -> Admitted {
    let key = identity.key();
    Admitted {
        client: client.principal,
        user: client.user,
        key: Some(format!(
            "{} kvno {} {} {}",
            key.principal,
            key.kvno,
            key.etype,
            key.selected.name()
        )),
    }
}

fn forbidden(identity: &Identity, rule: String) -> Response<Body> {
    let mut response = plain(
        StatusCode::FORBIDDEN,
        "you are known, and may not have this",
    );
    let client = identity.client().to_string();
    let found = Found::Forbidden { client, rule };
    response.extensions_mut().insert(found);
    response
}

pub(super) fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response
}

impl Service<Request<Body>> for Within {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let answer = self.clone().answer(request);
        Box::pin(async move { Ok(answer.await) })
    }
}
