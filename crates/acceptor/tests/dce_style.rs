//! DCE style ([MS-KILE] §3.4.5.1, RFC 4757 §7.1): three legs, without frames, alone and in SPNEGO.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "test code"
)]

mod scene;

use core::time::Duration;
use portcullis::error::{NegotiationError, TicketError};
use portcullis::formats::der::{Decode, Encode};
use portcullis::formats::gss::{
    ContextFlags, InitialContextToken, Mechanism, MicToken, TokenFlags, frame,
};
use portcullis::formats::messages::Authenticator;
use portcullis::formats::spnego::{
    MechTypeList, NegState, NegTokenInit, NegTokenResp, encode_mech_types,
};
use portcullis::{Enctype, Error, Negotiation, Rejection, Step, WeakEnctype};
use portcullis_crypto::{Key, KeyUsage};
use portcullis_testrealm::{Fault, Initiation, Next, TestRealm, TokenBuilder};
use scene::{Scene, WEB, complete, refused};
use std::sync::{Arc, Mutex};

#[track_caller]
fn continued(outcome: Result<Step, Rejection>) -> (Negotiation, Vec<u8>) {
    match outcome {
        Ok(Step::Continue { negotiation, reply }) => (negotiation, reply),
        Ok(other) => panic!("not continued: {other:?}"),
        Err(rejection) => panic!("refused: {rejection}"),
    }
}

/// The client's third leg, after our second.
#[track_caller]
fn third_leg(client: Initiation, second: &[u8]) -> Initiation {
    let Ok(Next::Send(third)) = client.next(second) else {
        panic!("the initiator does not go on")
    };
    third
}

fn second_leg(scene: &Scene, token: Initiation) -> (Negotiation, Initiation) {
    let (negotiation, reply) = continued(scene.step(&token));
    (negotiation, third_leg(token, &reply))
}

fn answer(reply: &[u8]) -> NegTokenResp<'_> {
    NegTokenResp::from_der(reply).unwrap()
}

/// [MS-KILE] §3.4.5.1: DCE style has three legs, without frames.
#[test]
fn dce_style_has_three_legs() {
    let scene = Scene::new();
    let token = scene.token().dce_style().build();
    let (negotiation, third) = second_leg(&scene, token);
    let (context, reply) = complete(negotiation.step(third.token(), scene.realm.now()));
    assert_eq!(reply, None);
    assert!(context.identity().flags().contains(ContextFlags::DCE_STYLE));
    third.finish(b"").unwrap();
}

/// The same inside of SPNEGO, where a bare AP-REQ has its place.
#[test]
fn dce_style_inside_of_spnego_has_three_legs() {
    let scene = Scene::new();
    let token = scene.token().dce_style().spnego().build();
    let (negotiation, third) = second_leg(&scene, token);
    let (_, reply) = complete(negotiation.step(third.token(), scene.realm.now()));
    let reply = reply.unwrap();
    assert_eq!(answer(&reply).supported_mech, None); // the second leg named it
    third.finish(&reply).unwrap();
}

/// The third leg shows that the client is there now: it repeats our number, under the session key.
#[test]
fn a_third_leg_that_does_not_answer_ours_is_refused() {
    for fault in [
        Fault::ThirdLegSequence,
        Fault::ThirdLegSubkey,
        Fault::TamperedThirdLeg,
    ] {
        let scene = Scene::new();
        let token = scene.token().dce_style().fault(fault).build();
        let (negotiation, third) = second_leg(&scene, token);
        let rejection = refused(negotiation.step(third.token(), scene.realm.now()));
        assert_eq!(
            *rejection.error(),
            NegotiationError::ThirdLeg.into(),
            "{fault:?}"
        );
    }
    let scene = Scene::new();
    let (negotiation, _) = second_leg(&scene, scene.token().dce_style().build());
    refused(negotiation.step(b"", scene.realm.now()));
}

/// [MS-KILE] §3.4.5.1: DCE style always gets our subkey, so that our own answer, which has one,
/// cannot come back as the client's, which has none.
#[test]
fn our_own_answer_does_not_pass_for_the_third_leg() {
    for enctype in Enctype::all() {
        let realm = TestRealm::new("EXAMPLE.TEST");
        let web = realm.service_with(WEB).enctypes([*enctype]).build();
        let scene = Scene::of(realm, web, |settings| {
            settings
                .allow_camellia()
                .danger_allow(WeakEnctype::Rc4Hmac)
                .danger_allow(WeakEnctype::Des3CbcSha1)
        });
        for shape in [|token: TokenBuilder| token, TokenBuilder::no_subkey] {
            let token = shape(scene.token().dce_style()).build();
            let (negotiation, reply) = continued(scene.step(&token));
            let rejection = refused(negotiation.step(&reply, scene.realm.now()));
            assert_eq!(
                *rejection.error(),
                NegotiationError::ThirdLeg.into(),
                "{enctype}"
            );
            let token = shape(scene.token().dce_style()).build();
            let (negotiation, third) = second_leg(&scene, token);
            complete(negotiation.step(third.token(), scene.realm.now()));
        }
    }
}

/// A peer can take its time between two legs; the ticket must still count when it is done.
#[test]
fn a_ticket_that_ends_between_two_legs_is_refused() {
    for spnego in [false, true] {
        let scene = Scene::new();
        let end = scene.realm.now() + Duration::from_secs(60);
        let token = scene.token().dce_style().endtime(end);
        let token = if spnego { token.spnego() } else { token };
        let (negotiation, third) = second_leg(&scene, token.build());
        let rejection = refused(negotiation.step(third.token(), end + Duration::from_secs(301)));
        assert!(matches!(
            rejection.error(),
            Error::Ticket(TicketError::Expired { .. })
        ));
        assert_eq!(rejection.reply().is_some(), spnego);

        let token = scene.token().dce_style().endtime(end);
        let token = if spnego { token.spnego() } else { token };
        let (negotiation, third) = second_leg(&scene, token.build());
        complete(negotiation.step(third.token(), end + Duration::from_secs(300)));
    }
}

/// The mechListMIC of DCE style that comes in the first leg, with the client's subkey while there is
/// no other, once `change` is done with it.
fn signed_early(change: impl FnOnce(&mut Vec<u8>)) -> Result<Step, Rejection> {
    let scene = Scene::new();
    let sealed = Arc::new(Mutex::new(Vec::new()));
    let learnt = Arc::clone(&sealed);
    let token = scene.token().dce_style().edit_authenticator(move |part| {
        learnt.lock().unwrap().clone_from(&part);
        part
    });
    let client = token.build();
    let part = sealed.lock().unwrap();
    let subkey = Authenticator::from_der(&part).unwrap().subkey.unwrap();
    let subkey = Key::new(Enctype::Aes256CtsHmacSha1_96, subkey.keyvalue).unwrap();

    let list = encode_mech_types([Mechanism::Krb5.oid()]);
    let mut mic = MicToken {
        flags: TokenFlags(0),
        sequence: 0,
        checksum: b"",
    };
    let key = subkey.mac(KeyUsage::INITIATOR_SIGN);
    let checksum = key.checksum(&[&list, &mic.header()]);
    mic.checksum = checksum.as_ref();
    let mut mic = mic.encode();
    change(&mut mic);
    let offer = NegTokenInit {
        mech_types: MechTypeList::from_der(&list).ok(),
        mech_token: Some(client.token()),
        mech_list_mic: Some(&mic),
    };
    let first = frame(Mechanism::Spnego.oid(), &offer.to_der());
    let (negotiation, reply) = continued(scene.acceptor.begin().step(&first, scene.realm.now()));
    let third = third_leg(client, answer(&reply).response_token.unwrap());
    let leg = NegTokenResp {
        response_token: Some(third.token()),
        ..NegTokenResp::default()
    };
    negotiation.step(&leg.to_der(), scene.realm.now())
}

/// §5: a signature that came before its context was established is verified when it is.
#[test]
fn an_early_signature_of_dce_style_is_verified_with_the_third_leg() {
    let (_, reply) = complete(signed_early(|_| {}));
    let reply = reply.unwrap();
    let said = answer(&reply);
    assert_eq!(said.neg_state, Some(NegState::AcceptCompleted));
    assert!(said.mech_list_mic.is_some());
    let rejection = refused(signed_early(|mic| *mic.last_mut().unwrap() ^= 1));
    assert_eq!(*rejection.error(), NegotiationError::MicWrong.into());
}

/// §5: each side signs once. With DCE style there are two legs in which a signature could come.
#[test]
fn a_second_signature_of_the_initiator_is_refused() {
    let scene = Scene::new();
    let token = scene.token().dce_style().spnego().build();
    let inner = InitialContextToken::decode(token.token()).unwrap().inner;
    let mut offer = NegTokenInit::from_der(inner).unwrap();
    offer.mech_list_mic = Some(b"the first");
    let first = frame(Mechanism::Spnego.oid(), &offer.to_der());
    let (negotiation, reply) = continued(scene.acceptor.begin().step(&first, scene.realm.now()));
    let third = third_leg(token, &reply);
    let mut leg = answer(third.token());
    leg.mech_list_mic = Some(b"the second");
    let rejection = refused(negotiation.step(&leg.to_der(), scene.realm.now()));
    assert_eq!(*rejection.error(), NegotiationError::SecondMic.into());
}
