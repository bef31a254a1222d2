//! [`OpenTicket`]: it was sealed with our key.

use super::authenticator::OpenAuthenticator;
use super::service_key;
use crate::enctypes::EnctypePolicy;
use crate::error::{AuthenticatorError, Encrypted, Error, TicketError, Unsupported};
use crate::identity::KeySelected;
use crate::keytab::ServiceKey;
use crate::settings::Settings;
use portcullis_crypto::{Key, KeyUsage};
use portcullis_formats::der::Decode;
use portcullis_formats::messages::{
    ApOptions, ApReq, Authenticator, EncTicketPart, EncryptionKey, Ticket,
};
use portcullis_formats::registry::EtypeNumber;

/// A ticket that a key of ours opened: the KDC vouches for what is in it.
pub(super) struct OpenTicket<'p> {
    pub(super) request: &'p ApReq<'p>,
    pub(super) ticket: EncTicketPart<'p>,
    pub(super) service_key: &'p ServiceKey,
    pub(super) selected: KeySelected,
    pub(super) session_key: Key,
}

impl<'p> OpenTicket<'p> {
    /// RFC 4120 §3.2.3: the ticket is decrypted with the version of our key that it names.
    pub(super) fn open(
        request: &'p ApReq<'p>,
        settings: &'p Settings,
        plaintext: &'p mut Vec<u8>,
    ) -> Result<Self, Error> {
        if request.ap_options.contains(ApOptions::USE_SESSION_KEY) {
            return Err(Unsupported::UserToUser.into());
        }
        let sealed = &request.ticket;
        let enctype = settings
            .rules
            .enctypes
            .permit(Encrypted::Ticket, sealed.enc_part.etype)?;
        let opened = service_key::candidates(sealed, enctype, settings)
            .find_map(|(key, selected)| Some((open_with(key, sealed, plaintext)?, key, selected)));
        let Some((range, service_key, selected)) = opened else {
            return Err(service_key::diagnosis(sealed, settings));
        };
        let plaintext = plaintext.get(range).unwrap_or_default();
        let ticket = EncTicketPart::from_padded_der(plaintext).map_err(TicketError::Malformed)?;
        let session_key = session_key(&ticket.key)?;
        Ok(Self {
            request,
            ticket,
            service_key,
            selected,
            session_key,
        })
    }

    /// RFC 4120 §3.2.3: the authenticator is decrypted with the session key of the ticket.
    pub(super) fn open_authenticator(
        self,
        plaintext: &'p mut Vec<u8>,
    ) -> Result<OpenAuthenticator<'p>, Error> {
        let sealed = &self.request.authenticator;
        let expected = EtypeNumber(self.session_key.enctype().number());
        if sealed.etype != expected {
            let found = sealed.etype;
            return Err(AuthenticatorError::Enctype { expected, found }.into());
        }
        plaintext.clear();
        plaintext.extend_from_slice(sealed.cipher);
        let opened = self
            .session_key
            .open(KeyUsage::AP_REQ_AUTHENTICATOR, plaintext)
            .map_err(|_| AuthenticatorError::Integrity)?;
        let authenticator =
            Authenticator::from_padded_der(opened).map_err(AuthenticatorError::Malformed)?;
        Ok(OpenAuthenticator::new(self, authenticator))
    }
}

/// Where in `plaintext` the opened ticket lies, if `key` opens it.
fn open_with(
    key: &ServiceKey,
    ticket: &Ticket<'_>,
    plaintext: &mut Vec<u8>,
) -> Option<core::ops::Range<usize>> {
    plaintext.clear();
    plaintext.extend_from_slice(ticket.enc_part.cipher);
    let start = plaintext.as_ptr().addr();
    let opened = key.ticket.open(plaintext).ok()?;
    let from = opened.as_ptr().addr().checked_sub(start)?;
    Some(from..from.checked_add(opened.len())?)
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
