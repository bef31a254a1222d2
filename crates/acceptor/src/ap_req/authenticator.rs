//! [`OpenAuthenticator`] and [`MatchedClient`]: the sender holds the session key, and is whom the
//! ticket names.

use super::address::LocatedClient;
use super::ticket::OpenTicket;
use crate::error::{AuthenticatorError, Error};
use crate::peer::Peer;
use portcullis_formats::messages::Authenticator;
use portcullis_formats::principal::Principal;

/// What the checks after the decryption read. Only the check that made a client knows what has
/// been shown of it, so this travels inside the types that say so.
#[derive(Clone, Copy)]
pub(super) struct Evidence<'p> {
    pub(super) open: &'p OpenTicket<'p>,
    pub(super) authenticator: &'p Authenticator<'p>,
}

/// An authenticator that the session key of the ticket opened.
pub(super) struct OpenAuthenticator<'p> {
    open: &'p OpenTicket<'p>,
    authenticator: Authenticator<'p>,
}

/// The ticket and the authenticator name one client.
pub(super) struct MatchedClient<'p>(Evidence<'p>);

impl<'p> OpenAuthenticator<'p> {
    /// For [`OpenTicket::open_authenticator`] alone.
    pub(super) const fn new(open: &'p OpenTicket<'p>, authenticator: Authenticator<'p>) -> Self {
        Self {
            open,
            authenticator,
        }
    }

    /// RFC 4120 §3.2.3: name and realm of the client in ticket and authenticator are the same,
    /// octet for octet. From here on only the ticket's are used.
    pub(super) fn same_client(&'p self) -> Result<MatchedClient<'p>, Error> {
        let Self {
            open,
            authenticator,
        } = self;
        if !open.client.is(authenticator.crealm, authenticator.cname) {
            return Err(wrong_client(&open.client, authenticator).into());
        }
        Ok(MatchedClient(Evidence {
            open,
            authenticator,
        }))
    }
}

impl<'p> MatchedClient<'p> {
    /// RFC 4120 §3.2.3: the peer's address is one of the ticket's, if it has any.
    pub(super) fn at_address(self, peer: &Peer) -> Result<LocatedClient<'p>, Error> {
        LocatedClient::at(self.0, peer)
    }
}

#[cold]
fn wrong_client(ticket: &Principal, authenticator: &Authenticator<'_>) -> AuthenticatorError {
    AuthenticatorError::WrongClient {
        ticket: Box::new(ticket.clone()),
        authenticator: Principal::from_wire(authenticator.crealm, authenticator.cname)
            .ok()
            .map(Box::new),
    }
}
