//! [`NegotiateLayer`]: the settings, each with a safe default.

use crate::guard::Guard;
use crate::service::Negotiate;
use portcullis::{Acceptor, ChannelBindings};
use std::sync::Arc;
use std::time::SystemTime;
use tower_layer::Layer;

/// Puts [`Negotiate`] before a service.
#[derive(Clone, Debug)]
#[must_use = "a layer guards nothing until it is put around a service"]
pub struct NegotiateLayer {
    guard: Guard,
}

impl NegotiateLayer {
    /// A layer that answers 401 until a client is proven to `acceptor`.
    ///
    /// Give the acceptor the service `HTTP`
    /// ([`AcceptorBuilder::service`](portcullis::AcceptorBuilder::service)) if its keytab has keys
    /// of others.
    pub fn new(acceptor: Acceptor) -> Self {
        Self {
            guard: Guard::new(acceptor),
        }
    }

    /// Lets requests without Negotiate credentials through, without an
    /// [`Authenticated`](crate::Authenticated). Credentials that prove nobody are refused as ever.
    ///
    /// No client sends credentials unasked: a service that wants them for some requests answers 401
    /// with [`challenge(None)`](crate::header::challenge) in `WWW-Authenticate`, as the handler
    /// argument `Authenticated` does.
    pub fn optional(mut self) -> Self {
        self.guard.optional = true;
        self
    }

    /// The longest `Authorization` field that is read, in octets. Default: 64 KiB, for the largest
    /// token of Windows (`MaxTokenSize`, 48,000 octets) in base64. Longer ones are answered 431.
    pub fn max_header(mut self, octets: usize) -> Self {
        self.guard.max_header = octets;
        self
    }

    /// The bindings of the channel that requests come through, as
    /// [`tls_server_end_point`](portcullis::channel_bindings::tls_server_end_point) makes them of
    /// the certificate with which TLS ends, here or in a proxy. Call it again for each that is
    /// acceptable. Default: none. A connection that brings its own
    /// [`ConnectionBindings`](crate::ConnectionBindings) is judged by those alone.
    ///
    /// A login that was relayed from another service bears that one's bindings, and is refused. The
    /// acceptor's policy decides what becomes of clients that send none.
    pub fn channel_bindings(mut self, bindings: ChannelBindings) -> Self {
        self.guard.bindings.push(bindings);
        self
    }

    /// What the time is. Default: [`SystemTime::now`]; another for tests.
    pub fn now(mut self, clock: fn() -> SystemTime) -> Self {
        self.guard.now = clock;
        self
    }
}

impl<S> Layer<S> for NegotiateLayer {
    type Service = Negotiate<S>;

    fn layer(&self, inner: S) -> Negotiate<S> {
        Negotiate::new(inner, Arc::new(self.guard.clone()))
    }
}
