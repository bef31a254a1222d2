//! The AP-REQ: what stands in clear, short ciphertexts, weak and wrong checksums, realms.

use super::{rewrite, step};
use crate::scene::{Scene, WEB, complete, refused};
use portcullis::error::Unsupported;
use portcullis::formats::der::{Decode, Encode};
use portcullis::formats::gss::{InitialContextToken, TokenId, frame, split_token_id};
use portcullis::formats::messages::{ApReq, KerberosString};
use portcullis::formats::registry::{ChecksumTypeNumber, EtypeNumber, Kvno};
use portcullis::identity::KeySelected;
use portcullis::{Enctype, Error, WeakEnctype};
use portcullis_crypto::{Key, KeyUsage};
use portcullis_testrealm::TestRealm;

/// CVE-2017-11103, CVE-2017-10388, Orpheus' Lyre from the acceptor's side: what stands in clear is
/// believed by nobody.
#[test]
fn what_stands_in_clear_changes_nothing_but_how_the_key_was_found() {
    let scene = Scene::new();
    let identity = |change: &dyn Fn(&mut ApReq<'_>)| {
        let token = rewrite(scene.token().build().token(), change);
        let (context, _) = complete(step(&scene, &token));
        context.into_identity()
    };
    let sname = scene.realm.user("root/admin").principal().clone();
    let changed = [
        identity(&|request| request.ticket.realm = KerberosString(b"EVIL.TEST")),
        identity(&|request| request.ticket.enc_part.kvno = Some(Kvno(77))),
        identity(&|request| request.ticket.enc_part.kvno = None),
        identity(&|request| {
            request.ticket.sname.name_type = portcullis::formats::registry::NameType(-1);
        }),
    ];
    for identity in changed {
        assert_eq!(identity.service(), scene.web.principal());
        assert_eq!(identity.key().kvno, Kvno(1));
        assert_eq!(identity.client().to_string(), "alice@EXAMPLE.TEST");
    }
    let token = scene.token().build();
    let framed = InitialContextToken::decode(token.token()).unwrap();
    let mut request = ApReq::from_der(split_token_id(framed.inner).unwrap().1).unwrap();
    request.ticket.sname = sname.name();
    let token = frame(
        framed.oid,
        &[&TokenId::AP_REQ.0, request.to_der().as_slice()].concat(),
    );
    let (context, _) = complete(step(&scene, &token));
    assert_eq!(context.identity().service(), scene.web.principal());
    assert_eq!(context.identity().key().selected, KeySelected::Alias);
}

/// CVE-2009-4212: ciphertexts that are shorter than confounder and checksum, of every enctype.
#[test]
fn short_ciphertexts_are_refused() {
    static ZEROS: [u8; 64] = [0; 64];
    for enctype in Enctype::all() {
        let realm = TestRealm::new("EXAMPLE.TEST");
        let web = realm.service_with(WEB).enctypes([*enctype]).build();
        let scene = Scene::of(realm, web, |settings| {
            settings
                .allow_camellia()
                .danger_allow(WeakEnctype::Rc4Hmac)
                .danger_allow(WeakEnctype::Des3CbcSha1)
        });
        let good = scene.token().build();
        for length in 0..ZEROS.len() {
            let short = &ZEROS[..length];
            let ticket = rewrite(good.token(), |ap_req| ap_req.ticket.enc_part.cipher = short);
            assert_eq!(refused(step(&scene, &ticket)).error().kind(), "wrong-key");
            let authenticator = rewrite(good.token(), |ap_req| ap_req.authenticator.cipher = short);
            assert_eq!(
                refused(step(&scene, &authenticator)).error().kind(),
                "authenticator"
            );
        }
    }
}

/// CVE-2010-1323, CVE-2018-16860, CVE-2014-6324's mistake: of all checksum types, each key accepts
/// the one that it makes, and with the right value only.
#[test]
fn each_session_key_accepts_one_type_of_checksum() {
    let types = [
        -138, -137, -131, 0, 1, 2, 3, 4, 7, 8, 9, 10, 12, 14, 15, 16, 17, 18, 19, 20,
    ];
    for session in Enctype::all() {
        let scene = Scene::with(|settings| {
            settings
                .allow_camellia()
                .danger_allow(WeakEnctype::Rc4Hmac)
                .danger_allow(WeakEnctype::Des3CbcSha1)
        });
        for number in types {
            let kind = ChecksumTypeNumber(number);
            for length in [0, 4, 8, 12, 16, 20, 24] {
                let token = scene
                    .token()
                    .session_enctype(*session)
                    .checksum(kind, &vec![0; length]);
                assert_eq!(
                    refused(scene.step(&token.build())).error().kind(),
                    "checksum"
                );
            }
        }
        // Checksums of every key over nothing, under the number of each type.
        let right = session.checksum_type();
        for other in Enctype::all() {
            let key = Key::from_random(*other, &[7; 32]);
            let mac = key.mac(KeyUsage::AP_REQ_CHECKSUM).checksum(&[]);
            let kind = ChecksumTypeNumber(right);
            let token = scene
                .token()
                .session_enctype(*session)
                .checksum(kind, mac.as_ref());
            assert_eq!(
                refused(scene.step(&token.build())).error().kind(),
                "checksum"
            );
        }
        scene.accept(
            &scene
                .token()
                .session_enctype(*session)
                .ordinary_checksum()
                .build(),
        );
    }
}

/// CVE-2022-33647, CVE-2022-37966: the session key of RC4 under a ticket of AES is a downgrade, and
/// so is the reverse.
#[test]
fn a_weak_session_key_under_a_strong_ticket_is_refused() {
    let scene = Scene::new();
    for weak in [Enctype::Rc4Hmac, Enctype::Des3CbcSha1] {
        let token = scene.token().session_enctype(weak).build();
        let rejection = refused(scene.step(&token));
        assert!(matches!(
            rejection.error(),
            Error::Unsupported(Unsupported::EnctypeNotPermitted { .. })
        ));
    }
}

/// DES, RC4-EXP and unknown numbers: never, whatever the settings say.
#[test]
fn enctypes_that_are_not_implemented_open_nothing() {
    let scene = Scene::with(|settings| settings.danger_allow(WeakEnctype::Rc4Hmac));
    for number in [0, 1, 2, 3, 4, 6, 24, 99, -1, i32::MAX, i32::MIN] {
        let etype = EtypeNumber(number);
        let good = scene.token().build();
        let token = rewrite(good.token(), |request| {
            request.ticket.enc_part.etype = etype
        });
        let rejection = refused(step(&scene, &token));
        assert!(matches!(
            rejection.error(),
            Error::Unsupported(Unsupported::Enctype { etype: found, .. }) if *found == etype
        ));
        let token = rewrite(good.token(), |request| request.authenticator.etype = etype);
        assert_eq!(
            refused(step(&scene, &token)).error().kind(),
            "authenticator"
        );
    }
}

/// gokrb5 issue 577, CVE-2020-25717's kin: the realm of a client is the ticket's, and the same name
/// in another realm is another client.
#[test]
fn a_client_of_another_realm_is_another_client() {
    let scene = Scene::new();
    for name in [
        "alice@OTHER.TEST",
        "alice@EXAMPLE.TEST.EVIL",
        "alice@example.test",
    ] {
        let token = scene.realm.user(name).token_for(&scene.web).build();
        let (context, _) = scene.accept(&token);
        assert_eq!(context.identity().client().to_string(), name);
        assert_ne!(
            context.identity().client(),
            scene.realm.user("alice").principal()
        );
    }
}

/// CVE-2017-6594 and RFC 4120 §2.7: realms that vouch for a client are looked at, however they are
/// written down.
#[test]
fn transited_realms_are_looked_at_in_every_spelling() {
    let scene = Scene::new();
    let through = |contents: &[u8]| {
        let token = scene
            .token()
            .client_realm("SALES.OTHER.TEST")
            .transited(contents);
        scene.step(&token.build()).is_ok()
    };
    for permitted in [b"".as_slice(), b"OTHER.TEST", b"TEST", b"TEST,OTHER."] {
        assert!(through(permitted), "{permitted:?}");
    }
    let refused: [&[u8]; 8] = [
        b"EVIL.TEST",
        b"TEST,EVIL.",
        b"OTHER.TEST,EVIL.TEST",
        b"E\\VIL.TEST",
        b" EVIL.TEST",
        b"EVIL.TEST\0",
        b"\\",
        &[b'A'; 2000],
    ];
    for forbidden in refused {
        assert!(!through(forbidden), "{forbidden:?}");
    }
}
