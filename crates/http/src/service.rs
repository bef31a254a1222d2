//! [`Negotiate`]: no request goes by without a verdict.

use crate::future::NegotiateFuture;
use crate::guard::Guard;
use crate::passage::Passage;
use core::task::{Context, Poll};
use http::{Request, Response};
use std::sync::Arc;
use tower_service::Service;

/// A service behind a [`NegotiateLayer`](crate::NegotiateLayer).
///
/// The requests that reach it have a [`User`](crate::User) among their extensions, and an
/// [`Authenticated`](crate::Authenticated) where they had a token. Refusals have a short text as body,
/// so the inner service's bodies must be made of a `String`; axum's are, and others become so through
/// a layer that maps bodies. The answers have a [`Verdict`](crate::Verdict) among their extensions.
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
    S: Service<Request<RequestBody>, Response = Response<ResponseBody>> + Clone,
    ResponseBody: From<String>,
{
    type Response = Response<ResponseBody>;
    type Error = S::Error;
    type Future = NegotiateFuture<S, RequestBody>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        // The one that was ready is called; its clone gets ready for the next request.
        let next = self.inner.clone();
        let inner = core::mem::replace(&mut self.inner, next);
        let judgement = self.guard.judge(&request);
        let passage = Passage::new(inner, request, &self.guard);
        NegotiateFuture::new(judgement, passage)
    }
}
