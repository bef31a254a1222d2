//! Contexts that are exported by one process and imported by another.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    reason = "test code"
)]
#![cfg(all(feature = "legacy-enctypes", feature = "camellia"))]

mod scene;

use portcullis::context::{ExportKey, ImportError, Order, PrfKey, Protection};
use portcullis::error::PacError;
use portcullis::{
    AcceptorBuilder, Enctype, PacPolicy, SecurityContext, ServicePattern, WeakEnctype,
};
use portcullis_crypto::{Key, KeyUsage};
use portcullis_formats::der::DecodeErrorKind;
use portcullis_formats::registry::EtypeNumber;
use portcullis_testrealm::{InitiatorContext, TestRealm, TokenBuilder};
use scene::{Scene, WEB};

const SECRET: [u8; 32] = [7; 32];

fn key() -> ExportKey {
    ExportKey::new(&SECRET)
}

fn everything(settings: AcceptorBuilder) -> AcceptorBuilder {
    settings
        .allow_camellia()
        .danger_allow(WeakEnctype::Rc4Hmac)
        .danger_allow(WeakEnctype::Des3CbcSha1)
}

fn scene(enctype: Enctype) -> Scene {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let web = realm.service_with(WEB).enctypes([enctype]).build();
    Scene::of(realm, web, everything)
}

fn both(scene: &Scene, token: TokenBuilder) -> (SecurityContext, InitiatorContext) {
    let token = token.mutual().build();
    let (context, reply) = scene.accept(&token);
    (context, token.finish(&reply.unwrap()).unwrap())
}

fn exported() -> Vec<u8> {
    let scene = Scene::new();
    let (context, _) = both(&scene, scene.token());
    context.export(&key()).unwrap()
}

#[test]
fn goes_on_where_it_was_exported() {
    for enctype in Enctype::all() {
        let scene = scene(*enctype);
        let (mut context, mut initiator) = both(&scene, scene.token());
        let mics: Vec<_> = (0..4).map(|_| initiator.mic(b"").unwrap()).collect();
        for at in [0, 2] {
            assert!(context.verify_mic(b"", &mics[at]).is_ok(), "{enctype}");
        }
        let first = context.wrap(b"first", Protection::Confidentiality).unwrap();
        initiator.unwrap(&first).unwrap();
        let octets = context.prf(PrfKey::Partial, b"input", 32).unwrap();
        let expires = context.expires_at();

        let exported = context.export(&key()).unwrap();
        let mut context = scene.acceptor.import_context(&exported, &key()).unwrap();
        assert_eq!(context.expires_at(), expires);
        assert_eq!(
            context.prf(PrfKey::Partial, b"input", 32).unwrap(),
            octets,
            "{enctype}"
        );
        let order = [2, 1, 3].map(|at: usize| context.verify_mic(b"", &mics[at]).unwrap());
        let expected = [Order::Duplicate, Order::Unsequenced, Order::InOrder];
        assert_eq!(order, expected, "{enctype}");
        let second = context.wrap(b"second", Protection::Integrity).unwrap();
        let expected = (b"second".to_vec(), Protection::Integrity);
        assert_eq!(initiator.unwrap(&second), Ok(expected), "{enctype}");
    }
}

#[test]
fn the_client_is_the_same() {
    let tokens: [fn(&Scene) -> TokenBuilder; 4] = [
        |scene| scene.token(),
        |scene| scene.token().spnego(),
        |scene| scene.token().no_subkey(),
        |scene| scene.token().with_pac(),
    ];
    for token in tokens {
        let scene = Scene::new();
        let (context, _) = both(&scene, token(&scene));
        let (identity, debug) = (
            context.identity().clone(),
            format!("{:?}", context.identity()),
        );
        let exported = context.export(&key()).unwrap();
        let imported = scene.acceptor.import_context(&exported, &key()).unwrap();
        assert_eq!(format!("{:?}", imported.identity()), debug);
        let data = identity.authorization_data();
        assert_eq!(imported.identity().authorization_data(), data);
        let pac = |identity: &portcullis::Identity| identity.pac().map(|pac| pac.octets().to_vec());
        assert_eq!(pac(imported.identity()), pac(&identity));
    }
}

#[test]
fn the_delegated_credential_stays_behind() {
    let scene = Scene::with(AcceptorBuilder::keep_delegated_credentials);
    let (context, _) = both(&scene, scene.token().delegate());
    assert!(context.identity().delegated().is_some());
    let exported = context.export(&key()).unwrap();
    let imported = scene.acceptor.import_context(&exported, &key()).unwrap();
    assert!(imported.identity().delegated().is_none());
}

/// Attack row 53 of MIT krb5's: lengths and octets of somebody else's making.
#[test]
fn a_changed_context_is_refused() {
    let acceptor = Scene::new().acceptor;
    let exported = exported();
    for bit in 0..exported.len() * 8 {
        let mut flipped = exported.clone();
        flipped[bit / 8] ^= 0x80 >> (bit % 8);
        let expected = match bit / 8 {
            0..4 => ImportError::NotExported,
            4 => ImportError::Version { found: flipped[4] },
            _ => ImportError::Integrity,
        };
        let refused = acceptor.import_context(&flipped, &key());
        assert_eq!(refused.unwrap_err(), expected, "bit {bit}");
    }
}

#[test]
fn a_cut_off_or_longer_context_is_refused() {
    let acceptor = Scene::new().acceptor;
    let exported = exported();
    for length in 0..exported.len() {
        let expected = match length {
            0..5 => ImportError::NotExported,
            _ => ImportError::Integrity,
        };
        let refused = acceptor.import_context(&exported[..length], &key());
        assert_eq!(refused.unwrap_err(), expected, "{length} octets");
    }
    let mut longer = exported;
    longer.push(0);
    let refused = acceptor.import_context(&longer, &key());
    assert_eq!(refused.unwrap_err(), ImportError::Integrity);
    longer.resize(1 << 20, 0);
    let refused = acceptor.import_context(&longer, &key());
    assert_eq!(refused.unwrap_err(), ImportError::Integrity);
    longer.resize((1 << 20) + 1, 0);
    let refused = acceptor.import_context(&longer, &key());
    let expected = ImportError::TooLong {
        limit: 1 << 20,
        found: (1 << 20) + 1,
    };
    assert_eq!(refused.unwrap_err(), expected);
}

/// What the key seals is read to the end.
#[test]
fn what_follows_a_context_under_the_same_seal_is_refused() {
    let acceptor = Scene::new().acceptor;
    let exported = exported();
    let (prefix, sealed) = exported.split_at(5);
    let (usage, mut sealed) = (KeyUsage::new(512), sealed.to_vec());
    let key_inside = Key::from_random(Enctype::Aes256CtsHmacSha384_192, &SECRET);
    let opened = key_inside.open(usage, &mut sealed).unwrap();
    let import = |after: &[u8]| {
        let mut resealed = prefix.to_vec();
        key_inside.seal(usage, &[9; 16], &[&*opened, after], &mut resealed);
        acceptor.import_context(&resealed, &key()).map(drop)
    };
    assert_eq!(import(&[]), Ok(()));
    match import(&[0]) {
        Err(ImportError::Malformed(error)) => {
            assert_eq!(error.kind, DecodeErrorKind::TrailingData { octets: 1 });
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_context_of_another_key_is_refused() {
    let acceptor = Scene::new().acceptor;
    let other = ExportKey::new(&[8; 32]);
    let refused = acceptor.import_context(&exported(), &other);
    assert_eq!(refused.unwrap_err(), ImportError::Integrity);
}

#[test]
fn a_context_of_an_enctype_that_is_not_permitted_is_refused() {
    let scene = scene(Enctype::Rc4Hmac);
    let (context, _) = both(&scene, scene.token());
    let exported = context.export(&key()).unwrap();
    let refused = Scene::new().acceptor.import_context(&exported, &key());
    let expected = ImportError::EnctypeNotPermitted(EtypeNumber(23));
    assert_eq!(refused.unwrap_err(), expected);
}

/// The client gets a subkey of us of a better type than its own keys are of.
#[test]
fn our_subkey_is_of_a_permitted_enctype_too() {
    let scene = scene(Enctype::Aes256CtsHmacSha1_96);
    let token = scene.token().etypes(&[EtypeNumber(20)]);
    let (context, _) = both(&scene, token);
    let exported = context.export(&key()).unwrap();
    let only = |enctypes: &[Enctype]| {
        let realm = TestRealm::new("EXAMPLE.TEST");
        let web = realm.service_with(WEB).enctypes(enctypes.to_vec()).build();
        let scene = Scene::of(realm, web, |it| it.only_enctypes(enctypes.to_vec()));
        scene.acceptor.import_context(&exported, &key()).map(drop)
    };
    let (sha1, sha2) = (
        Enctype::Aes256CtsHmacSha1_96,
        Enctype::Aes256CtsHmacSha384_192,
    );
    assert_eq!(only(&[sha1, sha2]), Ok(()));
    let refused = |etype| Err(ImportError::EnctypeNotPermitted(EtypeNumber(etype)));
    assert_eq!(only(&[sha1]), refused(20));
    assert_eq!(only(&[sha2]), refused(18));
}

#[test]
fn a_weak_ticket_under_strong_keys_is_refused() {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let web = realm.service_with(WEB).enctypes([Enctype::Rc4Hmac]).build();
    let scene = Scene::of(realm, web, everything);
    let token = scene.token().session_enctype(Enctype::Aes256CtsHmacSha1_96);
    let (context, _) = both(&scene, token);
    assert_eq!(context.identity().session_etype(), EtypeNumber(18));
    let exported = context.export(&key()).unwrap();
    let refused = Scene::new().acceptor.import_context(&exported, &key());
    let expected = ImportError::EnctypeNotPermitted(EtypeNumber(23));
    assert_eq!(refused.unwrap_err(), expected);
}

#[test]
fn a_context_of_another_service_than_is_expected_is_refused() {
    let exported = exported();
    let import = |service: &str| {
        let pattern: ServicePattern = service.parse().unwrap();
        let realm = TestRealm::new("EXAMPLE.TEST");
        let service = realm.service(service);
        let scene = Scene::of(realm, service, |settings| settings.service(pattern));
        scene.acceptor.import_context(&exported, &key()).map(drop)
    };
    assert_eq!(import(WEB), Ok(()));
    let refused = import("HTTP/other.example.test").unwrap_err();
    assert_eq!(
        refused.to_string(),
        "exported context of HTTP/web.example.test@EXAMPLE.TEST, which is not expected"
    );
}

#[test]
fn a_client_without_a_pac_is_refused_where_one_is_required() {
    let exported = exported();
    let import = |policy| {
        let scene = Scene::with(|settings| settings.pac(policy));
        scene.acceptor.import_context(&exported, &key()).map(drop)
    };
    assert_eq!(import(PacPolicy::Verify), Ok(()));
    let refused = ImportError::Pac(PacError::NoPac);
    assert_eq!(
        refused.to_string(),
        "exported context: ticket without a PAC"
    );
    assert_eq!(import(PacPolicy::Require), Err(refused));
}

#[test]
fn prints_neither_key_nor_context() {
    assert_eq!(format!("{:?}", key()), "ExportKey(..)");
    let exported = exported();
    let name = b"alice";
    assert!(!exported.windows(name.len()).any(|window| window == name));
}
