//! A realm, a service in it, an acceptor for that service, and alice.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    reason = "test code, of which each file of sentences uses a part"
)]

use portcullis::formats::der::{Decode, Encode};
use portcullis::formats::gss::{InitialContextToken, TokenId, frame, split_token_id};
use portcullis::formats::messages::ApReq;
use portcullis::{Acceptor, AcceptorBuilder, Error, Rejection, SecurityContext, Step};
use portcullis_testrealm::{Initiation, TestRealm, TestService, TokenBuilder};

/// The service that everybody comes for.
pub const WEB: &str = "HTTP/web.example.test";

/// A realm, a service in it, and an acceptor for that service.
pub struct Scene {
    pub realm: TestRealm,
    pub web: TestService,
    pub acceptor: Acceptor,
}

impl Scene {
    /// The acceptor has the default of every setting.
    pub fn new() -> Self {
        Self::with(|settings| settings)
    }

    pub fn with(settings: impl FnOnce(AcceptorBuilder) -> AcceptorBuilder) -> Self {
        let realm = TestRealm::new("EXAMPLE.TEST");
        let web = realm.service(WEB);
        Self::of(realm, web, settings)
    }

    pub fn of(
        realm: TestRealm,
        web: TestService,
        settings: impl FnOnce(AcceptorBuilder) -> AcceptorBuilder,
    ) -> Self {
        let acceptor = settings(Acceptor::builder(web.keytab())).build().unwrap();
        Self {
            realm,
            web,
            acceptor,
        }
    }

    /// A token of alice's for the service.
    pub fn token(&self) -> TokenBuilder {
        self.realm.user("alice").token_for(&self.web)
    }

    pub fn step(&self, initiation: &Initiation) -> Result<Step, Rejection> {
        self.acceptor
            .begin()
            .step(initiation.token(), self.realm.now())
    }

    /// The context, and the reply, of a token that is all that is needed.
    #[track_caller]
    pub fn accept(&self, initiation: &Initiation) -> (SecurityContext, Option<Vec<u8>>) {
        complete(self.step(initiation))
    }

    #[track_caller]
    pub fn refuse(&self, initiation: &Initiation) -> Rejection {
        refused(self.step(initiation))
    }
}

#[track_caller]
pub fn complete(outcome: Result<Step, Rejection>) -> (SecurityContext, Option<Vec<u8>>) {
    match outcome {
        Ok(Step::Complete { context, reply }) => (context, reply),
        Ok(other) => panic!("not complete: {other:?}"),
        Err(rejection) => panic!("refused: {rejection}"),
    }
}

#[track_caller]
pub fn refused(outcome: Result<Step, Rejection>) -> Rejection {
    match outcome {
        Ok(step) => panic!("not refused: {step:?}"),
        Err(rejection) => rejection,
    }
}

/// What becomes of a token of alice's that is varied so.
pub fn alice(vary: impl FnOnce(TokenBuilder) -> TokenBuilder) -> Result<(), Error> {
    with(|settings| settings, vary)
}

/// The same, at an acceptor with other settings.
pub fn with(
    settings: impl FnOnce(AcceptorBuilder) -> AcceptorBuilder,
    vary: impl FnOnce(TokenBuilder) -> TokenBuilder,
) -> Result<(), Error> {
    let scene = Scene::with(settings);
    let token = vary(scene.token()).build();
    let step = scene.step(&token).map(drop);
    step.map_err(|rejection| rejection.error().clone())
}

/// A token like `token`, whose AP-REQ was changed where it stands in clear.
pub fn rewrite(token: &[u8], change: impl FnOnce(&mut ApReq<'_>)) -> Vec<u8> {
    let framed = InitialContextToken::decode(token).unwrap();
    let mut request = ApReq::from_der(split_token_id(framed.inner).unwrap().1).unwrap();
    change(&mut request);
    frame(
        framed.oid,
        &[&TokenId::AP_REQ.0, request.to_der().as_slice()].concat(),
    )
}
