//! [`Passage`]: a request on its way to the service, or back with an answer of ours.

use crate::extract::{Anonymous, Authenticated};
use crate::guard::{Entrant, Guard, Parting};
use crate::refusal::Refusal;
use crate::side::Side;
use crate::span::RequestSpan;
use crate::verdict::Verdict;
use http::header::{HeaderName, SET_COOKIE};
use http::{HeaderValue, Request, Response};
use std::sync::Arc;
#[cfg(feature = "metrics")]
use std::time::Instant;
use tower_service::Service;

/// [MS-N2HT] §2.2: whether the next requests of the connection need a token.
const PERSISTENT_AUTH: HeaderName = HeaderName::from_static("persistent-auth");

/// A request that waits for its verdict, and the service that it is for.
pub(crate) struct Passage<S, RequestBody> {
    inner: S,
    request: Request<RequestBody>,
    side: Side,
    /// What a 401 has beside Negotiate.
    also: Option<HeaderValue>,
    #[cfg(feature = "metrics")]
    since: Instant,
}

/// What a request came to.
pub(crate) enum Arrival<F, B> {
    /// The service answers, and this is added.
    Answering { future: F, farewell: Farewell },
    /// The service is not asked.
    Refused(Response<B>),
}

/// What is added to the service's answer.
pub(crate) struct Farewell {
    side: Side,
    also: Option<HeaderValue>,
    parting: Parting,
    verdict: Verdict,
}

impl<S, RequestBody> Passage<S, RequestBody> {
    pub(crate) fn new(inner: S, request: Request<RequestBody>, guard: &Guard) -> Self {
        Self {
            inner,
            request,
            side: guard.side,
            also: guard.passwords.as_ref().map(|door| door.challenge.clone()),
            #[cfg(feature = "metrics")]
            since: Instant::now(),
        }
    }

    pub(crate) fn end<ResponseBody>(
        self,
        judged: Result<Entrant, Refusal>,
        span: &RequestSpan,
    ) -> Arrival<S::Future, ResponseBody>
    where
        S: Service<Request<RequestBody>, Response = Response<ResponseBody>>,
        ResponseBody: From<String>,
    {
        let side = self.side;
        match judged {
            Ok(Entrant::User {
                user,
                login,
                identity,
                parting,
            }) => self.enter(
                Verdict::known(side, user.clone(), login),
                parting,
                span,
                |extensions| {
                    extensions.insert(user);
                    if let Some(identity) = identity {
                        extensions.insert(Authenticated(*identity));
                    }
                },
            ),
            Ok(Entrant::Anonymous) => {
                let verdict = Verdict::anonymous(side);
                self.enter(verdict, Parting::default(), span, |extensions| {
                    extensions.insert(Anonymous(side));
                })
            }
            Err(refusal) => {
                let refusal = Arc::new(refusal);
                let verdict = Verdict::refused(side, None, Arc::clone(&refusal));
                self.tell(&verdict, span);
                let mut response = refusal.to_response(side);
                // Who is in the middle of a login needs no other one.
                if !matches!(*refusal, Refusal::AnotherLeg { .. }) {
                    add_challenge(&mut response, side, self.also);
                }
                response.extensions_mut().insert(verdict);
                Arrival::Refused(response)
            }
        }
    }

    fn enter<ResponseBody>(
        mut self,
        verdict: Verdict,
        parting: Parting,
        span: &RequestSpan,
        tell: impl FnOnce(&mut http::Extensions),
    ) -> Arrival<S::Future, ResponseBody>
    where
        S: Service<Request<RequestBody>, Response = Response<ResponseBody>>,
    {
        self.tell(&verdict, span);
        let side = self.side;
        if side == Side::Proxy {
            // RFC 9110 §11.7.2: it is for this proxy.
            self.request.headers_mut().remove(side.credentials());
        }
        tell(self.request.extensions_mut());
        Arrival::Answering {
            future: self.inner.call(self.request),
            farewell: Farewell {
                side,
                also: self.also,
                parting,
                verdict,
            },
        }
    }

    #[cfg_attr(
        not(any(feature = "tracing", feature = "metrics")),
        allow(clippy::unused_self, reason = "who wants to know is behind a feature")
    )]
    fn tell(&self, verdict: &Verdict, span: &RequestSpan) {
        #[cfg(feature = "tracing")]
        {
            span.record(verdict);
            crate::event::emit(verdict);
        }
        #[cfg(feature = "metrics")]
        crate::meter::count(verdict, self.since.elapsed());
        #[cfg(not(any(feature = "tracing", feature = "metrics")))]
        let _ = verdict;
        #[cfg(not(feature = "tracing"))]
        let _ = span;
    }
}

/// Beside the challenge Negotiate, which comes first: some clients take what comes first.
fn add_challenge<B>(response: &mut Response<B>, side: Side, also: Option<HeaderValue>) {
    if let Some(also) = also
        && response.status() == side.unauthorized()
        && response.headers().contains_key(side.challenge())
    {
        response.headers_mut().append(side.challenge(), also);
    }
}

impl Farewell {
    /// Whatever the status: a client that asks for mutual authentication wants to know that it was us
    /// who said 404.
    pub(crate) fn add_to<B>(self, response: &mut Response<B>) {
        add_challenge(response, self.side, self.also);
        let headers = response.headers_mut();
        let Parting {
            reply,
            cookies,
            persistent,
        } = self.parting;
        if let Some(reply) = reply {
            headers.append(self.side.challenge(), reply);
        }
        for cookie in cookies {
            headers.append(SET_COOKIE, cookie);
        }
        if let Some(persistent) = persistent {
            let value = if persistent { "true" } else { "false" };
            headers.insert(PERSISTENT_AUTH, HeaderValue::from_static(value));
        }
        response.extensions_mut().get_or_insert(self.verdict);
    }
}
