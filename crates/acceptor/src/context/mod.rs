//! [`SecurityContext`]: a proven client, the keys that the two share, and where the sequence
//! numbers stand (RFC 4121 §2).

mod keys;
mod mic;
#[cfg(feature = "legacy-enctypes")]
mod mic_rc4;
mod order;
mod wrap;

pub(crate) use keys::ContextKeys;
pub use mic::MessageError;
pub use order::Order;
pub use wrap::{Protection, Unwrapped};

use crate::entropy::Entropy;
use crate::identity::Identity;
use core::fmt;
use order::Window;
use portcullis_formats::gss::ContextFlags;
use std::sync::Arc;
use std::time::SystemTime;

/// What both sides have when the context is established.
///
/// The keys are wiped when it is dropped; [`SecurityContext::into_identity`] keeps what can be
/// kept without them.
pub struct SecurityContext {
    /// One allocation: it is moved from hand to hand while a negotiation ends.
    established: Box<Established>,
}

struct Established {
    identity: Identity,
    keys: ContextKeys,
    /// Where confounders come from.
    entropy: Arc<dyn Entropy>,
    /// The number of our next token.
    next_sequence: u64,
    received: Window,
}

impl SecurityContext {
    pub(crate) fn new(
        identity: Identity,
        keys: ContextKeys,
        entropy: Arc<dyn Entropy>,
        ours: u32,
        theirs: u32,
    ) -> Self {
        let flags = identity.flags();
        let received = Window::new(
            theirs.into(),
            keys.sequence_bits(),
            flags.contains(ContextFlags::REPLAY),
            flags.contains(ContextFlags::SEQUENCE),
        );
        let next_sequence = ours.into();
        Self {
            established: Box::new(Established {
                identity,
                keys,
                entropy,
                next_sequence,
                received,
            }),
        }
    }

    /// The proven client.
    #[must_use]
    pub const fn identity(&self) -> &Identity {
        &self.established.identity
    }

    /// The proven client; the keys are wiped.
    #[must_use]
    pub fn into_identity(self) -> Identity {
        self.established.identity
    }

    /// Until when the ticket counts; the clock's skew is not added.
    #[must_use]
    pub fn expires_at(&self) -> SystemTime {
        self.established.identity.expires_at()
    }

    /// The first sequence number of our tokens: what the third leg of DCE style repeats.
    pub(crate) const fn next_sequence(&self) -> u64 {
        self.established.next_sequence
    }
}

impl fmt::Debug for SecurityContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecurityContext")
            .field("identity", &self.established.identity)
            .finish_non_exhaustive()
    }
}
