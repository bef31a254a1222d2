//! [`ContextKeys`]: whose key protects the messages (RFC 4121 §2).

use super::MessageError;
use super::prepared::Form;
#[cfg(feature = "legacy-enctypes")]
use portcullis_crypto::Enctype;
use portcullis_crypto::Key;
use portcullis_formats::gss::TokenFlags;
use portcullis_formats::registry::EtypeNumber;

/// The keys of a context.
#[derive(Clone)]
pub(crate) struct ContextKeys {
    /// The initiator's subkey, or the session key if it proposed none.
    initiator: Key,
    /// The subkey that we proposed in the AP-REP.
    acceptor_subkey: Option<Key>,
}

/// Whose of the two.
#[derive(Clone, Copy)]
pub(super) enum Proposer {
    Initiator,
    Acceptor,
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

    /// The initiator's subkey, or the session key if it proposed none.
    pub(super) const fn initiator(&self) -> &Key {
        &self.initiator
    }

    /// The subkey that we proposed.
    pub(super) const fn acceptor_subkey(&self) -> Option<&Key> {
        self.acceptor_subkey.as_ref()
    }

    /// The key of our own tokens.
    pub(super) fn sending(&self) -> &Key {
        self.acceptor_subkey.as_ref().unwrap_or(&self.initiator)
    }

    /// The form of the tokens in both directions: that of the key of our own.
    pub(super) fn form(&self) -> Form {
        Form::of(self.sending().enctype())
    }

    /// Whether a signature covers number and direction. RFC 4757 §7.2: under RC4 they are
    /// encrypted with a stream that depends on the checksum, and nothing more; under DES3 they are
    /// one block, in which no octet is changed alone.
    pub(super) fn sign_numbers(&self) -> bool {
        match self.sending().enctype() {
            #[cfg(feature = "legacy-enctypes")]
            Enctype::Rc4Hmac => false,
            _ => true,
        }
    }

    /// The flags of our own tokens.
    pub(super) const fn flags(&self) -> TokenFlags {
        let TokenFlags(flags) = TokenFlags::SENT_BY_ACCEPTOR;
        match self.acceptor_subkey {
            Some(_) => TokenFlags(flags | TokenFlags::ACCEPTOR_SUBKEY.0),
            None => TokenFlags(flags),
        }
    }

    /// Whose key an initiator's token of RFC 4121 with these flags was made with, and which it is.
    ///
    /// A token that does not use our subkey, although we proposed one, was made before our AP-REP
    /// arrived; MIT krb5 takes the initiator's key then.
    pub(super) fn receiving(&self, flags: TokenFlags) -> Result<(Proposer, &Key), MessageError> {
        if flags.contains(TokenFlags::SENT_BY_ACCEPTOR) {
            return Err(MessageError::Direction);
        }
        let (proposer, key) = match flags.contains(TokenFlags::ACCEPTOR_SUBKEY) {
            true => {
                let subkey = self.acceptor_subkey.as_ref();
                (Proposer::Acceptor, subkey.ok_or(MessageError::NoSubkey)?)
            }
            false => (Proposer::Initiator, &self.initiator),
        };
        match key.enctype().is_cfx() {
            true => Ok((proposer, key)),
            false => Err(MessageError::Unsupported(EtypeNumber(
                key.enctype().number(),
            ))),
        }
    }
}
