//! [`ConnectionState`]: what is remembered for as long as a connection lasts.

use super::extension::OfConnection;
use crate::half_open::{Scope, Waiting};
use crate::user::User;
use core::fmt;
use core::time::Duration;
use portcullis::Identity;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;
use tower_layer::Layer;

/// A place for what belongs to one connection: an extension of the requests that come through it.
///
/// Put one around the service that you hand each connection to, outside of the layer, and only where
/// a connection is one client's: no proxy in front puts several clients on one. Negotiations with
/// another leg then wait here and need no cookie; and with
/// [`NegotiateLayer::connection_bound`](crate::NegotiateLayer::connection_bound), who has proven
/// itself is known for as long as the connection lasts. Over HTTP/2 it is not used: a connection's
/// streams have no order there (RFC 9113 §5).
#[derive(Clone, Default)]
pub struct ConnectionState(Arc<Mutex<Remembered>>);

#[derive(Default)]
struct Remembered {
    waiting: Option<Box<Waiting>>,
    login: Option<Known>,
}

/// A client that has proven itself through this connection.
#[derive(Clone)]
pub(crate) struct Known {
    /// The settings under which it did.
    pub(crate) mark: Arc<()>,
    pub(crate) scope: Scope,
    pub(crate) identity: Box<Identity>,
    pub(crate) user: User,
}

impl ConnectionState {
    /// Of a connection that begins.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    pub(crate) fn keep(&self, waiting: Waiting) {
        self.lock().waiting = Some(Box::new(waiting));
    }

    /// What waits for a leg that comes now and there.
    pub(crate) fn take(&self, scope: &Scope, now: SystemTime, age: Duration) -> Option<Waiting> {
        let waiting = self.lock().waiting.take()?;
        waiting.awaits(scope, now, age).then_some(*waiting)
    }

    pub(crate) fn remember(&self, known: Known) {
        self.lock().login = Some(known);
    }

    /// A new token is here, or what should be one: whatever becomes of it, the old one is over.
    pub(crate) fn forget_login(&self) {
        self.lock().login = None;
    }

    /// Who proved itself under these settings and there, if its ticket has not ended.
    pub(crate) fn known(&self, mark: &Arc<()>, scope: &Scope, now: SystemTime) -> Option<Known> {
        let remembered = self.lock();
        let known = remembered.login.as_ref()?;
        let is_it = Arc::ptr_eq(&known.mark, mark)
            && known.scope == *scope
            && now < known.identity.expires_at();
        is_it.then(|| known.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Remembered> {
        // It is whole between any two statements.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for ConnectionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionState").finish_non_exhaustive()
    }
}

/// Each request to the service gets this state.
impl<S> Layer<S> for ConnectionState {
    type Service = OfConnection<S, Self>;

    fn layer(&self, inner: S) -> OfConnection<S, Self> {
        OfConnection::new(inner, self.clone())
    }
}
