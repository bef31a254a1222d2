//! What the tests have in common: a service with SASL, and alice, who logs in to it.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test code, of which each test uses a part"
)]

use portcullis::context::Protection;
use portcullis::formats::gss::ContextFlags;
use portcullis::{Acceptor, AcceptorBuilder, Enctype, WeakEnctype};
use portcullis_sasl::{
    Error, Exchange, Layers, Mechanism, Rejection, SaslServer, SecurityLayer, Session, Step,
};
use portcullis_testrealm::{Initiation, InitiatorContext, TestRealm, TestService, TokenBuilder};
use std::time::SystemTime;

/// All that GSSAPI's clients ask for when they want a layer.
pub(crate) const ALL_FLAGS: ContextFlags = ContextFlags(
    ContextFlags::MUTUAL.0
        | ContextFlags::REPLAY.0
        | ContextFlags::SEQUENCE.0
        | ContextFlags::CONF.0
        | ContextFlags::INTEG.0,
);

/// A realm with a directory server.
pub(crate) struct Desk {
    realm: TestRealm,
    service: TestService,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let realm = TestRealm::new("EXAMPLE.TEST");
        let service = realm.service("ldap/directory.example.test");
        Self { realm, service }
    }

    pub(crate) fn acceptor(&self) -> Acceptor {
        self.acceptor_builder().build().unwrap()
    }

    /// It permits RC4 and DES3, too.
    pub(crate) fn acceptor_builder(&self) -> AcceptorBuilder {
        Acceptor::builder(self.service.keytab())
            .danger_allow(WeakEnctype::Rc4Hmac)
            .danger_allow(WeakEnctype::Des3CbcSha1)
    }

    pub(crate) fn server(&self, layers: Layers) -> SaslServer {
        SaslServer::new(self.acceptor(), layers)
    }

    pub(crate) fn alice(&self) -> TokenBuilder {
        self.realm.user("alice").token_for(&self.service).mutual()
    }

    pub(crate) fn alice_with(&self, enctype: Enctype) -> TokenBuilder {
        self.alice().session_enctype(enctype)
    }

    pub(crate) fn now(&self) -> SystemTime {
        self.realm.now()
    }

    pub(crate) fn start(&self, exchange: Exchange, response: &[u8]) -> Result<Step, Error> {
        step(exchange, response, self.now())
    }

    /// alice's GSSAPI login up to the server's offer.
    pub(crate) fn offer(&self, server: &SaslServer, alice: TokenBuilder) -> Offered {
        let alice = alice.build();
        let exchange = server.begin(Mechanism::Gssapi);
        let (exchange, challenge) = proceed(self.start(exchange, alice.token()));
        let mut context = alice.finish(&challenge).unwrap();
        let (exchange, challenge) = proceed(self.start(exchange, b""));
        let (offer, protection) = context.unwrap(&challenge).unwrap();
        Offered {
            exchange,
            context,
            offer,
            protection,
            now: self.now(),
        }
    }

    /// A GSSAPI login to its end, with a layer and as much as the client takes.
    pub(crate) fn layered(
        &self,
        server: &SaslServer,
        alice: TokenBuilder,
        layer: u8,
        max_send: [u8; 3],
    ) -> (SecurityLayer, InitiatorContext) {
        let offered = self.offer(server, alice);
        let [high, middle, low] = max_send;
        let (session, context) = offered.choose(&[layer, high, middle, low]);
        (session.unwrap().into_layer().unwrap(), context)
    }

    /// A GSS-SPNEGO login of one leg.
    pub(crate) fn spnego(&self, server: &SaslServer, alice: Initiation) -> Result<Spnego, Error> {
        let exchange = server.begin(Mechanism::GssSpnego);
        match self.start(exchange, alice.token())? {
            Step::Complete {
                session,
                additional_data,
            } => Ok(Spnego {
                session,
                context: alice.finish(&additional_data.unwrap_or_default()).unwrap(),
            }),
            other => panic!("{other:?}"),
        }
    }
}

/// Both ends of a GSS-SPNEGO login.
#[derive(Debug)]
pub(crate) struct Spnego {
    pub(crate) session: Session,
    pub(crate) context: InitiatorContext,
}

/// Both ends of a GSSAPI login, when the choice of a layer is due.
pub(crate) struct Offered {
    pub(crate) exchange: Exchange,
    pub(crate) context: InitiatorContext,
    /// The server's four octets.
    pub(crate) offer: Vec<u8>,
    pub(crate) protection: Protection,
    pub(crate) now: SystemTime,
}

impl Offered {
    /// The client answers with these octets, signed.
    pub(crate) fn choose(mut self, choice: &[u8]) -> (Result<Session, Error>, InitiatorContext) {
        let token = self.context.wrap(choice, Protection::Integrity).unwrap();
        let session = step(self.exchange, &token, self.now).map(complete);
        (session, self.context)
    }

    /// The client answers with this token.
    pub(crate) fn answer(self, token: &[u8]) -> Result<Session, Error> {
        step(self.exchange, token, self.now).map(complete)
    }
}

pub(crate) fn step(exchange: Exchange, response: &[u8], now: SystemTime) -> Result<Step, Error> {
    let step = exchange.step(response, now);
    step.map_err(|rejection: Rejection| rejection.error().clone())
}

/// The session of a login that ends without additional data.
#[track_caller]
pub(crate) fn complete(step: Step) -> Session {
    match step {
        Step::Complete {
            session,
            additional_data: None,
        } => session,
        other => panic!("{other:?}"),
    }
}

/// The exchange and the challenge of a login that goes on.
#[track_caller]
pub(crate) fn proceed(step: Result<Step, Error>) -> (Exchange, Vec<u8>) {
    match step {
        Ok(Step::Continue {
            exchange,
            challenge,
        }) => (exchange, challenge),
        other => panic!("{other:?}"),
    }
}
