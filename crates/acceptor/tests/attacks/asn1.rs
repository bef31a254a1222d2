//! Encodings: lengths, truncations, missing fields, times, depth.

use super::step;
use crate::scene::{Scene, complete, refused};
use core::time::Duration;
use portcullis::Error;
use portcullis::error::{AuthenticatorError, TicketError};
use portcullis::formats::der::{Decode, Encode, Reader, Writer};
use portcullis::formats::gss::{InitialContextToken, Mechanism, TokenId, frame, split_token_id};
use portcullis::formats::messages::{Authenticator, EncTicketPart};
use portcullis::formats::registry::AuthDataType;
use portcullis_testrealm::TokenBuilder;

/// CVE-2020-28196, CVE-2020-10704, CVE-2004-0644: lengths that are indefinite, not minimal, or
/// longer than there are octets (CVE-2009-0847).
#[test]
fn lengths_are_definite_minimal_and_true() {
    let scene = Scene::new();
    let good = scene.token().build().token().to_vec();
    let inner = &good[4..];
    let with = |length: &[u8]| [&[0x60], length, inner].concat();
    assert_eq!(with(&good[1..4]), good);
    let length = u32::try_from(inner.len()).unwrap().to_be_bytes();
    let wrong: [&[u8]; 8] = [
        &[0x80],
        &[0x83, 0, length[2], length[3]],
        &[0x84, 0, 0, length[2], length[3]],
        &[0x84, 0xff, 0xff, 0xff, 0xff],
        &[0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        &[0x82, length[2], length[3] + 1],
        &[0x82, length[2], length[3] - 1],
        &[0xff],
    ];
    for length in wrong {
        let mut token = with(length);
        assert!(matches!(
            refused(step(&scene, &token)).error(),
            Error::Malformed(_)
        ));
        token.extend_from_slice(&[0, 0]); // the end of an indefinite one
        assert!(matches!(
            refused(step(&scene, &token)).error(),
            Error::Malformed(_)
        ));
    }
    complete(step(&scene, &good));
}

/// CVE-2009-0844, GHSL-2023-016 to -018: every truncation, of the token and of its parts, at every
/// octet.
#[test]
fn every_truncation_is_refused() {
    let scene = Scene::new();
    let shapes: [fn(TokenBuilder) -> TokenBuilder; 3] =
        [|token| token, TokenBuilder::spnego, TokenBuilder::dce_style];
    for shape in shapes {
        let token = shape(scene.token().mutual()).build();
        for length in 1..token.token().len() {
            refused(step(&scene, &token.token()[..length]));
        }
    }
    for length in 0..160 {
        let ticket = scene
            .token()
            .edit_ticket(move |part| part[..length.min(part.len() - 1)].to_vec());
        refused(scene.step(&ticket.build()));
        let authenticator = scene
            .token()
            .edit_authenticator(move |part| part[..length.min(part.len() - 1)].to_vec());
        refused(scene.step(&authenticator.build()));
    }
}

/// CVE-2021-36222, CVE-2021-37750, CVE-2010-1321: fields that may be absent, absent.
#[test]
fn optional_fields_may_be_absent() {
    let scene = Scene::new();
    let nothing_optional = scene
        .token()
        .no_subkey()
        .no_sequence()
        .shown_kvno(None)
        .edit_authenticator(|octets| {
            let mut authenticator = Authenticator::from_der(&octets).unwrap();
            authenticator.cksum = None;
            authenticator.authorization_data = None;
            authenticator.to_der()
        })
        .edit_ticket(|octets| {
            let mut ticket = EncTicketPart::from_der(&octets).unwrap();
            ticket.starttime = None;
            ticket.renew_till = None;
            ticket.caddr = None;
            ticket.authorization_data = None;
            ticket.to_der()
        });
    scene.accept(&nothing_optional.build());
}

/// …and fields that may not be absent, absent, one by one.
#[test]
fn required_fields_may_not_be_absent() {
    let scene = Scene::new();
    for index in 0..6 {
        let ticket = scene
            .token()
            .edit_ticket(move |part| without_field(&part, index));
        assert!(matches!(
            refused(scene.step(&ticket.build())).error(),
            Error::Ticket(TicketError::Malformed(_))
        ));
    }
    for index in [0, 1, 2, 4, 5] {
        let authenticator = scene
            .token()
            .edit_authenticator(move |part| without_field(&part, index));
        assert!(matches!(
            refused(scene.step(&authenticator.build())).error(),
            Error::Authenticator(AuthenticatorError::Malformed(_))
        ));
    }
    for index in 0..5 {
        let good = scene.token().build();
        let framed = InitialContextToken::decode(good.token()).unwrap();
        let message = without_field(split_token_id(framed.inner).unwrap().1, index);
        let token = frame(
            framed.oid,
            &[&TokenId::AP_REQ.0, message.as_slice()].concat(),
        );
        assert!(matches!(
            refused(step(&scene, &token)).error(),
            Error::Malformed(_)
        ));
    }
}

/// The message without its field of this index.
fn without_field(message: &[u8], index: usize) -> Vec<u8> {
    let mut fields = Reader::new(message)
        .enter(message[0])
        .unwrap()
        .enter(0x30)
        .unwrap();
    let mut kept = Writer::new();
    let mut at = 0;
    while !fields.is_empty() {
        let field = fields.whole().unwrap();
        if at != index {
            kept.raw(field);
        }
        at += 1;
    }
    let kept = kept.into_vec();
    let mut output = Writer::new();
    output.nested(message[0], |outer| {
        outer.sequence(|fields| fields.raw(&kept))
    });
    output.into_vec()
}

/// CVE-2009-0846: times that are none, in a sealed ticket.
#[test]
fn times_that_are_none_are_refused() {
    let scene = Scene::new();
    let wrong: [&[u8]; 13] = [
        b"",
        b"20260101000000",
        b"20260101000000Z0",
        b"20260101000000.5Z",
        b"20260101000000+0000",
        b"20261301000000Z",
        b"20260100000000Z",
        b"20260230000000Z",
        b"20260101240000Z",
        b"20260101006000Z",
        b"20260101000060Z",
        b"2026-1-1000000Z",
        b"0x260101000000Z",
    ];
    for text in wrong {
        let token = scene
            .token()
            .edit_ticket(move |part| with_endtime(&part, text));
        let rejection = refused(scene.step(&token.build()));
        assert_eq!(rejection.error().kind(), "malformed", "{text:?}");
    }
    let good = |part: Vec<u8>| with_endtime(&part, b"20260101000000Z");
    scene.accept(&scene.token().edit_ticket(good).build());
}

/// The EncTicketPart with another text for its end.
fn with_endtime(part: &[u8], text: &[u8]) -> Vec<u8> {
    let mut fields = Reader::new(part)
        .enter(part[0])
        .unwrap()
        .enter(0x30)
        .unwrap();
    let mut output = Writer::new();
    output.application(3, |all| {
        while !fields.is_empty() {
            let field = fields.whole().unwrap();
            match field[0] {
                0xa7 => all.field(7, |end| end.generalized_time(text)),
                _ => all.raw(field),
            }
        }
    });
    output.into_vec()
}

/// The last second of the year 9999, which is the last of all.
const LAST_SECOND: u64 = 253_402_300_799;

/// Years 2038, 2106 and 9999: seconds have 64 bits.
#[test]
fn times_beyond_32_bits_are_times() {
    for seconds in [
        0x7fff_ffff_u64,
        0x8000_0000,
        0xffff_ffff,
        0x1_0000_0000,
        LAST_SECOND,
    ] {
        let scene = Scene::new();
        let now = scene.realm.now();
        let then = std::time::UNIX_EPOCH + Duration::from_secs(seconds);
        let (context, _) = scene.accept(&scene.token().endtime(then).build());
        assert_eq!(context.identity().expires_at(), then);

        if seconds == LAST_SECOND {
            continue; // no clock shows it, and no record could outlast it
        }
        // The same as our own time.
        let token = scene.token().authtime(now).endtime(then).at(then).build();
        complete(scene.acceptor.begin().step(token.token(), then));
        let rejection = refused(scene.acceptor.begin().step(token.token(), then));
        assert!(matches!(rejection.error(), Error::Replayed { .. }));
    }
}

/// Old clients write sequence numbers from 2³¹ on as negative ones (RFC 4120 §5.5.1).
#[test]
fn a_negative_sequence_number_is_a_large_one() {
    let scene = Scene::new();
    let token = scene
        .token()
        .sequence(0xffff_fffe)
        .edit_authenticator(|part| {
            let mut fields = Reader::new(&part).enter(0x62).unwrap().enter(0x30).unwrap();
            let mut output = Writer::new();
            output.application(2, |all| {
                while !fields.is_empty() {
                    let field = fields.whole().unwrap();
                    match field[0] {
                        0xa7 => all.field(7, |number| number.integer(-2)),
                        _ => all.raw(field),
                    }
                }
            });
            output.into_vec()
        });
    let token = token.build();
    let (mut context, _) = scene.accept(&token);
    let mic = token.finish(b"").unwrap().mic(b"x").unwrap();
    let order = context.verify_mic(b"x", &mic).unwrap();
    assert_eq!(order, portcullis::context::Order::InOrder);
}

/// CVE-2022-44640: unknown alternatives of a CHOICE, and other tags where one is due.
#[test]
fn unknown_alternatives_are_refused() {
    let scene = Scene::new();
    for tag in [0xa2, 0xa3, 0xbf, 0x80, 0x30, 0x62, 0x6f, 0x7e, 0x00, 0xff] {
        refused(step(&scene, &[tag, 2, 0x30, 0]));
        refused(step(
            &scene,
            &frame(Mechanism::Spnego.oid(), &[tag, 2, 0x30, 0]),
        ));
    }
}

/// Depth: in a thread with little stack, with authorization data within itself ten thousand times.
#[test]
fn depth_does_not_exhaust_the_stack() {
    let scene = Scene::with(|settings| settings.max_token(1 << 24));
    let mut nested = vec![0x30, 0];
    for _ in 0..2000 {
        let mut list = Writer::new();
        list.sequence(|list| {
            list.sequence(|element| {
                element.field(0, |ad_type| ad_type.integer(1));
                element.field(1, |ad_data| ad_data.octet_string(&nested));
            });
        });
        nested = list.into_vec();
    }
    let data = AuthDataType::IF_RELEVANT;
    let in_ticket = scene
        .token()
        .ticket_authorization_data(data, &nested)
        .build();
    let in_authenticator = scene
        .token()
        .authenticator_authorization_data(data, &nested)
        .build();
    let brackets = frame(Mechanism::Spnego.oid(), &[0xa0, 0x80].repeat(30_000));
    std::thread::scope(|threads| {
        let attack = || {
            refused(scene.step(&in_ticket));
            refused(scene.step(&in_authenticator));
            refused(step(&scene, &brackets));
        };
        let builder = std::thread::Builder::new().stack_size(256 * 1024);
        builder
            .spawn_scoped(threads, attack)
            .unwrap()
            .join()
            .unwrap();
    });
}

/// CVE-2010-1322: authorization data of no elements, and elements of no octets.
#[test]
fn empty_authorization_data_is_nothing() {
    let scene = Scene::new();
    let empty_list = |part: Vec<u8>| {
        let mut ticket = EncTicketPart::from_der(&part).unwrap();
        ticket.authorization_data = None;
        let mut octets = ticket.to_der();
        let fields = Reader::new(&octets)
            .enter(0x63)
            .unwrap()
            .enter(0x30)
            .unwrap();
        let mut kept = fields.rest().to_vec();
        kept.extend_from_slice(&[0xaa, 2, 0x30, 0]);
        let mut output = Writer::new();
        output.application(3, |all| all.raw(&kept));
        octets = output.into_vec();
        octets
    };
    scene.accept(&scene.token().edit_ticket(empty_list).build());
    let known = AuthDataType::WIN2K_PAC;
    scene.accept(&scene.token().ticket_authorization_data(known, b"").build());
    let relevant = AuthDataType::IF_RELEVANT;
    refused(
        scene.step(
            &scene
                .token()
                .ticket_authorization_data(relevant, b"")
                .build(),
        ),
    );
}

/// CVE with CAMMAC (`8451ff6ed5`): one that is odd, and that we do not read.
#[test]
fn a_cammac_is_not_read() {
    let scene = Scene::new();
    for contents in [b"".as_slice(), b"\x30\0", b"\x30\x02\xa2\x00"] {
        let token = scene
            .token()
            .ticket_authorization_data(AuthDataType::CAMMAC, contents);
        scene.accept(&token.build());
    }
}
