//! What a refused client gets to hear: RFC 4120 §5.9.1, RFC 4121 §4.1, [MS-KILE] §2.2.2.
#![allow(clippy::unwrap_used, reason = "test code")]

mod scene;

use core::error::Error as _;
use core::time::Duration;
use portcullis::formats::der::Decode;
use portcullis::formats::gss::{InitialContextToken, Mechanism, TokenId, split_token_id};
use portcullis::formats::messages::KrbError;
use portcullis::formats::registry::ErrorCode;
use portcullis::formats::spnego::{NegState, NegTokenResp};
use portcullis::{Error, ServicePattern};
use portcullis_testrealm::{Fault, InitiationError, TestRealm, TokenBuilder};
use scene::{Scene, refused};

/// The KRB-ERROR that a client with this fault gets, in GSS framing.
fn krb_error(fault: Fault) -> Vec<u8> {
    let scene = Scene::new();
    scene.realm.advance(Duration::from_micros(1_000_042));
    let token = scene.token().mutual().fault(fault).build();
    let reply = scene.refuse(&token).reply().unwrap().to_vec();
    let framed = InitialContextToken::decode(&reply).unwrap();
    assert_eq!(framed.oid, Mechanism::Krb5.oid());
    let (id, message) = split_token_id(framed.inner).unwrap();
    assert_eq!(id, TokenId::KRB_ERROR);
    message.to_vec()
}

/// Our time, the code, and the service by the name that the ticket shows: nothing else.
#[test]
fn a_krb_error_says_the_code_the_time_and_the_service() {
    let message = krb_error(Fault::TamperedTicket);
    let error = KrbError::from_der(&message).unwrap();
    assert_eq!(error.error_code, ErrorCode::BAD_INTEGRITY);
    assert_eq!(error.stime.to_string(), "2026-01-01T00:00:01Z");
    assert_eq!(error.susec.as_u32(), 42);
    assert_eq!(error.realm.to_string(), "EXAMPLE.TEST");
    assert_eq!(error.sname.to_string(), "HTTP/web.example.test");
    assert_eq!((error.ctime, error.cusec), (None, None));
    assert_eq!((error.crealm, error.cname), (None, None));
    assert_eq!((error.e_text, error.e_data), (None, None));
}

/// [MS-KILE] §2.2.2: with this data a Windows client tries again with our time.
#[test]
fn a_client_whose_clock_is_wrong_learns_how_to_recover() {
    for fault in [Fault::ClockAhead, Fault::ClockBehind] {
        let message = krb_error(fault);
        let error = KrbError::from_der(&message).unwrap();
        assert_eq!(error.error_code, ErrorCode::SKEW);
        assert_eq!(error.stime.to_string(), "2026-01-01T00:00:01Z");
        assert_eq!(error.e_data, Some([0x30, 5, 0xa1, 3, 2, 1, 2].as_slice()));
    }
}

/// RFC 4121 §4.1: who does not wait for an answer gets none; in SPNEGO there is always one.
#[test]
fn a_client_that_waits_for_no_answer_gets_no_krb_error() {
    let scene = Scene::new();
    let raw = scene.token().fault(Fault::Expired).build();
    assert_eq!(scene.refuse(&raw).reply(), None);
    let negotiated = scene.token().spnego().fault(Fault::Expired).build();
    let rejection = scene.refuse(&negotiated);
    let said = NegTokenResp::from_der(rejection.reply().unwrap()).unwrap();
    let reject = NegTokenResp {
        neg_state: Some(NegState::Reject),
        ..NegTokenResp::default()
    };
    assert_eq!(said, reject);
}

#[test]
fn a_refusal_is_because_of_its_error() {
    let scene = Scene::new();
    let rejection = scene.refuse(&scene.token().fault(Fault::Expired).build());
    let cause = rejection.source().unwrap().downcast_ref::<Error>();
    assert_eq!(cause, Some(rejection.error()));
}

/// Refusals that have the same code, time and clear parts are the same, octet for octet: whatever
/// is found behind the encryption, the reply does not tell.
#[test]
fn replies_depend_on_code_time_and_what_was_said_in_clear() {
    let shapes: [fn(TokenBuilder) -> TokenBuilder; 3] = [
        TokenBuilder::mutual,
        |token| token.mutual().spnego(),
        |token| token.mutual().bare(),
    ];
    for shape in shapes {
        let mut replies: Vec<(Option<ErrorCode>, Option<Vec<u8>>)> = Vec::new();
        for fault in Fault::all() {
            // Another name in clear, or octets that were not read so far: another reply, or none.
            if matches!(fault, Fault::UnknownService | Fault::NoServiceComponents)
                || matches!(
                    fault,
                    Fault::Truncated | Fault::TrailingOctets | Fault::ApRepToken
                )
                || matches!(fault, Fault::ProtocolVersion | Fault::MessageType)
                || matches!(fault, Fault::TicketVersion | Fault::FramedDceStyle)
            {
                continue;
            }
            let scene = Scene::new();
            let token = shape(scene.token()).fault(*fault).build();
            let negotiation = scene.acceptor.begin().peer_address([192, 0, 2, 1].into());
            let Err(rejection) = negotiation.step(token.token(), scene.realm.now()) else {
                continue;
            };
            let code = rejection.error().code();
            let reply = rejection.reply().map(<[u8]>::to_vec);
            match replies.iter().find(|(known, _)| *known == code) {
                Some((_, known)) => assert_eq!(known, &reply, "{fault:?}"),
                None => replies.push((code, reply)),
            }
        }
        assert!(replies.len() >= 10);
        assert!(replies.iter().all(|(_, reply)| reply.is_some()));
    }
}

/// Whether a key did not fit, or fitted and something inside is wrong, is told by the code alone;
/// the keytab, and which of its keys were tried, by nothing.
#[test]
fn the_keytab_does_not_show_in_the_reply() {
    let reply = |kvnos: &[u32]| {
        let realm = TestRealm::new("EXAMPLE.TEST");
        let web = realm
            .service_with(scene::WEB)
            .kvnos(kvnos.iter().copied())
            .build();
        let scene = Scene::of(realm, web, |settings| settings);
        let token = scene
            .token()
            .shown_kvno(Some(1))
            .fault(Fault::WrongServiceKey)
            .mutual();
        scene.refuse(&token.build()).reply().unwrap().to_vec()
    };
    assert_eq!(reply(&[1]), reply(&[1, 2, 3, 4]));
}

/// The client learns the code from each frame that it may have sent.
#[test]
fn every_frame_carries_the_refusal() {
    let shapes: [fn(TokenBuilder) -> TokenBuilder; 5] = [
        |token| token,
        TokenBuilder::ms_oid,
        TokenBuilder::spnego,
        |token| token.spnego().ms_oid(),
        TokenBuilder::bare,
    ];
    for shape in shapes {
        let scene = Scene::with(|settings| settings.raw_ap_req(true));
        let token = shape(scene.token().mutual()).fault(Fault::Expired).build();
        let rejection = scene.refuse(&token);
        let heard = token.finish(rejection.reply().unwrap()).unwrap_err();
        assert!(
            matches!(
                heard,
                InitiationError::Refused {
                    code: ErrorCode::TKT_EXPIRED,
                    ..
                }
            ),
            "{heard}"
        );
    }
}

/// What is no token at all is answered with nothing: nobody is there to understand it.
#[test]
fn what_is_no_token_is_not_answered() {
    let scene = Scene::new();
    for token in [
        b"hello".as_slice(),
        b"\x60\x05",
        b"\x6e\0",
        b"NTLMSSP\0\x01\0\0\0",
    ] {
        let rejection = refused(scene.acceptor.begin().step(token, scene.realm.now()));
        assert_eq!(rejection.reply(), None);
    }
}

/// An answer holds nothing that a refused client could not have known: no reply to a refusal is
/// longer than the names in it allow.
#[test]
fn a_refusal_is_short() {
    for fault in Fault::all() {
        let scene = Scene::new();
        let token = scene.token().mutual().spnego().fault(*fault).build();
        if let Err(rejection) = scene.step(&token) {
            assert!(rejection.reply().map_or(0, <[u8]>::len) < 200, "{fault:?}");
        }
    }
}

/// A token of 64 KiB must not make a header of 80 KiB: names are repeated up to 1 KiB.
#[test]
fn endless_names_are_not_repeated() {
    let reply = |length: usize, spnego: bool| {
        let scene = Scene::new();
        let name = format!("HTTP/{}", "x".repeat(length));
        let token = scene
            .token()
            .mutual()
            .shown_service(&name)
            .fault(Fault::Expired);
        let token = if spnego { token.spnego() } else { token };
        let rejection = scene.refuse(&token.build());
        rejection.reply().map(<[u8]>::len)
    };
    assert!(reply(900, false).is_some_and(|length| length > 900));
    // The realm has 12 octets, and each component the header of a GeneralString.
    let longest = 1024 - 12 - (2 + 4) - 4;
    assert!(reply(longest, false).is_some());
    assert_eq!(reply(longest + 1, false), None);
    assert_eq!(reply(60_000, false), None);
    assert!(reply(900, true).is_some_and(|length| length > 900));
    assert!(reply(60_000, true).is_some_and(|length| length < 20));
}

/// RFC 4121 §4.1: a token of a type that is not due is answered with KRB_AP_ERR_MSG_TYPE, inside of
/// SPNEGO as well. It names no service, so the answer names one that this acceptor answers for.
#[test]
fn a_token_of_an_unexpected_type_is_answered_in_every_frame() {
    let shapes: [fn(TokenBuilder) -> TokenBuilder; 3] =
        [|token| token, TokenBuilder::spnego, TokenBuilder::ms_oid];
    let mechanisms = [Mechanism::Krb5, Mechanism::Krb5, Mechanism::MsKrb5];
    for (shape, mechanism) in shapes.into_iter().zip(mechanisms) {
        let realm = TestRealm::new("EXAMPLE.TEST");
        let web = realm
            .service_with("ldap/web.example.test")
            .alias(scene::WEB)
            .build();
        let pattern: ServicePattern = "HTTP".parse().unwrap();
        let scene = Scene::of(realm, web, |settings| settings.service(pattern));
        let token = shape(scene.token()).fault(Fault::ApRepToken).build();
        let reply = scene.refuse(&token).reply().unwrap().to_vec();
        let framed = match NegTokenResp::from_der(&reply) {
            Ok(said) => {
                assert_eq!(said.neg_state, Some(NegState::Reject));
                said.response_token.unwrap()
            }
            Err(_) => &reply,
        };
        let framed = InitialContextToken::decode(framed).unwrap();
        assert_eq!(framed.oid, mechanism.oid());
        let (id, message) = split_token_id(framed.inner).unwrap();
        assert_eq!(id, TokenId::KRB_ERROR);
        let error = KrbError::from_der(message).unwrap();
        assert_eq!(error.error_code, ErrorCode::MSG_TYPE);
        assert_eq!(error.sname.to_string(), "HTTP/web.example.test");
        assert_eq!(error.realm.to_string(), "EXAMPLE.TEST");
    }
}
