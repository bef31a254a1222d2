//! [`Passage`]: a request on its way to the service, or back with an answer of ours.

use crate::extract::{Anonymous, Authenticated};
use crate::guard::{Entrant, Parting};
use crate::refusal::Refusal;
use crate::side::Side;
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
    parting: Parting,
    verdict: Verdict,
}

impl<S, RequestBody> Passage<S, RequestBody> {
    pub(crate) fn new(inner: S, request: Request<RequestBody>, side: Side) -> Self {
        Self {
            inner,
            request,
            side,
            #[cfg(feature = "metrics")]
            since: Instant::now(),
        }
    }

    pub(crate) fn end<ResponseBody>(
        self,
        judged: Result<Entrant, Refusal>,
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
                |extensions| {
                    extensions.insert(user);
                    if let Some(identity) = identity {
                        extensions.insert(Authenticated(*identity));
                    }
                },
            ),
            Ok(Entrant::Anonymous) => {
                let verdict = Verdict::anonymous(side);
                self.enter(verdict, Parting::default(), |extensions| {
                    extensions.insert(Anonymous(side));
                })
            }
            Err(refusal) => {
                let refusal = Arc::new(refusal);
                let verdict = Verdict::refused(side, None, Arc::clone(&refusal));
                self.tell(&verdict);
                let mut response = refusal.to_response(side);
                response.extensions_mut().insert(verdict);
                Arrival::Refused(response)
            }
        }
    }

    fn enter<ResponseBody>(
        mut self,
        verdict: Verdict,
        parting: Parting,
        tell: impl FnOnce(&mut http::Extensions),
    ) -> Arrival<S::Future, ResponseBody>
    where
        S: Service<Request<RequestBody>, Response = Response<ResponseBody>>,
    {
        self.tell(&verdict);
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
                parting,
                verdict,
            },
        }
    }

    #[cfg_attr(
        not(any(feature = "tracing", feature = "metrics")),
        allow(clippy::unused_self, reason = "who wants to know is behind a feature")
    )]
    fn tell(&self, verdict: &Verdict) {
        #[cfg(feature = "tracing")]
        crate::event::emit(verdict);
        #[cfg(feature = "metrics")]
        crate::meter::count(verdict, self.since.elapsed());
        #[cfg(not(any(feature = "tracing", feature = "metrics")))]
        let _ = verdict;
    }
}

impl Farewell {
    /// Whatever the status: a client that asks for mutual authentication wants to know that it was us
    /// who said 404.
    pub(crate) fn add_to<B>(self, response: &mut Response<B>) {
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
