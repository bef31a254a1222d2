//! [`Client`]: who asks a KDC for tickets, and holds them.

use crate::secret::Secret;
use crate::time::kerberos_time;
use crate::{AskKdc, ClientError, ClientTicket, Extra};
use portcullis::entropy::{Entropy, SystemEntropy};
use portcullis::{Enctype, Principal};
use portcullis_crypto::{Key, KeyUsage};
use portcullis_formats::ccache::{CcacheWriteError, CcacheWriter, CredentialCache};
use portcullis_formats::messages::KrbError;
use std::sync::Arc;
use std::time::SystemTime;
use zeroize::Zeroizing;

/// A Kerberos client: it acts on a password, a keytab or a credential cache, and asks KDCs for
/// tickets, which it keeps.
#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) principal: Principal,
    pub(crate) secret: Secret,
    pub(crate) enctypes: Vec<Enctype>,
    pub(crate) tickets: Vec<ClientTicket>,
    entropy: Arc<dyn Entropy>,
}

impl Client {
    /// The client of this name and password.
    #[must_use]
    pub fn with_password(principal: Principal, password: &str) -> Self {
        let password = Zeroizing::new(password.to_owned());
        Self::new(principal, Secret::Password(password))
    }

    /// The client of this name and the keys that it has in this keytab.
    ///
    /// # Errors
    /// [`ClientError::Keytab`] when it is none; [`ClientError::NoSecret`] when it has no key of the
    /// client's.
    pub fn with_keytab(principal: Principal, keytab: &[u8]) -> Result<Self, ClientError> {
        let secret = Secret::of_keytab(keytab, &principal)?;
        Ok(Self::new(principal, secret))
    }

    /// The client whose credential cache this is, with all of its tickets that have a session key
    /// of a known encryption type.
    ///
    /// # Errors
    /// [`ClientError::Ccache`].
    pub fn with_ccache(ccache: &[u8]) -> Result<Self, ClientError> {
        let cache = CredentialCache::open(ccache)?;
        let mut client = Self::new(cache.default_principal().clone(), Secret::None);
        for credential in cache.credentials() {
            client.tickets.extend(ClientTicket::of(&credential?));
        }
        Ok(client)
    }

    fn new(principal: Principal, secret: Secret) -> Self {
        Self {
            enctypes: secret.enctypes(),
            principal,
            secret,
            tickets: Vec::new(),
            entropy: Arc::new(SystemEntropy::default()),
        }
    }

    /// Where nonces, subkeys and confounders come from. Default: the system.
    #[must_use]
    pub fn entropy(mut self, source: Arc<dyn Entropy>) -> Self {
        self.entropy = source;
        self
    }

    /// The encryption types that it asks for, best first. Default: those that it has keys of, then
    /// the four of AES.
    #[must_use]
    pub fn enctypes(mut self, enctypes: impl IntoIterator<Item = Enctype>) -> Self {
        self.enctypes = enctypes.into_iter().collect();
        self
    }

    /// Its name.
    #[must_use]
    pub const fn principal(&self) -> &Principal {
        &self.principal
    }

    /// A ticket for `service`, held or new.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn ticket(
        &mut self,
        service: &Principal,
        now: SystemTime,
        kdc: &mut AskKdc<'_>,
    ) -> Result<ClientTicket, ClientError> {
        match self.held(service, now) {
            Some(ticket) => Ok(ticket),
            None => self.get_ticket(service, &Extra::default(), now, kdc),
        }
    }

    /// The ticket for `service` that counts the longest, if one does for more than an instant.
    #[must_use]
    pub fn held(&self, service: &Principal, now: SystemTime) -> Option<ClientTicket> {
        let now = kerberos_time(now);
        let fits = |ticket: &&ClientTicket| {
            ticket.service == *service && ticket.endtime > now && !ticket.is_user_to_user
        };
        let tickets = self.tickets.iter().filter(fits);
        tickets.max_by_key(|ticket| ticket.endtime).cloned()
    }

    /// What it holds, as a credential cache that `klist` reads.
    ///
    /// # Errors
    /// [`CcacheWriteError`] when a ticket is too long for a cache.
    pub fn ccache(&self) -> Result<Vec<u8>, CcacheWriteError> {
        let mut cache = CcacheWriter::new(&self.principal, None, 0)?;
        for ticket in &self.tickets {
            cache.add(&ticket.credential())?;
        }
        Ok(cache.into_vec())
    }

    /// Octets that nobody can foresee.
    pub(crate) fn draw<const N: usize>(&self) -> Result<[u8; N], ClientError> {
        let mut octets = [0; N];
        self.entropy.fill(&mut octets)?;
        Ok(octets)
    }

    pub(crate) fn new_key(&self, enctype: Enctype) -> Result<Key, ClientError> {
        let seed = Zeroizing::new(self.draw::<32>()?);
        Ok(Key::from_random(enctype, &seed))
    }

    pub(crate) fn seal(
        &self,
        key: &Key,
        usage: KeyUsage,
        plaintext: &[u8],
    ) -> Result<Vec<u8>, ClientError> {
        let confounder: [u8; 16] = self.draw()?;
        let mut cipher = Vec::new();
        key.seal(usage, &confounder, &[plaintext], &mut cipher);
        Ok(cipher)
    }
}

/// What a KRB-ERROR says.
pub(crate) fn refused(error: &KrbError<'_>) -> ClientError {
    let text = error.e_text.map(|text| text.to_string());
    ClientError::Refused {
        code: error.error_code,
        text: text.unwrap_or_default(),
    }
}
