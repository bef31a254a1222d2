//! [`PasswordVerifier`]: names and passwords, for clients that know no Negotiate.

mod attempts;
mod error;

pub use attempts::AttemptLimits;
pub use error::PasswordError;

use crate::{AskKdc, Client, ClientError, ClientTicket};
use attempts::Attempts;
use core::net::IpAddr;
use portcullis::entropy::{Entropy, SystemEntropy};
use portcullis::{Acceptor, Identity, Principal, Step};
use portcullis_formats::registry::ErrorCode;
use std::sync::Arc;
use std::time::SystemTime;

/// Verifies names and passwords, as HTTP's Basic brings them, at the KDC, and the KDC by the
/// service's own key.
///
/// That a KDC takes a password proves nothing: whoever can answer in its place takes any
/// (CVE-2015-3206). So the client then gets a ticket for the service itself, and the acceptor judges
/// that as it judges all others: with the keytab, its policies, its replay cache. Nobody but the KDC
/// could seal it. What comes out is the same [`Identity`] that Negotiate gives.
///
/// ```no_run
/// use portcullis::Acceptor;
/// use portcullis_client::PasswordVerifier;
/// use std::time::SystemTime;
///
/// # fn log_in(acceptor: Acceptor, ask: impl Fn(&str, &[u8]) -> std::io::Result<Vec<u8>>) -> Result<(), Box<dyn std::error::Error>> {
/// let service = "HTTP/web.example.test@EXAMPLE.TEST".parse()?;
/// let verifier = PasswordVerifier::new(acceptor, service);
/// let (from, now) = ([192, 0, 2, 7].into(), SystemTime::now());
/// let identity = verifier.verify("alice", "secret", from, now, &mut |realm, request| {
///     ask(realm, request)
/// })?;
/// # Ok(())
/// # }
/// ```
///
/// Take passwords over TLS alone. The acceptor must not require channel bindings: there are none in
/// what is made here. An unknown name is refused sooner than a wrong password, and with the same
/// words for the peer.
#[derive(Debug)]
pub struct PasswordVerifier {
    acceptor: Acceptor,
    service: Principal,
    realms: Vec<String>,
    attempts: Attempts,
    entropy: Arc<dyn Entropy>,
}

/// Octets of a name: what Active Directory and MIT krb5 can bear, and what 65,536 attempts may cost.
const LONGEST_NAME: usize = 256;

/// A client whose password is right, and by what that is known.
struct Proven {
    identity: Identity,
    client: Client,
    ticket: ClientTicket,
}

impl PasswordVerifier {
    /// Verifies passwords of users in the realm of `service`, whose key is in the acceptor's
    /// keytab.
    #[must_use]
    pub fn new(acceptor: Acceptor, service: Principal) -> Self {
        let realm = String::from_utf8_lossy(service.realm().0).into_owned();
        Self {
            acceptor,
            service,
            realms: vec![realm],
            attempts: Attempts::new(AttemptLimits::default()),
            entropy: Arc::new(SystemEntropy::default()),
        }
    }

    /// Lets users of this realm log in, too, whose KDC must have a path to that of the service.
    #[must_use]
    pub fn also_of(mut self, realm: impl Into<String>) -> Self {
        self.realms.push(realm.into());
        self
    }

    /// How often somebody may try in vain.
    #[must_use]
    pub fn limits(mut self, limits: AttemptLimits) -> Self {
        self.attempts = Attempts::new(limits);
        self
    }

    /// Where nonces, subkeys and confounders come from. Default: the system.
    #[must_use]
    pub fn entropy(mut self, source: Arc<dyn Entropy>) -> Self {
        self.entropy = source;
        self
    }

    /// Who `user` is, if this is the password: a name of the service's realm, or one with its realm.
    ///
    /// It takes as long as `kdc` does, three times, and the making of a key of the password:
    /// milliseconds. Call it where that keeps nobody else waiting.
    ///
    /// # Errors
    /// [`PasswordError`].
    pub fn verify(
        &self,
        user: &str,
        password: &str,
        from: IpAddr,
        now: SystemTime,
        kdc: &mut AskKdc<'_>,
    ) -> Result<Identity, PasswordError> {
        let proven = self.begin(user, password, from, now, kdc);
        proven.map(|proven| proven.identity)
    }

    /// The same, and a token that nobody has seen yet: for a server whose doors know tokens alone.
    ///
    /// # Errors
    /// [`PasswordError`].
    pub fn verify_for_token(
        &self,
        user: &str,
        password: &str,
        from: IpAddr,
        now: SystemTime,
        kdc: &mut AskKdc<'_>,
    ) -> Result<(Identity, Vec<u8>), PasswordError> {
        let proven = self.begin(user, password, from, now, kdc)?;
        let token = proven.client.token(&proven.ticket, now)?;
        Ok((proven.identity, token))
    }

    fn begin(
        &self,
        user: &str,
        password: &str,
        from: IpAddr,
        now: SystemTime,
        kdc: &mut AskKdc<'_>,
    ) -> Result<Proven, PasswordError> {
        let client = self.client(user)?;
        // A KDC may take nothing for anonymous; here nothing proves nobody.
        if password.is_empty() {
            return Err(PasswordError::Wrong);
        }
        self.attempts.begin(&client, from, now)?;
        let outcome = self.prove(&client, password, now, kdc);
        match &outcome {
            Ok(_) => self.attempts.forgive(&client, from),
            Err(error) if error.is_vain() => {}
            Err(_) => self.attempts.forgive(&client, from),
        }
        outcome
    }

    /// The principal, of a realm whose users may log in.
    fn client(&self, user: &str) -> Result<Principal, PasswordError> {
        if user.len() > LONGEST_NAME {
            return Err(PasswordError::Name);
        }
        let first = self.realms.first().map(String::as_str);
        let client = Principal::parse(user, first).map_err(|_| PasswordError::Name)?;
        // What nobody is called; and what would look like another name in a log.
        if client.components().any(<[u8]>::is_empty) || user.contains(char::is_control) {
            return Err(PasswordError::Name);
        }
        let mut realms = self.realms.iter();
        match realms.any(|realm| realm.as_bytes() == client.realm().0) {
            true => Ok(client),
            false => Err(PasswordError::Realm(client)),
        }
    }

    fn prove(
        &self,
        principal: &Principal,
        password: &str,
        now: SystemTime,
        kdc: &mut AskKdc<'_>,
    ) -> Result<Proven, PasswordError> {
        let client = Client::with_password(principal.clone(), password);
        let mut client = client.entropy(self.entropy.clone());
        client
            .ticket_granting_ticket(now, kdc)
            .map_err(of_password)?;
        let ticket = client.ticket(&self.service, now, kdc)?;
        let token = client.token(&ticket, now)?;
        match self.acceptor.begin().step(&token, now) {
            Ok(Step::Complete { context, .. }) => {
                let identity = who_asked(context.into_identity(), principal)?;
                Ok(Proven {
                    identity,
                    client,
                    ticket,
                })
            }
            Ok(_) => Err(PasswordError::Incomplete),
            Err(rejection) => Err(PasswordError::Unproven(Box::new(rejection))),
        }
    }
}

/// The identity, if it is that of who asked. The acceptor has compared the ticket with the
/// authenticator, which names who asked: this is for the day that one of the two does not.
fn who_asked(identity: Identity, principal: &Principal) -> Result<Identity, PasswordError> {
    match identity.client() == principal {
        true => Ok(identity),
        false => Err(PasswordError::OtherClient(identity.client().clone())),
    }
}

/// What a failed AS exchange says of the password.
fn of_password(error: ClientError) -> PasswordError {
    match error {
        // The answer is sealed with the password's key; or it is that of no KDC.
        ClientError::Integrity | ClientError::NoSecret(_) => PasswordError::Wrong,
        ClientError::Refused {
            code: ErrorCode::PREAUTH_FAILED | ErrorCode::C_PRINCIPAL_UNKNOWN,
            ..
        } => PasswordError::Wrong,
        // RFC 4120 §3.1.3: what does not decrypt may be said to be of bad integrity, too.
        ClientError::Refused {
            code: ErrorCode::BAD_INTEGRITY,
            ..
        } => PasswordError::Wrong,
        other => PasswordError::Client(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use portcullis_testrealm::TestRealm;

    #[test]
    fn an_identity_is_that_of_who_asked_by_name_and_realm() {
        let realm = TestRealm::new("EXAMPLE.TEST");
        let web = realm.service("HTTP/web.example.test");
        let token = realm.user("alice").token_for(&web).build();
        let acceptor = Acceptor::new(web.keytab()).unwrap();
        let Ok(Step::Complete { context, .. }) = acceptor.begin().step(token.token(), realm.now())
        else {
            panic!("a good token");
        };
        let is_of = |asked: &str| who_asked(context.identity().clone(), &asked.parse().unwrap());
        assert!(is_of("alice@EXAMPLE.TEST").is_ok());
        for asked in [
            "admin@EXAMPLE.TEST",
            "alice@OTHER.TEST",
            "Alice@EXAMPLE.TEST",
            "alice/admin@EXAMPLE.TEST",
        ] {
            match is_of(asked) {
                Err(PasswordError::OtherClient(who)) => {
                    assert_eq!(who.to_string(), "alice@EXAMPLE.TEST");
                }
                other => panic!("{asked}: {other:?}"),
            }
        }
    }
}
