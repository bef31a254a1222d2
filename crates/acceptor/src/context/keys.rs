//! [`ContextKeys`]: whose key protects the messages (RFC 4121 §2).

use super::MessageError;
use portcullis_crypto::Key;
use portcullis_formats::gss::TokenFlags;
use portcullis_formats::registry::EtypeNumber;

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

    /// The key of our own tokens, which are those of RFC 4121.
    pub(crate) fn rfc4121_sending(&self) -> Result<&Key, MessageError> {
        rfc4121(self.sending())
    }

    /// The key that an initiator's token of RFC 4121 with these flags was made with.
    ///
    /// A token that does not use our subkey, although we proposed one, was made before our AP-REP
    /// arrived; MIT krb5 takes the initiator's key then.
    pub(crate) fn rfc4121_receiving(&self, flags: TokenFlags) -> Result<&Key, MessageError> {
        if flags.contains(TokenFlags::SENT_BY_ACCEPTOR) {
            return Err(MessageError::Direction);
        }
        rfc4121(match flags.contains(TokenFlags::ACCEPTOR_SUBKEY) {
            true => self
                .acceptor_subkey
                .as_ref()
                .ok_or(MessageError::NoSubkey)?,
            false => &self.initiator,
        })
    }
}

fn rfc4121(key: &Key) -> Result<&Key, MessageError> {
    match key.enctype().is_cfx() {
        true => Ok(key),
        false => Err(MessageError::Unsupported(EtypeNumber(
            key.enctype().number(),
        ))),
    }
}
