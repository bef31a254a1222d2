//! RFC 4178: the negotiation of the mechanism, and the MIC that protects it.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "test code"
)]

mod scene;

use core::time::Duration;
use portcullis::error::{NegotiationError, TicketError, Unsupported};
use portcullis::formats::der::{Decode, Encode, Writer};
use portcullis::formats::gss::{ContextFlags, InitialContextToken, Mechanism, frame};
use portcullis::formats::spnego::{
    MechTypeList, NegState, NegTokenInit, NegTokenResp, encode_mech_types,
};
use portcullis::identity::Framing;
use portcullis::{Enctype, Error, Negotiation, Rejection, SecurityContext, Step, WeakEnctype};
use portcullis_testrealm::{Fault, Initiation, InitiationError, InitiatorContext, Next, TestRealm};
use scene::{Scene, WEB, complete, refused};

const NTLM_FIRST: &[Mechanism] = &[Mechanism::Ntlm, Mechanism::MsKrb5, Mechanism::Krb5];

/// The negotiation that a step leads to, and the answer.
#[track_caller]
fn continued(outcome: Result<Step, Rejection>) -> (Negotiation, Vec<u8>) {
    match outcome {
        Ok(Step::Continue { negotiation, reply }) => (negotiation, reply),
        Ok(other) => panic!("not continued: {other:?}"),
        Err(rejection) => panic!("refused: {rejection}"),
    }
}

#[track_caller]
fn sent(next: Result<Next, InitiationError>) -> Initiation {
    match next {
        Ok(Next::Send(initiation)) => initiation,
        Ok(Next::Complete(_)) => panic!("the initiator thinks that it is done"),
        Err(error) => panic!("the initiator does not believe it: {error}"),
    }
}

/// Leg after leg, until one side is done or refuses.
fn negotiate(
    scene: &Scene,
    mut initiation: Initiation,
) -> Result<(SecurityContext, InitiatorContext), Rejection> {
    let mut negotiation = scene.acceptor.begin();
    loop {
        match negotiation.step(initiation.token(), scene.realm.now())? {
            Step::Complete { context, reply } => {
                return Ok((
                    context,
                    initiation.finish(&reply.unwrap_or_default()).unwrap(),
                ));
            }
            Step::Continue {
                negotiation: next,
                reply,
            } => {
                negotiation = next;
                initiation = sent(initiation.next(&reply));
            }
            other => panic!("{other:?}"),
        }
    }
}

fn answer(reply: &[u8]) -> NegTokenResp<'_> {
    NegTokenResp::from_der(reply).unwrap()
}

/// §4.2.1: the initiator's first choice is ours, and its token comes with the list.
#[test]
fn kerberos_first_is_one_leg() {
    let scene = Scene::new();
    let token = scene.token().spnego().mutual().build();

    let (context, reply) = scene.accept(&token);

    let reply = reply.unwrap();
    let said = answer(&reply);
    assert_eq!(said.neg_state, Some(NegState::AcceptCompleted));
    assert_eq!(said.supported_mech, Some(Mechanism::Krb5.oid()));
    assert_eq!(said.mech_list_mic, None); // §5: none is volunteered, old Windows stumbles
    assert_eq!(context.identity().framing(), Framing::Spnego);
    assert_eq!(context.identity().mechanism(), Mechanism::Krb5);
    token.finish(&reply).unwrap();
}

/// Without mutual authentication there is still an answer: the mechanism is chosen.
#[test]
fn one_way_kerberos_is_answered_with_accept_completed_and_no_token() {
    let scene = Scene::new();
    let token = scene.token().spnego().build();
    let reply = scene.accept(&token).1.unwrap();
    let said = answer(&reply);
    assert_eq!(said.neg_state, Some(NegState::AcceptCompleted));
    assert_eq!(said.response_token, None);
    token.finish(&reply).unwrap();
}

/// [MS-SPNG] §3.2.5: Windows fails when it offered its own number and hears of another.
#[test]
fn the_number_of_kerberos_that_was_chosen_is_echoed() {
    for first in [Mechanism::MsKrb5, Mechanism::Krb5, Mechanism::Krb5Draft] {
        let scene = Scene::new();
        let list = [first, Mechanism::Krb5, Mechanism::NegoEx, Mechanism::Ntlm];
        let token = scene.token().mutual().mech_list(&list).build();
        let reply = scene.accept(&token).1.unwrap();
        assert_eq!(answer(&reply).supported_mech, Some(first.oid()));
        token.finish(&reply).unwrap();
    }
    let scene = Scene::new();
    let windows = scene.token().spnego().ms_oid().mutual().build();
    let reply = scene.accept(&windows).1.unwrap();
    assert_eq!(answer(&reply).supported_mech, Some(Mechanism::MsKrb5.oid()));
}

/// §4.2.1, §5: Kerberos is not first, so the optimistic token is somebody else's, Kerberos takes
/// one more leg, and both sides sign the list.
#[test]
fn kerberos_that_is_not_first_takes_one_more_leg_and_two_signatures() {
    let scene = Scene::new();
    let first = scene.token().mutual().mech_list(NTLM_FIRST).build();

    let (negotiation, reply) = continued(scene.step(&first));
    let said = answer(&reply);
    assert_eq!(said.neg_state, Some(NegState::RequestMic));
    assert_eq!(said.supported_mech, Some(Mechanism::MsKrb5.oid()));
    assert_eq!(said.response_token, None);

    let second = sent(first.next(&reply));
    let (negotiation, reply) = continued(negotiation.step(second.token(), scene.realm.now()));
    let said = answer(&reply);
    assert_eq!(said.neg_state, Some(NegState::AcceptIncomplete));
    assert_eq!(said.supported_mech, None);
    assert!(said.response_token.is_some() && said.mech_list_mic.is_some());

    let third = sent(second.next(&reply));
    let (mut context, reply) = complete(negotiation.step(third.token(), scene.realm.now()));
    assert_eq!(reply, None);
    assert_eq!(
        context.identity().client().to_string(),
        "alice@EXAMPLE.TEST"
    );

    // Each signature took a sequence number; the next messages go on from there.
    let mut initiator = third.finish(b"").unwrap();
    let token = initiator.mic(b"hello").unwrap();
    let order = context.verify_mic(b"hello", &token).unwrap();
    assert_eq!(order, portcullis::context::Order::InOrder);
    let token = context.mic(b"and to you").unwrap();
    initiator.verify_mic(b"and to you", &token).unwrap();
}

/// §5: without an AP-REP the initiator's signature comes with its AP-REQ, and ours answers it.
#[test]
fn one_way_kerberos_that_is_not_first_signs_with_its_ap_req() {
    let scene = Scene::new();
    let first = scene.token().mech_list(NTLM_FIRST).build();
    let (negotiation, reply) = continued(scene.step(&first));
    let second = sent(first.next(&reply));

    let (_, reply) = complete(negotiation.step(second.token(), scene.realm.now()));

    let reply = reply.unwrap();
    let said = answer(&reply);
    assert_eq!(said.neg_state, Some(NegState::AcceptCompleted));
    assert!(said.mech_list_mic.is_some());
    second.finish(&reply).unwrap();
}

/// §4.2.1: the list may come alone. Kerberos is first, so nothing has to be signed.
#[test]
fn a_list_without_a_token_is_asked_for_one() {
    let scene = Scene::new();
    let first = scene.token().mutual().without_mech_token().build();
    let (negotiation, reply) = continued(scene.step(&first));
    assert_eq!(answer(&reply).neg_state, Some(NegState::AcceptIncomplete));
    let second = sent(first.next(&reply));
    let (_, reply) = complete(negotiation.step(second.token(), scene.realm.now()));
    second.finish(&reply.unwrap()).unwrap();
}

/// §5: a signature that nothing demanded is verified all the same, and answered.
#[test]
fn a_voluntary_signature_is_verified_and_answered() {
    let scene = Scene::new();
    let token = scene.token().sign_mech_list().build();
    let reply = scene.accept(&token).1.unwrap();
    assert!(answer(&reply).mech_list_mic.is_some());
    token.finish(&reply).unwrap();

    let tampered = scene
        .token()
        .sign_mech_list()
        .fault(Fault::TamperedMechListMic)
        .build();
    let rejection = scene.refuse(&tampered);
    assert_eq!(
        *rejection.error(),
        Error::Negotiation(NegotiationError::MicWrong)
    );
}

/// §5: a signature that is due and wrong, missing, our own or over another list ends it.
#[test]
fn a_list_that_is_not_signed_as_it_came_is_refused() {
    let faults = [
        (Fault::TamperedMechListMic, NegotiationError::MicWrong),
        (Fault::MissingMechListMic, NegotiationError::MicMissing),
        (Fault::ReflectedMechListMic, NegotiationError::MicWrong),
        (Fault::ChangedMechList, NegotiationError::MicWrong),
    ];
    for (fault, expected) in faults {
        for one_way in [false, true] {
            if one_way && fault == Fault::ReflectedMechListMic {
                continue; // there is none of ours to send back yet
            }
            let scene = Scene::new();
            let token = scene.token().mech_list(NTLM_FIRST).fault(fault);
            let token = if one_way { token } else { token.mutual() };
            let rejection = negotiate(&scene, token.build()).unwrap_err();
            assert_eq!(
                *rejection.error(),
                Error::Negotiation(expected),
                "{fault:?} {one_way}"
            );
            let reply = rejection.reply().unwrap();
            assert_eq!(answer(reply).neg_state, Some(NegState::Reject));
        }
    }
}

/// §5: a context without integrity cannot sign, and need not.
#[test]
fn without_integrity_nothing_is_signed() {
    let scene = Scene::new();
    let flags = ContextFlags::MUTUAL | ContextFlags::REPLAY;
    let first = scene
        .token()
        .mutual()
        .flags(flags)
        .mech_list(NTLM_FIRST)
        .build();
    let (negotiation, reply) = continued(scene.step(&first));
    let second = sent(first.next(&reply));
    let (context, reply) = complete(negotiation.step(second.token(), scene.realm.now()));
    assert!(!context.identity().flags().contains(ContextFlags::INTEG));
    assert_eq!(answer(&reply.unwrap()).mech_list_mic, None);
}

/// What is offered without Kerberos is refused by its name, and never read.
#[test]
fn other_mechanisms_are_refused_by_name() {
    let scene = Scene::new();
    let refusal = |list: &[Mechanism]| {
        let rejection = scene.refuse(&scene.token().mech_list(list).build());
        assert_eq!(
            answer(rejection.reply().unwrap()).neg_state,
            Some(NegState::Reject)
        );
        rejection.error().clone()
    };
    assert_eq!(refusal(&[Mechanism::Ntlm]), Unsupported::Ntlm.into());
    assert_eq!(
        refusal(&[Mechanism::NegoEx, Mechanism::Ntlm]),
        Unsupported::NegoEx.into()
    );
    assert_eq!(
        refusal(&[Mechanism::Iakerb, Mechanism::Pku2u]),
        Unsupported::Mechanism {
            offered: vec!["iakerb".into(), "pku2u".into()]
        }
        .into()
    );
    assert_eq!(refusal(&[]), NegotiationError::NoMechanisms.into());
}

/// Where list and token are of different mechanisms, NTLM is named if either is it.
#[test]
fn ntlm_is_recognised_by_the_list_or_by_its_token() {
    let scene = Scene::new();
    let refusal = |list: &[Mechanism], mech_token: Option<&[u8]>| {
        let mech_types = encode_mech_types(list.iter().map(|mechanism| mechanism.oid()));
        let offer = NegTokenInit {
            mech_types: MechTypeList::from_der(&mech_types).ok(),
            mech_token,
            mech_list_mic: None,
        };
        let token = frame(Mechanism::Spnego.oid(), &offer.to_der());
        let outcome = scene.acceptor.begin().step(&token, scene.realm.now());
        refused(outcome).error().clone()
    };
    let ntlm: Error = Unsupported::Ntlm.into();
    let signature = Some(b"NTLMSSP\0\x01\0\0\0".as_slice());
    assert_eq!(refusal(&[Mechanism::Iakerb], signature), ntlm);
    assert_eq!(refusal(&[Mechanism::Ntlm], None), ntlm);
    assert_eq!(refusal(&[Mechanism::Ntlm], Some(b"?")), ntlm);
    let other = refusal(&[Mechanism::Iakerb], None);
    assert!(matches!(
        other,
        Error::Unsupported(Unsupported::Mechanism { .. })
    ));
}

/// Raw NTLM and NegoEx are known by their signature; there is nobody to answer in SPNEGO.
#[test]
fn raw_tokens_of_other_mechanisms_are_refused_by_name() {
    let scene = Scene::new();
    let refusal = |token: &[u8]| {
        let rejection = refused(scene.acceptor.begin().step(token, scene.realm.now()));
        assert_eq!(rejection.reply(), None);
        rejection.error().clone()
    };
    assert_eq!(refusal(b"NTLMSSP\0\x01\0\0\0"), Unsupported::Ntlm.into());
    assert_eq!(refusal(b"NTLMSSP\0\x03\0\0\0"), Unsupported::Ntlm.into());
    assert_eq!(refusal(b"NTLMSSP\0"), Unsupported::Ntlm.into());
    assert_eq!(refusal(b"NEGOEXTS"), Unsupported::NegoEx.into());
    assert_eq!(
        refusal(&frame(Mechanism::Ntlm.oid(), b"x")),
        Unsupported::Ntlm.into()
    );
    assert_eq!(
        refusal(&frame(Mechanism::Krb5UserToUser.oid(), b"\x04\0")),
        Unsupported::UserToUser.into()
    );
    for unread in [
        frame(Mechanism::Iakerb.oid(), b"\x05\x01"),
        frame(&[0x2a, 3, 4], b""),
    ] {
        assert!(matches!(
            refusal(&unread),
            Error::Unsupported(Unsupported::Mechanism { .. })
        ));
    }
}

/// [MS-SPNG] §3.2.5.2: an empty token asks for our mechanisms, once.
#[test]
fn an_empty_token_is_answered_with_hints_once() {
    let scene = Scene::new();
    let now = scene.realm.now();
    let (negotiation, reply) = continued(scene.acceptor.begin().step(b"", now));
    let inner = InitialContextToken::decode(&reply).unwrap();
    let hints = NegTokenInit::from_der(inner.inner).unwrap();
    let ours: Vec<_> = hints.mech_types.unwrap().iter().collect();
    assert_eq!(ours, [Mechanism::MsKrb5.oid(), Mechanism::Krb5.oid()]);

    let token = scene.token().spnego().ms_oid().mutual().build();
    let (_, reply) = complete(negotiation.step(token.token(), now));
    token.finish(&reply.unwrap()).unwrap();

    let (negotiation, _) = continued(scene.acceptor.begin().step(b"", now));
    let rejection = refused(negotiation.step(b"", now));
    assert_eq!(*rejection.error(), NegotiationError::HintsRepeated.into());
}

/// A NegTokenInit by hand around a good AP-REQ: `fields` writes what stands between the list and
/// the token.
fn offer(
    scene: &Scene,
    fields: impl FnOnce(&mut Writer),
    after: impl FnOnce(&mut Writer),
) -> Vec<u8> {
    let kerberos = scene.token().build();
    let mut output = Writer::new();
    output.nested(0xa0, |choice| {
        choice.sequence(|token| {
            let list = encode_mech_types([Mechanism::Krb5.oid()]);
            token.field(0, |field| field.raw(&list));
            fields(token);
            token.field(2, |field| field.octet_string(kerberos.token()));
            after(token);
        });
    });
    output.into_vec()
}

/// §4.2.1: reqFlags are not protected and must not matter, whatever they look like (CVE-2009-0845).
#[test]
fn request_flags_are_ignored_whatever_they_are() {
    let scene = Scene::new();
    for flags in [
        [3, 2, 1, 0xfe].as_slice(),
        &[3, 1, 0],
        &[3, 0],
        &[3, 2, 8, 0],
        &[4, 0],
        &[],
    ] {
        let inner = offer(
            &scene,
            |token| token.field(1, |field| field.raw(flags)),
            |_| {},
        );
        let token = frame(Mechanism::Spnego.oid(), &inner);
        complete(scene.acceptor.begin().step(&token, scene.realm.now()));
    }
}

/// [MS-SPNG] §2.2.1: in place of the MIC may stand hints, which nobody needs.
#[test]
fn hints_of_a_client_are_ignored() {
    let scene = Scene::new();
    let hints = |token: &mut Writer| {
        token.field(3, |field| {
            field.sequence(|hint| hint.field(0, |name| name.general_string(b"x")))
        });
    };
    let token = frame(Mechanism::Spnego.oid(), &offer(&scene, |_| {}, hints));
    complete(scene.acceptor.begin().step(&token, scene.realm.now()));
}

/// Some stacks leave the frame away; nothing else begins so.
#[test]
fn a_first_token_without_its_frame_is_read() {
    let scene = Scene::new();
    let token = offer(&scene, |_| {}, |_| {});
    let (context, _) = complete(scene.acceptor.begin().step(&token, scene.realm.now()));
    assert_eq!(context.identity().framing(), Framing::Spnego);
}

/// §4.2.2: a later leg cannot come first.
#[test]
fn a_later_leg_without_a_first_is_refused() {
    let scene = Scene::new();
    let token = scene.token().build();
    let leg = NegTokenResp {
        response_token: Some(token.token()),
        ..NegTokenResp::default()
    };
    let rejection = refused(
        scene
            .acceptor
            .begin()
            .step(&leg.to_der(), scene.realm.now()),
    );
    assert_eq!(*rejection.error(), NegotiationError::NotBegun.into());
}

/// CVE-2014-4344 and its kind: a second leg in which something is missing.
#[test]
fn a_second_leg_without_what_is_due_is_refused() {
    let scene = Scene::new();
    let nothing = NegTokenResp::default();
    let kerberos = scene.token().build();
    let legs = [
        (nothing, NegotiationError::NoToken),
        (
            NegTokenResp {
                neg_state: Some(NegState::AcceptIncomplete),
                ..nothing
            },
            NegotiationError::NoToken,
        ),
        (
            NegTokenResp {
                mech_list_mic: Some(b"mic"),
                ..nothing
            },
            NegotiationError::NoToken,
        ),
        (
            NegTokenResp {
                neg_state: Some(NegState::Reject),
                ..nothing
            },
            NegotiationError::Refused,
        ),
        (
            NegTokenResp {
                supported_mech: Some(Mechanism::Krb5.oid()),
                response_token: Some(kerberos.token()),
                ..nothing
            },
            NegotiationError::MechanismNamedAgain,
        ),
    ];
    for (leg, expected) in legs {
        let first = scene.token().mech_list(NTLM_FIRST).build();
        let (negotiation, _) = continued(scene.step(&first));
        let rejection = refused(negotiation.step(&leg.to_der(), scene.realm.now()));
        assert_eq!(*rejection.error(), expected.into());
    }
    for empty in [b"".as_slice(), b"\xa1\0", b"\x04", b"NTLMSSP\0"] {
        let first = scene.token().mech_list(NTLM_FIRST).build();
        let (negotiation, _) = continued(scene.step(&first));
        let leg = NegTokenResp {
            response_token: Some(empty),
            ..nothing
        }
        .to_der();
        refused(negotiation.step(&leg, scene.realm.now()));
        let first = scene.token().mech_list(NTLM_FIRST).build();
        let (negotiation, _) = continued(scene.step(&first));
        refused(negotiation.step(empty, scene.realm.now()));
    }
}

/// The third leg holds a MIC and nothing else that would matter.
#[test]
fn a_third_leg_without_a_signature_is_refused() {
    let scene = Scene::new();
    let first = scene.token().mutual().mech_list(NTLM_FIRST).build();
    let (negotiation, reply) = continued(scene.step(&first));
    let second = sent(first.next(&reply));
    let (negotiation, _) = continued(negotiation.step(second.token(), scene.realm.now()));
    let leg = NegTokenResp {
        response_token: Some(second.token()),
        ..NegTokenResp::default()
    };
    let rejection = refused(negotiation.step(&leg.to_der(), scene.realm.now()));
    assert_eq!(*rejection.error(), NegotiationError::MicMissing.into());
}

/// A refused Kerberos token is a refused negotiation, with the word of Kerberos in it.
#[test]
fn a_refusal_carries_the_krb_error() {
    let scene = Scene::new();
    let token = scene
        .token()
        .spnego()
        .mutual()
        .fault(Fault::Expired)
        .build();
    let rejection = scene.refuse(&token);
    let heard = token.finish(rejection.reply().unwrap()).unwrap_err();
    let expected = rejection.error().code().unwrap();
    assert!(matches!(heard, InitiationError::Refused { code, .. } if code == expected));
}

/// The list can be signed with keys of every enctype, RC4's and DES3's too.
#[test]
fn the_list_is_signed_with_keys_of_every_enctype() {
    for enctype in Enctype::all() {
        for mutual in [false, true] {
            let realm = TestRealm::new("EXAMPLE.TEST");
            let web = realm.service_with(WEB).enctypes([*enctype]).build();
            let scene = Scene::of(realm, web, |settings| {
                settings
                    .allow_camellia()
                    .danger_allow(WeakEnctype::Rc4Hmac)
                    .danger_allow(WeakEnctype::Des3CbcSha1)
            });
            let token = scene.token().mech_list(NTLM_FIRST);
            let token = if mutual { token.mutual() } else { token };
            let outcome = negotiate(&scene, token.build());
            assert!(outcome.is_ok(), "{enctype}");
        }
    }
}

/// A peer can take its time before it signs; the ticket must still count when it does.
#[test]
fn a_ticket_that_ends_before_the_signature_is_refused() {
    let scene = Scene::new();
    let end = scene.realm.now() + Duration::from_secs(60);
    let third_leg = |late: u64| {
        let first = scene
            .token()
            .mutual()
            .endtime(end)
            .mech_list(NTLM_FIRST)
            .build();
        let (negotiation, reply) = continued(scene.step(&first));
        let second = sent(first.next(&reply));
        let (negotiation, reply) = continued(negotiation.step(second.token(), scene.realm.now()));
        let third = sent(second.next(&reply));
        negotiation.step(third.token(), end + Duration::from_secs(late))
    };
    complete(third_leg(300));
    let rejection = refused(third_leg(301));
    assert!(matches!(
        rejection.error(),
        Error::Ticket(TicketError::Expired { .. })
    ));
    assert_eq!(
        answer(rejection.reply().unwrap()).neg_state,
        Some(NegState::Reject)
    );
}

/// A token of no octets is no token: the mechanism is asked for one.
#[test]
fn an_empty_mechanism_token_is_none() {
    let scene = Scene::new();
    let list = encode_mech_types([Mechanism::Krb5.oid()]);
    let offer = NegTokenInit {
        mech_types: MechTypeList::from_der(&list).ok(),
        mech_token: Some(b""),
        mech_list_mic: None,
    };
    let token = frame(Mechanism::Spnego.oid(), &offer.to_der());
    let (_, reply) = continued(scene.acceptor.begin().step(&token, scene.realm.now()));
    assert_eq!(answer(&reply).neg_state, Some(NegState::AcceptIncomplete));
}
