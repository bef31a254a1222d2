//! Frames and negotiation: odd identifiers, foreign mechanisms, signatures out of place.

use super::step;
use crate::scene::{Scene, complete, refused};
use portcullis::error::{NegotiationError, Unsupported};
use portcullis::formats::der::{Decode as _, Encode as _, Writer};
use portcullis::formats::gss::{ContextFlags, Mechanism, frame};
use portcullis::formats::spnego::{NegTokenResp, encode_mech_types};
use portcullis::{Enctype, Error, Negotiation, Rejection, Step, WeakEnctype};
use portcullis_testrealm::Next;

/// CVE-2006-5989, CVE-2020-8625: object identifiers without octets, without end, and endless.
#[test]
fn odd_object_identifiers_are_octets_and_nothing_more() {
    let scene = Scene::new();
    let odd: [&[u8]; 5] = [&[], &[0x80], &[0x2a, 0x86], &[1; 255], &[0xff; 20]];
    for oid in odd {
        refused(step(&scene, &frame(oid, b"\x01\0")));
        let list = [[0x06, u8::try_from(oid.len()).unwrap()].as_slice(), oid].concat();
        let mut offer = Writer::new();
        offer.nested(0xa0, |choice| {
            choice.sequence(|token| {
                token.field(0, |field| field.nested(0x30, |types| types.raw(&list)));
            });
        });
        refused(step(
            &scene,
            &frame(Mechanism::Spnego.oid(), &offer.into_vec()),
        ));
    }
}

/// CVE-2026-40355, CVE-2026-40356, CVE-2025-47981: NegoEx is known by its name and never read,
/// truncated or not.
#[test]
fn negoex_is_never_read() {
    let scene = Scene::new();
    let message = [b"NEGOEXTS".as_slice(), &[0xff; 88]].concat();
    for length in 0..message.len() {
        let mut offer = Writer::new();
        offer.nested(0xa0, |choice| {
            choice.sequence(|token| {
                let list = encode_mech_types([Mechanism::NegoEx.oid(), Mechanism::Krb5.oid()]);
                token.field(0, |field| field.raw(&list));
                token.field(2, |field| field.octet_string(&message[..length]));
            });
        });
        // Kerberos is on the list: it is asked for, and NegoEx's token passed over.
        let token = frame(Mechanism::Spnego.oid(), &offer.into_vec());
        assert!(matches!(step(&scene, &token), Ok(Step::Continue { .. })));
    }
}

/// CVE-2023-25563 to -25567: NTLM is known by its signature and never read.
#[test]
fn ntlm_is_never_read() {
    let scene = Scene::new();
    for rest in [b"".as_slice(), b"\x01", b"\x01\0\0\0", &[0xff; 4000]] {
        let token = [b"NTLMSSP\0".as_slice(), rest].concat();
        let rejection = refused(step(&scene, &token));
        assert_eq!(*rejection.error(), Error::Unsupported(Unsupported::Ntlm));
    }
}

/// CVE-2021-44758, CVE-2022-3116: the preferred mechanism is not ours, and no token came.
#[test]
fn a_foreign_first_choice_without_a_token_is_no_hindrance() {
    let scene = Scene::new();
    let list = [Mechanism::NegoEx, Mechanism::Krb5];
    let token = scene.token().mech_list(&list).without_mech_token().build();
    assert!(matches!(scene.step(&token), Ok(Step::Continue { .. })));
}

/// `4ae75cded0`: a MIC before anything could have made one, or where no integrity was asked for.
#[test]
fn a_mic_out_of_place_is_refused_or_passed_over() {
    let scene = Scene::new();
    let offer = |flags: ContextFlags, mic: &[u8]| {
        let kerberos = scene.token().flags(flags).build();
        let mut offer = Writer::new();
        offer.nested(0xa0, |choice| {
            choice.sequence(|token| {
                let list = encode_mech_types([Mechanism::Krb5.oid()]);
                token.field(0, |field| field.raw(&list));
                token.field(2, |field| field.octet_string(kerberos.token()));
                token.field(3, |field| field.octet_string(mic));
            });
        });
        frame(Mechanism::Spnego.oid(), &offer.into_vec())
    };
    for mic in [b"".as_slice(), b"\x04\x04", &[4; 28], &[0xff; 28]] {
        refused(step(&scene, &offer(ContextFlags::INTEG, mic)));
        complete(step(&scene, &offer(ContextFlags(0), mic)));
    }
}

/// A second MIC, in the place that Microsoft's form has for it.
#[test]
fn two_mics_are_refused() {
    let scene = Scene::new();
    let kerberos = scene.token().build();
    let mut offer = Writer::new();
    offer.nested(0xa0, |choice| {
        choice.sequence(|token| {
            let list = encode_mech_types([Mechanism::Krb5.oid()]);
            token.field(0, |field| field.raw(&list));
            token.field(2, |field| field.octet_string(kerberos.token()));
            token.field(3, |field| field.octet_string(b"one"));
            token.field(4, |field| field.octet_string(b"two"));
        });
    });
    let token = frame(Mechanism::Spnego.oid(), &offer.into_vec());
    assert!(matches!(
        refused(step(&scene, &token)).error(),
        Error::Malformed(_)
    ));
}

/// Badlock's kin: whoever takes Kerberos' rivals out of the list, or puts one in, is found out by
/// the signature; who takes Kerberos out gets nobody in.
#[test]
fn a_list_without_kerberos_lets_nobody_in() {
    let scene = Scene::new();
    let mut offer = Writer::new();
    let kerberos = scene.token().build();
    offer.nested(0xa0, |choice| {
        choice.sequence(|token| {
            let list = encode_mech_types([Mechanism::Ntlm.oid()]);
            token.field(0, |field| field.raw(&list));
            token.field(2, |field| field.octet_string(kerberos.token()));
        });
    });
    refused(step(
        &scene,
        &frame(Mechanism::Spnego.oid(), &offer.into_vec()),
    ));
}

/// RFC 4757 §7.2: under RC4 both sides' signatures of the list have the same checksum, and four
/// octets that anybody can change tell whose they are.
#[test]
fn our_own_signature_with_its_direction_changed_is_not_the_initiators() {
    let scene = Scene::with(|settings| settings.danger_allow(WeakEnctype::Rc4Hmac));
    let asked = ContextFlags::INTEG | ContextFlags::MUTUAL;
    let in_order = asked | ContextFlags::REPLAY | ContextFlags::SEQUENCE;
    for flags in [asked, in_order] {
        let alice = scene.token().session_enctype(Enctype::Rc4Hmac).mutual();
        let list = [Mechanism::Ntlm, Mechanism::Krb5];
        let first = alice.flags(flags).mech_list(&list).build();
        let (negotiation, reply) = continued(scene.step(&first));
        let Ok(Next::Send(second)) = first.next(&reply) else {
            panic!("Kerberos was asked for");
        };
        let step = negotiation.step(second.token(), scene.realm.now());
        let (negotiation, reply) = continued(step);
        let ours = NegTokenResp::from_der(&reply).unwrap().mech_list_mic;
        let mut turned = ours.unwrap().to_vec();
        let end = turned.len() - 8; // SGN_CKSUM
        for octet in &mut turned[end - 4..end] {
            *octet ^= 0xff;
        }
        let third = NegTokenResp {
            mech_list_mic: Some(&turned),
            ..NegTokenResp::default()
        };
        let rejection = refused(negotiation.step(&third.to_der(), scene.realm.now()));
        let wrong = Error::Negotiation(NegotiationError::MicWrong);
        assert_eq!(*rejection.error(), wrong, "{flags:?}");
    }
}

#[track_caller]
fn continued(outcome: Result<Step, Rejection>) -> (Negotiation, Vec<u8>) {
    match outcome {
        Ok(Step::Continue { negotiation, reply }) => (negotiation, reply),
        other => panic!("{other:?}"),
    }
}
