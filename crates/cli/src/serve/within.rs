//! [`Within`]: what answers a request whose client is proven.

use super::client::Client;
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
use portcullis_http::{Authenticated, User};
use std::sync::Arc;
use tokio::task::spawn_blocking;
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
        kind: &'static str,
        rule: String,
    },
}

/// The rules for proven clients.
#[derive(Debug)]
pub(super) struct Rules {
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
        let user = extensions.remove::<User>();
        let identity = extensions.remove::<Authenticated>();
        let (Some(errand), Some(user)) = (errand, user) else {
            // Nobody comes here who was not let in.
            return plain(StatusCode::INTERNAL_SERVER_ERROR, "no client");
        };
        let identity = identity.map(|Authenticated(identity)| identity);
        let client = Client::new(&user);
        if let Err(rule) = self.admit(&client, &errand) {
            return forbidden(&user, &rule);
        }
        let client = self.with_credential(client, identity.clone()).await;
        let judged = errand.begun.elapsed();
        let mut response = match (errand.purpose, &self.rules.proxy) {
            (Purpose::Application, Some(proxy)) => {
                let identify = |headers: &mut HeaderMap| self.rules.fields.set(&client, headers);
                proxy.forward(request, &errand, identify).await
            }
            (Purpose::Status, _) => status::page(&self.rules.ledger, &client),
            (Purpose::ForwardAuth | Purpose::Application, _) => {
                self.vouch(|headers| self.rules.fields.set(&client, headers))
            }
        };
        let admitted = admitted(&user, identity.as_ref());
        let found = Found::Admitted { admitted, judged };
        response.extensions_mut().insert(found);
        response
    }

    /// Answers a request that nobody proves, and that is let through: to the application it is nobody's.
    pub(super) async fn answer_to_nobody(
        &self,
        request: Request<Body>,
        errand: &Errand,
    ) -> Response<Body> {
        let fields = &self.rules.fields;
        match &self.rules.proxy {
            Some(proxy) if errand.purpose == Purpose::Application => {
                let identify = |headers: &mut HeaderMap| fields.set_nobody(headers);
                proxy.forward(request, errand, identify).await
            }
            _ => self.vouch(|headers| fields.set_nobody(headers)),
        }
    }

    /// Whether the client may have what it asks for; else by which rule it may not.
    fn admit(&self, client: &Client, errand: &Errand) -> Result<(), Forbidden> {
        let requirements = &self.rules.requirements;
        match errand.purpose {
            Purpose::Status => requirements.permit_status(client),
            _ => requirements.permit(client, &errand.about.path),
        }
    }

    /// The client with what it delegates, or has before.
    async fn with_credential(&self, mut client: Client, identity: Option<Identity>) -> Client {
        let Some(delegation) = self.rules.delegation.clone() else {
            return client;
        };
        let principal = client.principal.clone();
        // Files are written, and the disk waited for.
        let named = spawn_blocking(move || {
            if let Some(identity) = &identity {
                delegation.keep(identity);
            }
            delegation.name_of(&principal, delegation::now())
        });
        client.ccache = named.await.unwrap_or_default();
        client
    }

    /// Tells a proxy who the client is.
    fn vouch(&self, identify: impl FnOnce(&mut HeaderMap)) -> Response<Body> {
        let mut response = Response::new(Body::empty());
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        identify(headers);
        // By which Envoy takes away what the client sent.
        if let Some(names) = self.rules.fields.empty_in(headers) {
            headers.insert("x-envoy-auth-headers-to-remove", names);
        }
        response
    }
}

fn admitted(user: &User, identity: Option<&Identity>) -> Admitted {
    let key = identity.map(Identity::key).map(|key| {
        let (kvno, etype, selected) = (key.kvno, key.etype, key.selected.name());
        format!("{} kvno {kvno} {etype} {selected}", key.principal)
    });
    Admitted {
        client: user.client().to_string(),
        user: user.name().to_owned(),
        login: user.login().name(),
        key,
    }
}

fn forbidden(user: &User, rule: &Forbidden) -> Response<Body> {
    let mut response = plain(
        StatusCode::FORBIDDEN,
        "you are known, and may not have this",
    );
    response.extensions_mut().insert(Found::Forbidden {
        client: user.client().to_string(),
        kind: rule.kind(),
        rule: rule.to_string(),
    });
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
