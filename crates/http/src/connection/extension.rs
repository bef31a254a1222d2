//! [`OfConnection`]: each request through a connection gets what belongs to that connection.

use core::task::{Context, Poll};
use http::Request;
use tower_service::Service;

/// A service whose requests come through one connection, and get a clone of `E` as extension: from
/// [`ConnectionBindings`](crate::ConnectionBindings) or [`ConnectionState`](crate::ConnectionState).
#[derive(Clone, Debug)]
pub struct OfConnection<S, E> {
    inner: S,
    extension: E,
}

impl<S, E> OfConnection<S, E> {
    pub(super) const fn new(inner: S, extension: E) -> Self {
        Self { inner, extension }
    }
}

impl<S, E, B> Service<Request<B>> for OfConnection<S, E>
where
    S: Service<Request<B>>,
    E: Clone + Send + Sync + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> S::Future {
        request.extensions_mut().insert(self.extension.clone());
        self.inner.call(request)
    }
}
