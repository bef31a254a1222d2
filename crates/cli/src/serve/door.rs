//! [`Door`]: every request comes in here, and no answer leaves without a verdict.

use super::log::Log;
use super::metrics::Metrics;
use super::request::About;
use super::site::Site;
use super::verdict::{Finding, Reason, Verdict, VerdictId};
use super::within::{Found, Purpose, Within, plain};
use super::{config, refusal};
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use core::sync::atomic::Ordering;
use portcullis::{Error, Rejection};
use portcullis_http::Negotiate;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;
use tower_service::Service as _;

/// Where requests come in. Nothing in it is ever replaced but [`Door::guarded`].
#[derive(Debug)]
pub(super) struct Door {
    pub(super) site: Site,
    pub(super) log: Log,
    pub(super) metrics: Metrics,
    logged: config::LoggedVerdicts,
    started: Instant,
    /// What is behind the present keytab.
    guarded: RwLock<Negotiate<Within>>,
}

/// The other end of a connection.
#[derive(Clone, Debug)]
pub(super) struct Peer(pub(super) Option<String>);

impl Door {
    pub(super) fn new(site: Site, guarded: Negotiate<Within>, log: &config::LogRules) -> Self {
        Self {
            site,
            log: Log::new(log.format),
            metrics: Metrics::default(),
            logged: log.verdicts,
            started: Instant::now(),
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
    pub(super) async fn answer(
        self: Arc<Self>,
        mut request: Request<Body>,
        peer: Peer,
    ) -> Response<Body> {
        if self.site.fields.strip(request.headers_mut()) {
            self.metrics.stripped.fetch_add(1, Ordering::Relaxed);
        }
        let path = request.uri().path();
        match path {
            "/healthz" => return text("ok\n", &request),
            "/metrics" => return text(self.metrics.text(self.started.elapsed()), &request),
            _ => {}
        }
        let Some(below) = self.site.forward_auth.below(path).map(str::to_owned) else {
            return plain(StatusCode::NOT_FOUND, "there is nothing here\n");
        };
        match About::forwarded(&request, peer.0, &below) {
            Ok(about) => self.judge(request, about, Purpose::ForwardAuth).await,
            Err(_) => plain(StatusCode::BAD_REQUEST, "the path is named in two ways\n"),
        }
    }

    /// Lets the request in, or not, and keeps account of it.
    async fn judge(
        &self,
        mut request: Request<Body>,
        about: About,
        purpose: Purpose,
    ) -> Response<Body> {
        let started = Instant::now();
        let html = refusal::wants_html(request.headers());
        let credentials = offers_negotiate(request.headers());
        request.extensions_mut().insert(about.clone());
        request.extensions_mut().insert(purpose);
        let Ok(mut response) = self.guarded().call(request).await;
        let verdict = Verdict {
            id: VerdictId::new(),
            took: started.elapsed(),
            about,
            status: response.status(),
            finding: finding(&response, credentials),
        };
        if !matches!(verdict.finding, Finding::Accepted(_)) {
            refusal::explain(&mut response, &verdict, html);
        }
        self.account(&verdict);
        response
    }

    fn account(&self, verdict: &Verdict) {
        self.metrics.count(verdict);
        let let_in = matches!(verdict.finding, Finding::Accepted(_));
        if self.logged == config::LoggedVerdicts::All || !let_in {
            self.log.write(&verdict.line());
        }
    }
}

/// Whether the client shows what is meant for us.
fn offers_negotiate(headers: &HeaderMap) -> bool {
    let scheme = |value: &HeaderValue| {
        let first = value.as_bytes().trim_ascii_start().get(..9);
        first.is_some_and(|first| first.eq_ignore_ascii_case(b"negotiate"))
    };
    headers.get_all(AUTHORIZATION).iter().any(scheme)
}

/// What the response says of the client.
fn finding(response: &Response<Body>, credentials: bool) -> Finding {
    let extensions = response.extensions();
    match (extensions.get::<Found>(), extensions.get::<Rejection>()) {
        (Some(Found::Admitted(admitted)), _) => Finding::Accepted(admitted.clone()),
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
    }
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
