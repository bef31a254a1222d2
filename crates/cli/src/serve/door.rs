//! [`Door`]: every request comes in here, and no answer leaves without a verdict.

use super::ledger::Ledger;
use super::proxy::is_negotiate;
use super::refusal;
use super::request::{About, Errand, Peer, Purpose};
use super::site::Site;
use super::verdict::{Finding, Reason, Verdict};
use super::within::{Found, Within, plain};
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, Method, Request, Response, StatusCode};
use core::sync::atomic::Ordering;
use core::time::Duration;
use portcullis::{Error, Rejection};
use portcullis_http::Negotiate;
use std::sync::{Arc, PoisonError, RwLock};
use tower_service::Service as _;

/// Where requests come in. Nothing in it is ever replaced but [`Door::guarded`].
#[derive(Debug)]
pub(super) struct Door {
    pub(super) ledger: Arc<Ledger>,
    site: Site,
    /// What is behind the present keytab.
    guarded: RwLock<Negotiate<Within>>,
}

impl Door {
    pub(super) const fn new(site: Site, guarded: Negotiate<Within>, ledger: Arc<Ledger>) -> Self {
        Self {
            ledger,
            site,
            guarded: RwLock::new(guarded),
        }
    }

    /// From now on requests meet these keys. Those that are under way meet the old ones.
    pub(super) fn replace(&self, guarded: Negotiate<Within>) {
        *self.guarded.write().unwrap_or_else(PoisonError::into_inner) = guarded;
    }

    fn guarded(&self) -> Negotiate<Within> {
        let guarded = self.guarded.read();
        guarded.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Answers a request.
    pub(super) async fn answer(&self, mut request: Request<Body>, peer: &Peer) -> Response<Body> {
        if self.site.fields.strip(request.headers_mut()) {
            self.ledger.metrics.stripped.fetch_add(1, Ordering::Relaxed);
        }
        if let Some(bindings) = &peer.bindings {
            request.extensions_mut().insert(bindings.clone());
        }
        if self.site.tells_of_itself
            && let Some(response) = self.tell_of_itself(&request)
        {
            return response;
        }
        if request.method() == Method::CONNECT {
            return plain(
                StatusCode::METHOD_NOT_ALLOWED,
                "this is no way to elsewhere\n",
            );
        }
        if self.site.status.as_deref() == Some(request.uri().path()) {
            let about = About::own(&request, peer);
            return self
                .judge(request, Errand::new(about, Purpose::Status))
                .await;
        }
        let Some(path) = &self.site.forward_auth else {
            let about = About::own(&request, peer);
            return self
                .judge(request, Errand::new(about, Purpose::Application))
                .await;
        };
        let Some(below) = path.below(request.uri().path()) else {
            return plain(StatusCode::NOT_FOUND, "there is nothing here\n");
        };
        match About::forwarded(&request, peer, below) {
            Ok(about) => {
                let errand = Errand::new(about, Purpose::ForwardAuth);
                self.judge(request, errand).await
            }
            Err(_) => plain(StatusCode::BAD_REQUEST, "the path is named in two ways\n"),
        }
    }

    /// Answers whoever asks how we are.
    pub(super) fn tell_of_itself(&self, request: &Request<Body>) -> Option<Response<Body>> {
        match request.uri().path() {
            "/healthz" if self.ledger.leaving.load(Ordering::Relaxed) => {
                Some(plain(StatusCode::SERVICE_UNAVAILABLE, "leaving\n"))
            }
            "/healthz" => Some(text("ok\n", request)),
            "/metrics" => Some(text(self.ledger.metrics.text(&self.ledger), request)),
            _ => None,
        }
    }

    /// Lets the request in, or not, and keeps account of it.
    async fn judge(&self, mut request: Request<Body>, errand: Errand) -> Response<Body> {
        let html = refusal::wants_html(request.headers());
        let credentials = request.headers().get_all(AUTHORIZATION);
        let credentials = credentials.iter().any(is_negotiate);
        request.extensions_mut().insert(errand.clone());
        let Ok(mut response) = self.guarded().call(request).await;
        let (finding, judged) = finding(&response, credentials);
        let verdict = Verdict {
            id: errand.id,
            at: errand.at,
            took: judged.unwrap_or_else(|| errand.begun.elapsed()),
            about: errand.about,
            status: response.status(),
            finding,
        };
        if !verdict.lets_in() {
            refusal::explain(&mut response, &verdict, html);
        }
        self.ledger.account(verdict);
        response
    }
}

/// What the response says of the client, and how long it took to know it.
fn finding(response: &Response<Body>, credentials: bool) -> (Finding, Option<Duration>) {
    let extensions = response.extensions();
    let finding = match (extensions.get::<Found>(), extensions.get::<Rejection>()) {
        (Some(Found::Admitted { admitted, judged }), _) => {
            return (Finding::Accepted(admitted.clone()), Some(*judged));
        }
        (Some(Found::Forbidden { client, rule }), _) => Finding::Forbidden {
            client: client.clone(),
            rule: rule.clone(),
        },
        (None, Some(rejection)) => match rejection.error() {
            Error::ReplayCache(_) | Error::Entropy => Finding::Failed(rejection.into()),
            _ => Finding::Refused(rejection.into()),
        },
        (None, None) if credentials => Finding::Refused(of_the_field(response.status())),
        (None, None) => Finding::Challenged,
    };
    (finding, None)
}

/// The layer refuses some credentials before there is a token.
fn of_the_field(status: StatusCode) -> Reason {
    let (text, remedy) = match status {
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => (
            "the Authorization field is too long",
            "raise limits.header, or take the user out of groups",
        ),
        StatusCode::BAD_REQUEST => (
            "there are Negotiate credentials in more than one field",
            "look at what the proxy in front adds to requests",
        ),
        _ => (
            "the credentials are no token, or the first of several",
            "look at what the client sends: Kerberos has to be its first mechanism",
        ),
    };
    Reason {
        kind: "header",
        text: text.to_owned(),
        remedy,
        blame: "peer",
    }
}

/// An answer to anybody who only looks.
fn text(body: impl Into<Body>, request: &Request<Body>) -> Response<Body> {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return plain(StatusCode::METHOD_NOT_ALLOWED, "");
    }
    let mut response = Response::new(body.into());
    let headers = response.headers_mut();
    let plain_text = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    headers.insert(CONTENT_TYPE, plain_text);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
