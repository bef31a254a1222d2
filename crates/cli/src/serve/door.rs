//! [`Door`]: every request comes in here, and no answer leaves without a verdict.

use super::finding::find;
use super::ledger::Ledger;
use super::passwords::{Credentials, Passwords, Vain};
use super::preflight::is_preflight;
use super::refusal;
use super::request::{About, Errand, Peer, Purpose, settle_host};
use super::site::Site;
use super::verdict::{Finding, Verdict};
use super::within::{Within, plain};
use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Method, Request, Response, StatusCode};
use core::sync::atomic::Ordering;
use core::time::Duration;
use portcullis_http::Negotiate;
use portcullis_http::header::challenge;
use std::sync::Arc;
use tower_service::Service as _;

/// Where requests come in.
#[derive(Debug)]
pub(super) struct Door {
    pub(super) ledger: Arc<Ledger>,
    site: Site,
    guarded: Negotiate<Within>,
    /// What is behind the layer, for those that may come by it; nobody as a rule.
    unguarded: Option<Within>,
}

impl Door {
    pub(super) const fn new(
        site: Site,
        guarded: Negotiate<Within>,
        unguarded: Option<Within>,
        ledger: Arc<Ledger>,
    ) -> Self {
        Self {
            ledger,
            site,
            guarded,
            unguarded,
        }
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
        if let Err(ambiguous) = settle_host(&mut request) {
            return plain(StatusCode::BAD_REQUEST, ambiguous.text());
        }
        if self.site.status.as_deref() == Some(request.uri().path()) {
            let about = About::own(&request, peer, self.site.trusts_forwarded);
            return self
                .judge(request, Errand::new(about, Purpose::Status))
                .await;
        }
        let Some(path) = &self.site.forward_auth else {
            let about = About::own(&request, peer, self.site.trusts_forwarded);
            return self
                .judge(request, Errand::new(about, Purpose::Application))
                .await;
        };
        let Some(below) = path.below(request.uri().path()) else {
            return plain(StatusCode::NOT_FOUND, "there is nothing here\n");
        };
        match About::forwarded(&request, peer, below) {
            Ok(about) => {
                about.stand_for(&mut request);
                let errand = Errand::new(about, Purpose::ForwardAuth);
                self.judge(request, errand).await
            }
            Err(ambiguous) => plain(StatusCode::BAD_REQUEST, ambiguous.text()),
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
        if let Some(within) = &self.unguarded
            && is_preflight(&request, &errand.about, errand.purpose)
        {
            let response = within.answer_to_nobody(request, &errand).await;
            return self.account(response, errand, Finding::Preflight, None, false);
        }
        let html = refusal::wants_html(request.headers());
        let passwords = self.site.passwords.as_ref().filter(|_| errand.about.secure);
        if let Some(passwords) = passwords
            && let Some(credentials) = Credentials::find(request.headers())
            && let Err(vain) = passwords
                .exchange(credentials, &errand.about, request.headers_mut())
                .await
        {
            let response = turn_away(&vain, passwords);
            return self.account(response, errand, vain.finding, None, html);
        }
        request.extensions_mut().insert(errand.clone());
        let Ok(mut response) = self.guarded.clone().call(request).await;
        let (finding, judged) = find(&mut response);
        if let (Some(passwords), Finding::Challenged) = (passwords, &finding) {
            passwords.offer(response.headers_mut());
        }
        if matches!(finding, Finding::LoggedOut) && errand.purpose == Purpose::ForwardAuth {
            // To the proxy that asks, 200 would be a user.
            *response.status_mut() = StatusCode::FORBIDDEN;
        }
        self.account(response, errand, finding, judged, html)
    }

    /// Keeps account of a verdict, and says it to those who are not let in.
    fn account(
        &self,
        mut response: Response<Body>,
        errand: Errand,
        finding: Finding,
        judged: Option<Duration>,
        html: bool,
    ) -> Response<Body> {
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

/// An answer to somebody whose name and password prove nobody.
fn turn_away(vain: &Vain, passwords: &Passwords) -> Response<Body> {
    let mut response = plain(vain.status, "");
    let headers = response.headers_mut();
    if vain.status == StatusCode::UNAUTHORIZED {
        headers.append(WWW_AUTHENTICATE, challenge(None));
        passwords.offer(headers);
    }
    if let Some(wait) = vain.wait {
        let seconds = HeaderValue::from(wait.as_secs().saturating_add(1));
        headers.insert(RETRY_AFTER, seconds);
    }
    response
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
