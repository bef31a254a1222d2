//! [`Tokens`]: what a client of the demo's realm sends, right and wrong.

use crate::failure::Failure;
use portcullis::{Acceptor, Principal};
use portcullis_testrealm::{Fault, Initiation, TestRealm, TestService, TestUser};
use std::time::SystemTime;

/// Whoever has a ticket for the demo's service.
#[derive(Clone, Debug)]
pub(super) struct Tokens {
    realm: TestRealm,
    user: TestUser,
    service: TestService,
}

/// What is right or wrong with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Good,
    Expired,
    ClockAhead,
    Tampered,
    WrongKey,
    UnknownService,
    Ntlm,
}

/// A token, and the client that waits for the answer to it.
pub(super) enum Token {
    Kerberos(Box<Initiation>),
    Ntlm,
}

/// What lets alice get tickets of her own.
pub(super) const PASSWORD: &str = "secret";

/// What Windows sends first when it has no ticket ([MS-NLMP] §2.2.1.1).
const NTLM_NEGOTIATE: &[u8] =
    b"NTLMSSP\0\x01\0\0\0\x97\x82\x08\xe2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\
    \x0a\0\x61\x4a\0\0\0\x0f";

impl Tokens {
    pub(super) fn new() -> Result<Self, Failure> {
        let realm = TestRealm::new("EXAMPLE.TEST");
        let user = realm.user_with_password("alice", PASSWORD);
        let service = realm.service("HTTP/localhost");
        let tokens = Self {
            realm,
            user,
            service,
        };
        tokens.catch_up()?;
        Ok(tokens)
    }

    pub(super) const fn realm(&self) -> &TestRealm {
        &self.realm
    }

    pub(super) fn user(&self) -> &Principal {
        self.user.principal()
    }

    pub(super) fn service(&self) -> &Principal {
        self.service.principal()
    }

    /// An acceptor with the service's keys and a memory of its own.
    pub(super) fn acceptor(&self) -> Result<Acceptor, Failure> {
        Acceptor::new(self.service.keytab()).map_err(|error| Failure::Demo(error.to_string()))
    }

    /// A token that was not made before, from a fresh ticket.
    pub(super) fn make(&self, kind: Kind) -> Result<Token, Failure> {
        self.catch_up()?;
        let token = self.user.token_for(&self.service).mutual().spnego();
        let fault = match kind {
            Kind::Good => return Ok(Token::Kerberos(Box::new(token.build()))),
            Kind::Ntlm => return Ok(Token::Ntlm),
            Kind::Expired => Fault::Expired,
            Kind::ClockAhead => Fault::ClockAhead,
            Kind::Tampered => Fault::TamperedAuthenticator,
            Kind::WrongKey => Fault::WrongServiceKey,
            Kind::UnknownService => Fault::UnknownService,
        };
        Ok(Token::Kerberos(Box::new(token.fault(fault).build())))
    }

    /// Sets the realm's clock, which stands still, to the system's, by which the server judges.
    fn catch_up(&self) -> Result<(), Failure> {
        let passed = SystemTime::now().duration_since(self.realm.now());
        self.realm.advance(passed.map_err(|_| Failure::DemoClock)?);
        Ok(())
    }
}

impl Kind {
    /// Those that are refused, each with the [`portcullis::Error::kind`] that it is refused for.
    pub(super) const REFUSED: [(Self, &'static str); 6] = [
        (Self::Expired, "expired"),
        (Self::ClockAhead, "skew"),
        (Self::Tampered, "authenticator"),
        (Self::WrongKey, "wrong-key"),
        (Self::UnknownService, "no-key"),
        (Self::Ntlm, "ntlm"),
    ];

    /// Its name in the path `/token/NAME`.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Expired => "expired",
            Self::ClockAhead => "clock-ahead",
            Self::Tampered => "tampered",
            Self::WrongKey => "wrong-key",
            Self::UnknownService => "unknown-service",
            Self::Ntlm => "ntlm",
        }
    }

    pub(super) fn of_name(name: &str) -> Option<Self> {
        let refused = Self::REFUSED.into_iter().map(|(kind, _)| kind);
        refused.chain([Self::Good]).find(|kind| kind.name() == name)
    }

    /// What is said of it.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Good => "alice's token",
            Self::Expired => "an expired ticket",
            Self::ClockAhead => "a clock that is ahead",
            Self::Tampered => "a token with a flipped bit",
            Self::WrongKey => "a ticket of another key",
            Self::UnknownService => "a ticket for another service",
            Self::Ntlm => "NTLM",
        }
    }
}

impl Token {
    pub(super) fn octets(&self) -> &[u8] {
        match self {
            Self::Kerberos(initiation) => initiation.token(),
            Self::Ntlm => NTLM_NEGOTIATE,
        }
    }
}
