//! [`TestClient`]: a Kerberos client that gets its tickets from a KDC, ours or a real one.

use crate::must;
use crate::random::Octets;
use crate::realm::Realm;
use crate::service::ServiceBuilder;
use crate::token::TokenBuilder;
use core::net::SocketAddr;
use core::time::Duration;
use portcullis::entropy::{Entropy, EntropyError, SystemEntropy};
use portcullis::{Enctype, Principal};
use portcullis_client::{AskKdc, Client, ClientError, ClientTicket, Extra};
use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::SystemTime;

/// A Kerberos client for tests: it acts on a password, a keytab or a credential cache, asks a KDC
/// for tickets, and makes tokens of them that can be varied as those of a
/// [`TestUser`](crate::TestUser).
///
/// ```
/// use portcullis::Acceptor;
/// use portcullis_testrealm::{TestClient, TestRealm};
///
/// let realm = TestRealm::new("EXAMPLE.TEST");
/// realm.user_with_password("alice", "secret");
/// let web = realm.service("HTTP/web.example.test");
///
/// let (kdc, now) = (realm.kdc(), realm.now());
/// let mut alice = TestClient::with_password("alice@EXAMPLE.TEST", "secret");
/// let token = alice.token_for("HTTP/web.example.test@EXAMPLE.TEST", now, &mut |_, request| {
///     Ok(kdc.answer(request, now))
/// })?;
///
/// let acceptor = Acceptor::new(web.keytab())?;
/// assert!(acceptor.begin().step(token.spnego().build().token(), now).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct TestClient {
    client: Client,
    forwards: bool,
    random: Arc<Octets>,
}

impl TestClient {
    /// The client of this name, with its realm, and this password.
    ///
    /// # Panics
    /// When `name` is no principal's, or the system has no randomness.
    #[must_use]
    pub fn with_password(name: &str, password: &str) -> Self {
        Self::new(Client::with_password(principal(name), password))
    }

    /// The client of this name, with its realm, and the keys that it has in this keytab.
    ///
    /// # Errors
    /// [`ClientError::Keytab`] when it is none; [`ClientError::NoSecret`] when it has no key of the
    /// client's.
    ///
    /// # Panics
    /// When `name` is no principal's, or the system has no randomness.
    pub fn with_keytab(name: &str, keytab: &[u8]) -> Result<Self, ClientError> {
        Client::with_keytab(principal(name), keytab).map(Self::new)
    }

    /// The client whose credential cache this is, with all of its tickets that have a session key
    /// of a known encryption type.
    ///
    /// # Errors
    /// [`ClientError::Ccache`].
    ///
    /// # Panics
    /// When the system has no randomness.
    pub fn with_ccache(ccache: &[u8]) -> Result<Self, ClientError> {
        Client::with_ccache(ccache).map(Self::new)
    }

    fn new(client: Client) -> Self {
        let mut seed = [0; 32];
        must(SystemEntropy::default().fill(&mut seed), "randomness");
        let random = Arc::new(Octets::of_seed("client", &seed));
        Self {
            client: client.entropy(random.clone()),
            forwards: false,
            random,
        }
    }

    /// Makes nonces, subkeys and confounders follow from `seed`: the same run gives the same tokens.
    #[must_use]
    pub fn seed(mut self, seed: &[u8; 32]) -> Self {
        self.random = Arc::new(Octets::of_seed("client", seed));
        self.client = self.client.entropy(self.random.clone());
        self
    }

    /// The encryption types that it asks for, best first. Default: those that it has keys of, then
    /// the four of AES.
    #[must_use]
    pub fn enctypes(mut self, enctypes: impl IntoIterator<Item = Enctype>) -> Self {
        self.client = self.client.enctypes(enctypes);
        self
    }

    /// Gets a forwarded ticket-granting ticket with each ticket, too:
    /// [`TokenBuilder::delegate`] and its sisters then hand that over.
    #[must_use]
    pub const fn forwards(mut self) -> Self {
        self.forwards = true;
        self
    }

    /// Its name.
    #[must_use]
    pub const fn principal(&self) -> &Principal {
        self.client.principal()
    }

    /// What it holds, as a credential cache that `klist` reads.
    ///
    /// # Panics
    /// When a ticket is too long for a cache.
    #[must_use]
    pub fn ccache(&self) -> Vec<u8> {
        must(self.client.ccache(), "ccache")
    }

    /// A token for `service`, made of the ticket that the client holds or else gets from the KDC.
    /// It varies as [`TokenBuilder`] says, but for the ticket, which a KDC has sealed: what concerns
    /// the inside of the ticket changes nothing.
    ///
    /// # Errors
    /// [`ClientError`].
    ///
    /// # Panics
    /// When `service` is no principal's.
    pub fn token_for(
        &mut self,
        service: &str,
        now: SystemTime,
        kdc: &mut AskKdc<'_>,
    ) -> Result<TokenBuilder, ClientError> {
        let service = self.service(service);
        let ticket = self.client.ticket(&service, now, kdc)?;
        let forwarded = match self.forwards {
            true => Some(self.client.get_forwarded(now, kdc)?),
            false => None,
        };
        Ok(self.token(ticket, forwarded, now))
    }

    /// The same from what the client holds, without a KDC.
    ///
    /// # Errors
    /// [`ClientError::NoTicket`] when it holds none that counts `now`.
    ///
    /// # Panics
    /// When `service` is no principal's.
    pub fn held_token_for(
        &self,
        service: &str,
        now: SystemTime,
    ) -> Result<TokenBuilder, ClientError> {
        let service = self.service(service);
        match self.client.held(&service, now) {
            Some(ticket) => Ok(self.token(ticket, None, now)),
            None => Err(ClientError::NoTicket(service)),
        }
    }

    /// A token for whoever holds the session key of `tgt`, a Ticket in DER: user-to-user
    /// authentication (RFC 4120 §3.7).
    ///
    /// # Errors
    /// [`ClientError`].
    ///
    /// # Panics
    /// When `peer` is no principal's.
    pub fn user_to_user_token_for(
        &mut self,
        peer: &str,
        tgt: &[u8],
        now: SystemTime,
        kdc: &mut AskKdc<'_>,
    ) -> Result<TokenBuilder, ClientError> {
        let extra = Extra::user_to_user(tgt);
        let peer = self.service(peer);
        let ticket = self.client.get_ticket(&peer, &extra, now, kdc)?;
        Ok(self.token(ticket, None, now).use_session_key())
    }

    /// Its ticket-granting ticket in DER, and the session key: what the other side of user-to-user
    /// hands out, and what it keeps.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn ticket_granting_ticket(
        &mut self,
        now: SystemTime,
        kdc: &mut AskKdc<'_>,
    ) -> Result<(Vec<u8>, Enctype, Vec<u8>), ClientError> {
        let tgt = self.client.ticket_granting_ticket(now, kdc)?;
        let key = tgt.session_key;
        Ok((tgt.ticket, key.enctype(), key.expose_octets().to_vec()))
    }

    #[track_caller]
    fn service(&self, name: &str) -> Principal {
        let realm = String::from_utf8_lossy(self.principal().realm().0).into_owned();
        must(Principal::parse(name, Some(&realm)), name)
    }

    fn token(
        &self,
        ticket: ClientTicket,
        forwarded: Option<ClientTicket>,
        now: SystemTime,
    ) -> TokenBuilder {
        let name = String::from_utf8_lossy(ticket.service.realm().0).into_owned();
        let realm = Arc::new(Realm::at(&name, self.random.clone(), now));
        let service = ServiceBuilder::new(realm.clone(), ticket.service.clone()).build();
        TokenBuilder::new(realm, ticket.client.clone(), &service).with_ticket(ticket, forwarded)
    }
}

#[track_caller]
fn principal(name: &str) -> Principal {
    must(Principal::parse(name, None), name)
}

impl Entropy for Octets {
    fn fill(&self, octets: &mut [u8]) -> Result<(), EntropyError> {
        for part in octets.chunks_mut(32) {
            let drawn = self.draw();
            for (octet, drawn) in part.iter_mut().zip(drawn) {
                *octet = drawn;
            }
        }
        Ok(())
    }
}

/// Sends a request to the KDC at this address, and reads the answer (RFC 4120 §7.2.2).
///
/// # Errors
/// Those of the connection.
pub fn ask_over_tcp(address: SocketAddr, request: &[u8]) -> io::Result<Vec<u8>> {
    // For a KDC that a thousand ask at once on a machine that has other things to do, too.
    const PATIENCE: Duration = Duration::from_secs(60);
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let length = u32::try_from(request.len()).map_err(io::Error::other)?;
    stream.write_all(&[length.to_be_bytes().as_slice(), request].concat())?;
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let mut answer = Vec::new();
    let limit = u64::from(u32::from_be_bytes(length));
    stream.take(limit).read_to_end(&mut answer)?;
    Ok(answer)
}
