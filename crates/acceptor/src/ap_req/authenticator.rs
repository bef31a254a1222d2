//! [`OpenAuthenticator`] and [`MatchedClient`]: the sender holds the session key, and is whom the
//! ticket names.

use super::address::LocatedClient;
use super::ticket::OpenTicket;
use crate::error::{AuthenticatorError, Error, TicketError};
use crate::peer::Peer;
use portcullis_formats::messages::{Authenticator, EncTicketPart};
use portcullis_formats::principal::Principal;

/// What the checks after the decryption read. Only the check that made a client knows what has
/// been shown of it, so this travels inside the types that say so.
pub(super) struct Evidence<'p> {
    pub(super) open: OpenTicket<'p>,
    pub(super) authenticator: Authenticator<'p>,
    /// By the ticket.
    pub(super) client: Principal,
}

/// An authenticator that the session key of the ticket opened.
pub(super) struct OpenAuthenticator<'p> {
    open: OpenTicket<'p>,
    authenticator: Authenticator<'p>,
}

/// The ticket and the authenticator name one client.
pub(super) struct MatchedClient<'p>(Evidence<'p>);

impl<'p> OpenAuthenticator<'p> {
    /// For [`OpenTicket::open_authenticator`] alone.
    pub(super) fn new(open: OpenTicket<'p>, authenticator: Authenticator<'p>) -> Self {
        Self {
            open,
            authenticator,
        }
    }

    /// RFC 4120 §3.2.3: name and realm of the client in ticket and authenticator are the same,
    /// octet for octet. From here on only the ticket's are used.
    pub(super) fn same_client(self) -> Result<MatchedClient<'p>, Error> {
        let Self {
            open,
            authenticator,
        } = self;
        let client = usable_client(&open.ticket)?;
        if !client.is(authenticator.crealm, authenticator.cname) {
            return Err(wrong_client(client, &authenticator).into());
        }
        Ok(MatchedClient(Evidence {
            open,
            authenticator,
            client,
        }))
    }
}

impl<'p> MatchedClient<'p> {
    /// RFC 4120 §3.2.3: the peer's address is one of the ticket's, if it has any.
    pub(super) fn at_address(self, peer: &Peer) -> Result<LocatedClient<'p>, Error> {
        LocatedClient::at(self.0, peer)
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

#[cold]
fn wrong_client(ticket: Principal, authenticator: &Authenticator<'_>) -> AuthenticatorError {
    AuthenticatorError::WrongClient {
        ticket: Box::new(ticket),
        authenticator: Principal::from_wire(authenticator.crealm, authenticator.cname)
            .ok()
            .map(Box::new),
    }
}
