//! An initiator that believes everything would hide every fault of an acceptor.
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

use portcullis::entropy::{Entropy, EntropyError};
use portcullis::{Acceptor, Step};
use portcullis_formats::der::{Decode, Encode};
use portcullis_formats::gss::{Mechanism, frame};
use portcullis_formats::spnego::{NegState, NegTokenResp};
use portcullis_testrealm::{
    Delegator, Fault, Initiation, InitiationError, Next, TestRealm, TokenBuilder,
};
use std::sync::Arc;

/// The acceptor's numbers and keys are the same each time, and so is the length of its answers.
#[derive(Debug)]
struct Sevens;

impl Entropy for Sevens {
    fn fill(&self, octets: &mut [u8]) -> Result<(), EntropyError> {
        octets.fill(7);
        Ok(())
    }
}

struct Scene {
    realm: TestRealm,
    acceptor: Acceptor,
}

impl Scene {
    fn new() -> Self {
        let realm = TestRealm::new("EXAMPLE.TEST");
        let keytab = realm.service("HTTP/web").keytab();
        let builder = Acceptor::builder(keytab).entropy(Arc::new(Sevens));
        let acceptor = builder.build().unwrap();
        Self { realm, acceptor }
    }

    fn token(&self) -> TokenBuilder {
        self.realm
            .user("alice")
            .token_for(&self.realm.service("HTTP/web"))
    }

    fn reply(&self, token: &Initiation) -> Vec<u8> {
        match self.acceptor.begin().step(token.token(), self.realm.now()) {
            Ok(Step::Complete { reply, .. }) => reply.unwrap_or_default(),
            Ok(Step::Continue { reply, .. }) => reply,
            Ok(other) => panic!("{other:?}"),
            Err(rejection) => rejection.reply().unwrap_or_default().to_vec(),
        }
    }
}

#[test]
fn an_answer_to_another_token_is_not_believed() {
    let scene = Scene::new();
    let (one, another) = (
        scene.token().mutual().build(),
        scene.token().mutual().build(),
    );
    let reply = scene.reply(&another);
    assert_eq!(one.finish(&reply).unwrap_err(), InitiationError::Integrity);
}

#[test]
fn an_answer_with_one_bit_changed_is_not_believed() {
    let scene = Scene::new();
    for shape in [|token: TokenBuilder| token, TokenBuilder::spnego] {
        let length = scene.reply(&shape(scene.token().mutual()).build()).len();
        for bit in 0..length.checked_mul(8).unwrap() {
            let token = shape(scene.token().mutual()).build();
            let mut reply = scene.reply(&token);
            *reply.get_mut(bit / 8).unwrap() ^= 1 << (bit % 8);
            assert!(token.finish(&reply).is_err(), "bit {bit}");
        }
    }
}

#[test]
fn no_answer_where_one_is_due_is_not_believed() {
    let scene = Scene::new();
    let token = scene.token().mutual().build();
    assert_eq!(token.finish(b"").unwrap_err(), InitiationError::NoAnswer);
    let token = scene.token().mutual().spnego().build();
    assert_eq!(token.finish(b"").unwrap_err(), InitiationError::NoAnswer);
    let token = scene.token().mutual().spnego().build();
    let answer = NegTokenResp {
        neg_state: Some(NegState::AcceptCompleted),
        supported_mech: Some(Mechanism::Krb5.oid()),
        ..NegTokenResp::default()
    };
    assert_eq!(
        token.finish(&answer.to_der()).unwrap_err(),
        InitiationError::NoAnswer
    );
}

#[test]
fn an_answer_where_none_is_due_is_not_believed() {
    let scene = Scene::new();
    let asked = scene.reply(&scene.token().mutual().build());
    let token = scene.token().build();
    assert_eq!(
        token.finish(&asked).unwrap_err(),
        InitiationError::Unexpected
    );
}

/// [MS-SPNG] §3.2.5: another number of Kerberos than the one that was listed is another mechanism.
#[test]
fn another_mechanism_than_the_listed_one_is_not_believed() {
    let scene = Scene::new();
    for other in [
        None,
        Some(Mechanism::Krb5.oid()),
        Some(Mechanism::Ntlm.oid()),
    ] {
        let token = scene.token().mutual().spnego().ms_oid().build();
        let reply = scene.reply(&token);
        let mut answer = NegTokenResp::from_der(&reply).unwrap();
        answer.supported_mech = other;
        let error = token.finish(&answer.to_der()).unwrap_err();
        assert_eq!(error, InitiationError::OtherMechanism);
    }
}

#[test]
fn another_frame_than_the_requests_is_not_believed() {
    let scene = Scene::new();
    let token = scene.token().mutual().build();
    let reply = scene.reply(&token);
    let inner = portcullis_formats::gss::InitialContextToken::decode(&reply)
        .unwrap()
        .inner;
    let reframed = frame(Mechanism::MsKrb5.oid(), inner);
    assert_eq!(
        token.finish(&reframed).unwrap_err(),
        InitiationError::OtherMechanism
    );
}

#[test]
fn a_refusal_is_told_with_its_code() {
    let scene = Scene::new();
    let token = scene.token().mutual().fault(Fault::Expired).build();
    let reply = scene.reply(&token);
    let error = token.finish(&reply).unwrap_err();
    assert_eq!(
        error.to_string(),
        "refused: KRB_AP_ERR_TKT_EXPIRED (32), at 2026-01-01T00:00:00Z"
    );
    let token = scene.token().spnego().fault(Fault::Expired).build();
    let reply = scene.reply(&token);
    assert_eq!(token.finish(&reply).unwrap_err(), InitiationError::Rejected);
}

#[test]
fn a_conversation_that_goes_on_is_not_finished() {
    let scene = Scene::new();
    let list = [Mechanism::Ntlm, Mechanism::Krb5];
    let token = scene.token().mutual().mech_list(&list).build();
    let reply = scene.reply(&token);
    assert_eq!(
        token.finish(&reply).unwrap_err(),
        InitiationError::NotFinished
    );
}

#[test]
fn a_mic_that_is_not_the_next_one_is_not_believed() {
    let scene = Scene::new();
    let token = scene.token().mutual().build();
    let step = scene
        .acceptor
        .begin()
        .step(token.token(), scene.realm.now());
    let Ok(Step::Complete { mut context, reply }) = step else {
        panic!("{step:?}")
    };
    let mut ours = token.finish(&reply.unwrap()).unwrap();
    let (first, second) = (context.mic(b"one").unwrap(), context.mic(b"two").unwrap());
    assert_eq!(ours.verify_mic(b"two", &second), Err(InitiationError::Mic));
    assert_eq!(ours.verify_mic(b"one!", &first), Err(InitiationError::Mic));
    assert_eq!(ours.verify_mic(b"one", &first), Ok(()));
    assert_eq!(ours.verify_mic(b"one", &first), Err(InitiationError::Mic));
    assert_eq!(ours.verify_mic(b"two", &second), Ok(()));
    let own = ours.mic(b"three").unwrap();
    assert_eq!(ours.verify_mic(b"three", &own), Err(InitiationError::Mic));
}

/// RFC 4178 §4.2.2: after the choice of a mechanism its token is due.
#[test]
fn an_empty_message_after_the_choice_is_refused() {
    let scene = Scene::new();
    let token = scene.token().mutual().without_mech_token();
    let token = token.fault(Fault::EmptyLaterToken).build();
    let step = scene
        .acceptor
        .begin()
        .step(token.token(), scene.realm.now());
    let Ok(Step::Continue { negotiation, reply }) = step else {
        panic!("{step:?}")
    };
    let Ok(Next::Send(later)) = token.next(&reply) else {
        panic!("the AP-REQ is due")
    };
    let refused = negotiation.step(later.token(), scene.realm.now());
    assert!(refused.is_err());
}

#[test]
fn each_implementations_credential_is_handed_over() {
    for delegator in [
        Delegator::Mit,
        Delegator::Heimdal,
        Delegator::Windows,
        Delegator::Java,
    ] {
        let realm = TestRealm::new("EXAMPLE.TEST");
        let web = realm.service("HTTP/web");
        let acceptor = Acceptor::builder(web.keytab()).keep_delegated_credentials();
        let token = realm.user("alice").token_for(&web).delegate_as(delegator);
        let acceptor = acceptor.build().unwrap();
        let step = acceptor.begin().step(token.build().token(), realm.now());
        let Ok(Step::Complete { context, .. }) = step else {
            panic!("{delegator:?}: {step:?}")
        };
        let credential = context.identity().delegated().unwrap();
        assert_eq!(credential.client().to_string(), "alice@EXAMPLE.TEST");
        let krbtgt = "krbtgt/EXAMPLE.TEST@EXAMPLE.TEST";
        assert_eq!(credential.service().to_string(), krbtgt, "{delegator:?}");
    }
}

/// RFC 4559 §4.
#[test]
fn a_login_goes_into_a_field_of_http_and_ends_with_one() {
    let scene = Scene::new();
    let login = || scene.token().mutual().spnego().build();
    assert!(login().authorization().starts_with("Negotiate YII"));
    let field = |token: Initiation| {
        let reply = NegTokenResp {
            neg_state: Some(NegState::Reject),
            ..NegTokenResp::default()
        };
        assert_eq!(reply.to_der(), [0xa1, 7, 0x30, 5, 0xa0, 3, 0x0a, 1, 2]);
        token.finish_http("Negotiate oQcwBaADCgEC").unwrap_err()
    };
    assert_eq!(field(login()), InitiationError::Rejected);
    let nothing = login().finish_http("Negotiate").unwrap_err();
    assert_eq!(nothing, InitiationError::NoAnswer);
    let garbage = login().finish_http("Negotiate ***").unwrap_err();
    assert_eq!(garbage, InitiationError::Unexpected);
}
