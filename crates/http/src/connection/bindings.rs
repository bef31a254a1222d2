//! [`ConnectionBindings`]: what binds a login to the connection that it came through.

use super::extension::OfConnection;
use portcullis::ChannelBindings;
use std::sync::Arc;
use tower_layer::Layer;

/// The channel bindings of one connection: an extension of the requests that come through it, by
/// which [`NegotiateLayer`](crate::NegotiateLayer) judges them, whatever it was told of channels
/// itself. Several where clients may see one or another of them.
///
/// A server that ends TLS puts it around the service that it hands each connection to, outside of
/// the layer. With rustls, the feature `rustls` makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionBindings(Arc<[ChannelBindings]>);

impl ConnectionBindings {
    /// A connection whose client may see any of these.
    pub fn new(acceptable: impl IntoIterator<Item = ChannelBindings>) -> Self {
        Self(acceptable.into_iter().collect())
    }

    /// These and one more.
    pub(crate) fn and(&self, another: ChannelBindings) -> Self {
        Self::new(self.0.iter().cloned().chain([another]))
    }

    pub(crate) fn acceptable(&self) -> &[ChannelBindings] {
        &self.0
    }
}

/// Each request to the service gets these bindings.
impl<S> Layer<S> for ConnectionBindings {
    type Service = OfConnection<S, Self>;

    fn layer(&self, inner: S) -> OfConnection<S, Self> {
        OfConnection::new(inner, self.clone())
    }
}
