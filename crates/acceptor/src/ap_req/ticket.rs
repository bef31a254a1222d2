//! [`OpenTicket`]: it was sealed with our key.

use super::authenticator::OpenAuthenticator;
use super::sighting::{Opened, Sighting};
use crate::enctypes::EnctypePolicy;
use crate::error::{AuthenticatorError, Encrypted, Error, TicketError};
use crate::identity::KeySelected;
use crate::keytab::ServiceKey;
use crate::scratch::Scratch;
use crate::tickets::{KnownTicket, OpenedTicket, Validity};
use portcullis_crypto::{Key, KeyUsage};
use portcullis_formats::der::Decode;
use portcullis_formats::messages::{
    ApReq, Authenticator, EncTicketPart, EncryptionKey, HostAddresses,
};
use portcullis_formats::principal::Principal;
use portcullis_formats::registry::EtypeNumber;

/// Authenticators are short, unless a credential is delegated in one.
pub(super) type AuthenticatorScratch = Scratch<512>;

/// A ticket that a key of ours opened: the KDC vouches for what is in it.
pub(super) struct OpenTicket<'p> {
    pub(super) request: &'p ApReq<'p>,
    pub(super) service_key: &'p ServiceKey,
    pub(super) client: Principal,
    pub(super) validity: Validity,
    pub(super) session_key: Key,
    pub(super) content: Content<'p>,
}

/// What the KDC sealed.
pub(super) enum Content<'p> {
    /// To be verified.
    New(EncTicketPart<'p>, KeySelected),
    /// The ticket came before, and all that depends on it and on our rules alone was shown then.
    Known(&'p KnownTicket),
}

impl<'p> OpenTicket<'p> {
    /// Reads what was sealed. Not inlined, as the caller leaves the result where it gets it.
    #[inline(never)]
    pub(super) fn read(request: &'p ApReq<'p>, sighting: &'p Sighting<'_>) -> Result<Self, Error> {
        let service_key = sighting.service_key;
        match sighting.opened() {
            Opened::Before(known) => Ok(Self::known(request, service_key, known)),
            Opened::Now(opened) => Self::new(request, service_key, opened),
        }
    }

    fn known(request: &'p ApReq<'p>, service_key: &'p ServiceKey, known: &'p KnownTicket) -> Self {
        Self {
            request,
            service_key,
            client: known.facts.client.clone(),
            validity: known.facts.validity,
            session_key: known.session_key.clone(),
            content: Content::Known(known),
        }
    }

    fn new(
        request: &'p ApReq<'p>,
        service_key: &'p ServiceKey,
        opened: &'p OpenedTicket,
    ) -> Result<Self, Error> {
        let ticket =
            EncTicketPart::from_padded_der(opened.part()).map_err(TicketError::Malformed)?;
        let session_key = session_key(&ticket.key)?;
        Ok(Self {
            request,
            service_key,
            client: usable_client(&ticket)?,
            validity: Validity::of(&ticket),
            session_key,
            content: Content::New(ticket, opened.selected),
        })
    }

    /// Where it may be used from, if that is anywhere in particular.
    pub(super) fn addresses(&self) -> Option<HostAddresses<'p>> {
        match self.content {
            Content::New(ticket, _) => ticket.caddr.filter(|addresses| !addresses.is_empty()),
            Content::Known(_) => None, // such a ticket is not remembered
        }
    }

    /// RFC 4120 §3.2.3: the authenticator is decrypted with the session key of the ticket. Not
    /// inlined, as the caller leaves the result where it gets it.
    #[inline(never)]
    pub(super) fn open_authenticator(
        &'p self,
        plaintext: &'p mut AuthenticatorScratch,
    ) -> Result<OpenAuthenticator<'p>, Error> {
        let sealed = &self.request.authenticator;
        let expected = EtypeNumber(self.session_key.enctype().number());
        if sealed.etype != expected {
            let found = sealed.etype;
            return Err(AuthenticatorError::Enctype { expected, found }.into());
        }
        plaintext.hold(sealed.cipher);
        let opened = match self.content {
            Content::Known(known) => known.authenticator.open(plaintext),
            Content::New(..) => self
                .session_key
                .open(KeyUsage::AP_REQ_AUTHENTICATOR, plaintext),
        };
        let opened = opened.map_err(|_| AuthenticatorError::Integrity)?;
        let authenticator =
            Authenticator::from_padded_der(opened).map_err(AuthenticatorError::Malformed)?;
        Ok(OpenAuthenticator::new(self, authenticator))
    }
}

/// A name that maps, logs and compares without surprises. The decoder has refused NULs:
/// CVE-2015-2697 is what one in a realm did to MIT krb5.
fn usable_client(ticket: &EncTicketPart<'_>) -> Result<Principal, TicketError> {
    let client =
        Principal::from_wire(ticket.crealm, ticket.cname).map_err(|_| TicketError::ClientName)?;
    match client.realm().0.is_empty() {
        true => Err(TicketError::ClientName),
        false => Ok(client),
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
