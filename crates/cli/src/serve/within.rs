//! [`Within`]: what answers a request whose client is proven.

use super::client::{Client, ClientRules};
use super::delegation::{self, Delegation};
use super::identity_headers::IdentityHeaders;
use super::ledger::Ledger;
use super::proxy::Proxy;
use super::request::{Errand, Purpose};
use super::requirement::{Forbidden, Requirements};
use super::status;
use super::verdict::Admitted;
use axum::body::Body;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use core::convert::Infallible;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use portcullis::Identity;
use portcullis_http::Authenticated;
use std::sync::Arc;
use tower_service::Service;

/// What was found within: an extension of the response, so that who sent the request in knows.
#[derive(Clone, Debug)]
pub(super) enum Found {
    /// How long that took, without the application's time.
    Admitted {
        admitted: Admitted,
        judged: Duration,
    },
    Forbidden {
        client: String,
        rule: String,
    },
}

/// The rules for proven clients.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) clients: ClientRules,
    pub(super) requirements: Requirements,
    pub(super) fields: IdentityHeaders,
    /// The way to the application, where we are the proxy.
    pub(super) proxy: Option<Proxy>,
    pub(super) delegation: Option<Arc<Delegation>>,
    pub(super) ledger: Arc<Ledger>,
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
        let errand = extensions.remove::<Errand>();
        let identity = extensions.remove::<Authenticated>();
        let (Some(errand), Some(Authenticated(identity))) = (errand, identity) else {
            // Nobody comes here who was not let in.
            return plain(StatusCode::INTERNAL_SERVER_ERROR, "no client");
        };
        let client = match self.admit(&identity, &errand) {
            Ok(client) => client,
            Err(rule) => return forbidden(&identity, rule),
        };
        let judged = errand.begun.elapsed();
        let mut response = match (errand.purpose, &self.rules.proxy) {
            (Purpose::Application, Some(proxy)) => {
                let identify = |headers: &mut HeaderMap| self.rules.fields.set(&client, headers);
                proxy.forward(request, &errand, identify).await
            }
            (Purpose::Status, _) => status::page(&self.rules.ledger, &client),
            (Purpose::ForwardAuth | Purpose::Application, _) => self.vouch(&client),
        };
        let admitted = admitted(&identity, client);
        let found = Found::Admitted { admitted, judged };
        response.extensions_mut().insert(found);
        response
    }

    /// The client, if it may have what it asks for; else by which rule it may not.
    fn admit(&self, identity: &Identity, errand: &Errand) -> Result<Client, String> {
        let rules = &self.rules;
        let client = rules.clients.client(identity);
        let mut client = client.map_err(|error| format!("names: {error}"))?;
        let permitted = match errand.purpose {
            Purpose::Status => rules.requirements.permit_status(&client),
            _ => rules.requirements.permit(&client, &errand.about.path),
        };
        permitted.map_err(|rule: Forbidden| rule.to_string())?;
        if let Some(delegation) = &rules.delegation {
            delegation.keep(identity);
            client.ccache = delegation.name_of(identity.client(), delegation::now());
        }
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
