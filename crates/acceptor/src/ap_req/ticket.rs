//! [`OpenTicket`]: it was sealed with our key.

use super::authenticator::OpenAuthenticator;
use super::sighting::Sighting;
use crate::enctypes::EnctypePolicy;
use crate::error::{AuthenticatorError, Encrypted, Error, TicketError};
use crate::identity::KeySelected;
use crate::keytab::ServiceKey;
use crate::scratch::Scratch;
use portcullis_crypto::{CipherKey, Key, KeyUsage};
use portcullis_formats::der::Decode;
use portcullis_formats::messages::{ApReq, Authenticator, EncTicketPart, EncryptionKey};
use portcullis_formats::registry::EtypeNumber;

/// A ticket that a key of ours opened: the KDC vouches for what is in it.
pub(super) struct OpenTicket<'p> {
    pub(super) request: &'p ApReq<'p>,
    pub(super) ticket: EncTicketPart<'p>,
    pub(super) service_key: &'p ServiceKey,
    pub(super) selected: KeySelected,
    pub(super) session_key: Key,
    /// The session key, ready to open authenticators, if the ticket is known.
    authenticator_key: Option<&'p CipherKey>,
}

impl<'p> OpenTicket<'p> {
    /// Whether the ticket came before, and everything in it was found good then.
    pub(super) const fn is_known(&self) -> bool {
        self.authenticator_key.is_some()
    }

    /// Reads what was sealed.
    pub(super) fn read(request: &'p ApReq<'p>, sighting: &'p Sighting<'_>) -> Result<Self, Error> {
        let opened = sighting.opened();
        let known = sighting.known();
        let ticket =
            EncTicketPart::from_padded_der(opened.part()).map_err(TicketError::Malformed)?;
        let session_key = match known {
            Some(known) => known.session_key.clone(),
            None => session_key(&ticket.key)?,
        };
        Ok(Self {
            request,
            ticket,
            service_key: sighting.service_key,
            selected: opened.selected,
            session_key,
            authenticator_key: known.map(|known| &known.authenticator),
        })
    }

    /// RFC 4120 §3.2.3: the authenticator is decrypted with the session key of the ticket.
    pub(super) fn open_authenticator(
        self,
        plaintext: &'p mut Scratch,
    ) -> Result<OpenAuthenticator<'p>, Error> {
        let sealed = &self.request.authenticator;
        let expected = EtypeNumber(self.session_key.enctype().number());
        if sealed.etype != expected {
            let found = sealed.etype;
            return Err(AuthenticatorError::Enctype { expected, found }.into());
        }
        plaintext.hold(sealed.cipher);
        let opened = match self.authenticator_key {
            Some(key) => key.open(plaintext),
            None => self
                .session_key
                .open(KeyUsage::AP_REQ_AUTHENTICATOR, plaintext),
        };
        let opened = opened.map_err(|_| AuthenticatorError::Integrity)?;
        let authenticator =
            Authenticator::from_padded_der(opened).map_err(AuthenticatorError::Malformed)?;
        Ok(OpenAuthenticator::new(self, authenticator))
    }
}

fn session_key(key: &EncryptionKey<'_>) -> Result<Key, Error> {
    let enctype = EnctypePolicy::known(Encrypted::SessionKey, key.keytype)?;
    Key::new(enctype, key.keyvalue).map_err(|length| {
        let (expected, found) = (length.expected, length.found);
        TicketError::SessionKeyLength {
            etype: key.keytype,
            expected,
            found,
        }
        .into()
    })
}
