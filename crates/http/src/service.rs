//! [`Negotiate`]: no request goes by without a verdict.

use crate::extract::{Anonymous, Authenticated};
use crate::future::NegotiateFuture;
use crate::guard::{Entrant, Guard};
use crate::header;
use core::task::{Context, Poll};
use http::{Request, Response};
use std::sync::Arc;
use tower_service::Service;

/// A service behind a [`NegotiateLayer`](crate::NegotiateLayer).
///
/// The requests that reach it have an [`Authenticated`] among their extensions. Refusals have a
/// short text as body, so the inner service's bodies must be made of a `String`; axum's are, and
/// others become so through a layer that maps bodies.
#[derive(Clone, Debug)]
pub struct Negotiate<S> {
    inner: S,
    guard: Arc<Guard>,
}

impl<S> Negotiate<S> {
    pub(crate) const fn new(inner: S, guard: Arc<Guard>) -> Self {
        Self { inner, guard }
    }
}

impl<S, RequestBody, ResponseBody> Service<Request<RequestBody>> for Negotiate<S>
where
    S: Service<Request<RequestBody>, Response = Response<ResponseBody>>,
    ResponseBody: From<String>,
{
    type Response = Response<ResponseBody>;
    type Error = S::Error;
    type Future = NegotiateFuture<S::Future, ResponseBody>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<RequestBody>) -> Self::Future {
        let verdict = self.guard.judge(request.headers(), request.extensions());
        #[cfg(feature = "tracing")]
        crate::event::emit(&verdict);
        match verdict {
            Ok(Entrant::Client { identity, reply }) => {
                request.extensions_mut().insert(Authenticated(*identity));
                let reply = reply.map(|reply| header::challenge(Some(&reply)));
                NegotiateFuture::answered(self.inner.call(request), reply)
            }
            Ok(Entrant::Anonymous) => {
                request.extensions_mut().insert(Anonymous);
                NegotiateFuture::answered(self.inner.call(request), None)
            }
            Err(refusal) => NegotiateFuture::refused(refusal.into_response()),
        }
    }
}
