//! [`ContextKeys`]: whose key protects the messages (RFC 4121 §2).

use portcullis_crypto::Key;

/// The keys of a context.
pub(crate) struct ContextKeys {
    /// The initiator's subkey, or the session key if it proposed none.
    initiator: Key,
    /// The subkey that we proposed in the AP-REP.
    acceptor_subkey: Option<Key>,
}

impl ContextKeys {
    pub(crate) const fn of_initiator(key: Key) -> Self {
        Self {
            initiator: key,
            acceptor_subkey: None,
        }
    }

    pub(crate) fn with_acceptor_subkey(self, subkey: Option<Key>) -> Self {
        Self {
            acceptor_subkey: subkey,
            ..self
        }
    }

    /// The key of our own tokens.
    pub(crate) fn sending(&self) -> &Key {
        self.acceptor_subkey.as_ref().unwrap_or(&self.initiator)
    }

    /// The bits that a sequence number has in tokens made with these keys.
    pub(crate) fn sequence_bits(&self) -> u64 {
        match self.sending().enctype().is_cfx() {
            true => u64::MAX,
            false => u32::MAX.into(),
        }
    }

    pub(crate) const fn has_acceptor_subkey(&self) -> bool {
        self.acceptor_subkey.is_some()
    }

    /// The key of a token that says whether it uses our subkey. One that does not, although we
    /// proposed one, was made before our AP-REP arrived; MIT krb5 takes the initiator's key then.
    pub(crate) fn receiving(&self, acceptor_subkey: bool) -> Option<&Key> {
        match acceptor_subkey {
            true => self.acceptor_subkey.as_ref(),
            false => Some(&self.initiator),
        }
    }
}
