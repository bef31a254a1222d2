//! Which key of the keytab opens a ticket, and for whom: RFC 4120 §3.2.3, [MS-KILE] §3.4.5.
#![allow(clippy::indexing_slicing, clippy::panic, reason = "test code")]

mod scene;

use portcullis::error::{NoKeyReason, TicketError};
use portcullis::formats::keytab::{KeytabVersion, KeytabWriter};
use portcullis::formats::registry::{AuthDataType, EtypeNumber, Kvno};
use portcullis::identity::KeySelected;
use portcullis::{Acceptor, AcceptorBuilder, Enctype, Error, KeySelection, Keytab, ServicePattern};
use portcullis_testrealm::{Fault, TestRealm, TokenBuilder};
use scene::{Scene, WEB, complete, refused};

fn realm() -> TestRealm {
    TestRealm::new("EXAMPLE.TEST")
}

/// The service with keys 1, 2 and 3 in its keytab, and the settings.
fn rotated(settings: impl FnOnce(AcceptorBuilder) -> AcceptorBuilder) -> Scene {
    let realm = realm();
    let web = realm.service_with(WEB).kvnos([1, 2, 3]).build();
    Scene::of(realm, web, settings)
}

fn selected(scene: &Scene, token: TokenBuilder) -> (KeySelected, u32) {
    let (context, _) = scene.accept(&token.build());
    let key = context.identity().key().clone();
    (key.selected, key.kvno.0)
}

fn refusal(scene: &Scene, token: TokenBuilder) -> Error {
    scene.refuse(&token.build()).error().clone()
}

fn reason(error: Error) -> NoKeyReason {
    match error {
        Error::NoKey(no_key) => no_key.reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_version_that_the_ticket_names_is_exact() {
    let scene = rotated(|settings| settings);
    for kvno in [1, 2, 3] {
        assert_eq!(
            selected(&scene, scene.token().kvno(kvno)),
            (KeySelected::Exact, kvno)
        );
    }
}

#[test]
fn a_ticket_that_names_the_wrong_version_is_opened_by_another() {
    let scene = rotated(|settings| settings);
    let token = scene.token().kvno(2).shown_kvno(Some(7));
    assert_eq!(selected(&scene, token), (KeySelected::OtherKvno, 2));
}

#[test]
fn a_ticket_without_a_version_wants_the_newest_and_may_have_any() {
    let scene = rotated(|settings| settings);
    let newest = scene.token().kvno(3).shown_kvno(None);
    assert_eq!(selected(&scene, newest), (KeySelected::Exact, 3));
    let older = scene.token().kvno(1).shown_kvno(None);
    assert_eq!(selected(&scene, older), (KeySelected::OtherKvno, 1));
}

#[test]
fn the_newest_is_that_of_the_service_and_of_the_encryption_type() {
    let realm = realm();
    let key = |name: &str, enctype, kvno| {
        let service = realm.service_with(name).enctypes([enctype]).kvnos([kvno]);
        service.build()
    };
    let web = key(WEB, Enctype::Aes256CtsHmacSha1_96, 2);
    let others = [
        key(WEB, Enctype::Aes128CtsHmacSha1_96, 5),
        key("HTTP/other.example.test", Enctype::Aes256CtsHmacSha1_96, 9),
    ];
    let mut octets = web.keytab_octets();
    for other in others {
        octets.extend_from_slice(&other.keytab_octets()[2..]);
    }
    let acceptor = Acceptor::new(Keytab::parse(octets).unwrap()).unwrap();
    let token = realm.user("alice").token_for(&web).shown_kvno(None).build();
    let (context, _) = complete(acceptor.begin().step(token.token(), realm.now()));
    let key = context.identity().key();
    assert_eq!((key.selected, key.kvno), (KeySelected::Exact, Kvno(2)));
}

/// Active Directory has one key for all names of an account; the ticket shows the one that the
/// client asked for, in the case in which it asked.
#[test]
fn a_ticket_for_another_name_of_the_account_is_opened_and_says_whose_key_did() {
    let scene = Scene::new();
    for name in [
        "HTTP/WEB.Example.Test",
        "HTTP/web",
        "HTTP/web.example.test@OTHER.TEST",
    ] {
        let (context, _) = scene.accept(&scene.token().shown_service(name).build());
        assert_eq!(context.identity().key().selected, KeySelected::Alias);
        assert_eq!(context.identity().service(), scene.web.principal());
    }
}

#[test]
fn the_same_name_in_two_realms_is_told_apart_by_the_key() {
    let (home, abroad) = (realm(), TestRealm::new("OTHER.TEST"));
    let (here, there) = (home.service(WEB), abroad.service(WEB));
    let octets = [here.keytab_octets(), there.keytab_octets()[2..].to_vec()].concat();
    let acceptor = Acceptor::new(Keytab::parse(octets).unwrap()).unwrap();
    for (realm, service) in [(&home, &here), (&abroad, &there)] {
        let token = realm.user("alice").token_for(service).build();
        let (context, _) = complete(acceptor.begin().step(token.token(), realm.now()));
        assert_eq!(context.identity().service(), service.principal());
        assert_eq!(context.identity().key().selected, KeySelected::Exact);
    }
}

#[test]
fn each_stage_can_be_switched_off() {
    let exact = rotated(|settings| settings.key_selection(KeySelection::EXACT));
    assert_eq!(
        selected(&exact, exact.token().kvno(2)),
        (KeySelected::Exact, 2)
    );
    let other_version = exact.token().kvno(2).shown_kvno(Some(1));
    assert!(matches!(
        refusal(&exact, other_version),
        Error::Ticket(TicketError::Integrity(_))
    ));
    let alias = exact.token().shown_service("HTTP/web");
    assert_eq!(reason(refusal(&exact, alias)), NoKeyReason::Principal);

    let mut no_aliases = KeySelection::ANY;
    no_aliases.aliases = false;
    let scene = rotated(|settings| settings.key_selection(no_aliases));
    let token = scene.token().kvno(2).shown_kvno(Some(9));
    assert_eq!(selected(&scene, token), (KeySelected::OtherKvno, 2));
    assert!(matches!(
        refusal(&scene, scene.token().shown_service("HTTP/web")),
        Error::NoKey(_)
    ));

    let mut this_version = KeySelection::ANY;
    this_version.other_kvnos = false;
    let scene = rotated(|settings| settings.key_selection(this_version));
    let alias = scene.token().kvno(2).shown_service("HTTP/web");
    assert_eq!(selected(&scene, alias), (KeySelected::Alias, 2));
    let other = scene
        .token()
        .kvno(2)
        .shown_kvno(Some(1))
        .shown_service("HTTP/web");
    assert!(matches!(refusal(&scene, other), Error::NoKey(_)));
}

/// A file that has eight bits of the version numbers is matched by the low eight of the ticket's.
#[test]
fn a_version_above_255_is_found_in_a_keytab_of_8_bits() {
    let realm = realm();
    let web = realm
        .service_with(WEB)
        .kvnos([0x0103])
        .kvno_of_8_bits()
        .build();
    let scene = Scene::of(realm, web, |settings| {
        settings.key_selection(KeySelection::EXACT)
    });
    assert_eq!(selected(&scene, scene.token()), (KeySelected::Exact, 3));
}

/// …but not in one that has all 32: there 3 is not 259.
#[test]
fn a_keytab_of_32_bits_is_taken_at_its_word() {
    let realm = realm();
    let web = realm.service_with(WEB).kvnos([3]).build();
    let scene = Scene::of(realm, web, |settings| {
        settings.key_selection(KeySelection::EXACT)
    });
    let token = scene.token().shown_kvno(Some(0x0103));
    assert_eq!(reason(refusal(&scene, token)), NoKeyReason::Kvno);
}

/// [MS-KILE]: a read-only domain controller puts its number into the high half.
#[test]
fn a_version_of_32_bits_is_exact() {
    let realm = realm();
    let web = realm.service_with(WEB).kvnos([0xfffe_0001]).build();
    let scene = Scene::of(realm, web, |settings| {
        settings.key_selection(KeySelection::EXACT)
    });
    assert_eq!(
        selected(&scene, scene.token()),
        (KeySelected::Exact, 0xfffe_0001)
    );
}

#[test]
fn the_refusal_says_what_the_keytab_lacks() {
    let scene = Scene::new();
    let no_key = |fault| reason(refusal(&scene, scene.token().fault(fault)));
    assert_eq!(no_key(Fault::UnknownService), NoKeyReason::Principal);
    assert_eq!(no_key(Fault::MissingKvno), NoKeyReason::Kvno);
    assert_eq!(no_key(Fault::MissingEnctype), NoKeyReason::Enctype);
    let wrong = refusal(&scene, scene.token().fault(Fault::WrongServiceKey));
    let Error::Ticket(TicketError::Integrity(wanted)) = wrong else {
        panic!("{wrong:?}")
    };
    assert_eq!(&wanted.service, scene.web.principal());
    assert_eq!(
        (wanted.kvno, wanted.etype),
        (Some(Kvno(1)), EtypeNumber::AES256_SHA1)
    );
}

#[test]
fn the_refusal_lists_the_nearest_keys_and_no_more_than_eight() {
    let realm = realm();
    let web = realm.service_with(WEB).kvnos(1..=20).build();
    let scene = Scene::of(realm, web, |settings| settings);
    let error = refusal(&scene, scene.token().fault(Fault::MissingKvno));
    let Error::NoKey(no_key) = error else {
        panic!("{error:?}")
    };
    assert_eq!(no_key.nearest.len(), 8);
    assert!(
        no_key
            .nearest
            .iter()
            .all(|key| &key.principal == scene.web.principal())
    );
}

/// The expected service is held against the key that opened the ticket, never against the name
/// that the ticket shows: anybody can write that one.
#[test]
fn the_expected_service_is_that_of_the_key_and_not_of_the_name_in_clear() {
    let realm = realm();
    let (web, other) = (realm.service(WEB), realm.service("HTTP/other.example.test"));
    let octets = [web.keytab_octets(), other.keytab_octets()[2..].to_vec()].concat();
    let acceptor = Acceptor::builder(Keytab::parse(octets).unwrap())
        .service(web.principal().clone())
        .build()
        .unwrap();
    let alice = realm.user("alice");
    let step = |token: TokenBuilder| acceptor.begin().step(token.build().token(), realm.now());

    complete(step(alice.token_for(&web)));
    complete(step(
        alice
            .token_for(&web)
            .shown_service("HTTP/other.example.test"),
    ));
    let error = refused(step(alice.token_for(&other)));
    let expected = NoKeyReason::OtherService {
        expected: web.principal().to_string(),
    };
    assert_eq!(reason(error.error().clone()), expected);
    refused(step(alice.token_for(&other).shown_service(WEB)));
}

#[test]
fn a_pattern_matches_whole_components() {
    let bound = |pattern: &str, name: &str| {
        let realm = realm();
        let service = realm.service(name);
        let pattern: ServicePattern = pattern.parse().unwrap();
        Acceptor::builder(service.keytab())
            .service(pattern)
            .build()
            .is_ok()
    };
    assert!(bound("HTTP", "HTTP/web.example.test"));
    assert!(bound("HTTP@", "HTTP/web.example.test"));
    assert!(bound(
        "HTTP@web.example.test",
        "HTTP/web.example.test@OTHER.TEST"
    ));
    assert!(bound(
        "HTTP/web.example.test",
        "HTTP/web.example.test@OTHER.TEST"
    ));
    assert!(bound(
        "HTTP/web.example.test@EXAMPLE.TEST",
        "HTTP/web.example.test"
    ));
    for other in [
        "HTT/web.example.test",
        "HTTPS/web.example.test",
        "http/web.example.test",
    ] {
        assert!(!bound("HTTP", other), "{other}");
    }
    for other in [
        "HTTP/web.example.tes",
        "HTTP/web.example.test.evil.test",
        "HTTP/web.example.test/x",
    ] {
        assert!(!bound("HTTP/web.example.test", other), "{other}");
    }
    assert!(!bound("HTTP", "HTTP"));
    assert!(!bound(
        "HTTP/web.example.test@EXAMPLE.TEST",
        "HTTP/web.example.test@OTHER.TEST"
    ));
}

/// No more keys are tried than 64, however many the keytab has, and none twice.
#[test]
fn the_keys_that_one_ticket_costs_are_bounded() {
    let realm = realm();
    let web = realm.service(WEB);
    let ours_is_the_65th = [
        realm
            .service_with("HTTP/many.example.test")
            .kvnos(1..=64)
            .build()
            .keytab_octets(),
        web.keytab_octets()[2..].to_vec(),
    ];
    let acceptor = Acceptor::new(Keytab::parse(ours_is_the_65th.concat()).unwrap()).unwrap();
    let alias = |acceptor: &Acceptor| {
        let token = realm
            .user("alice")
            .token_for(&web)
            .shown_service("HTTP/web");
        acceptor
            .begin()
            .step(token.shown_kvno(Some(200)).build().token(), realm.now())
    };
    refused(alias(&acceptor));
    let named = realm.user("alice").token_for(&web).build();
    complete(acceptor.begin().step(named.token(), realm.now()));

    let copies: Vec<u8> = (0..100).flat_map(|_| one_key(&realm)).collect();
    let octets = [vec![5, 2], copies, web.keytab_octets()[2..].to_vec()].concat();
    let acceptor = Acceptor::new(Keytab::parse(octets).unwrap()).unwrap();
    complete(alias(&acceptor));
}

fn one_key(realm: &TestRealm) -> Vec<u8> {
    realm.service("HTTP/copy.example.test").keytab_octets()[2..].to_vec()
}

/// MIT krb5 writes the oldest first, and a rotated keytab has both: the new ticket must not meet
/// the old key only.
#[test]
fn the_order_of_the_file_does_not_matter() {
    let realm = realm();
    let web = realm.service_with(WEB).kvnos([2]).build();
    let old = realm.service_with(WEB).kvnos([1]).build();
    let forward = [old.keytab_octets(), web.keytab_octets()[2..].to_vec()].concat();
    let backward = [web.keytab_octets(), old.keytab_octets()[2..].to_vec()].concat();
    for octets in [forward, backward] {
        let acceptor = Acceptor::new(Keytab::parse(octets).unwrap()).unwrap();
        let token = realm.user("alice").token_for(&web).build();
        let (context, _) = complete(acceptor.begin().step(token.token(), realm.now()));
        assert_eq!(context.identity().key().kvno, Kvno(2));
    }
}

#[test]
fn a_new_keytab_takes_the_place_of_the_old_and_remembers_what_was_seen() {
    let realm = realm();
    let old = realm.service_with(WEB).kvnos([1]).build();
    let new = realm.service_with(WEB).kvnos([1, 2]).build();
    let acceptor = Acceptor::new(old.keytab()).unwrap();
    let seen = realm.user("alice").token_for(&old).build();
    complete(acceptor.begin().step(seen.token(), realm.now()));

    let reloaded = acceptor.with_keytab(new.keytab()).unwrap();

    let token = realm.user("alice").token_for(&new).build();
    refused(acceptor.begin().step(token.token(), realm.now()));
    complete(reloaded.begin().step(token.token(), realm.now()));
    let rejection = refused(reloaded.begin().step(seen.token(), realm.now()));
    assert!(matches!(rejection.error(), Error::Replayed { .. }));
}

/// An acceptor that could open nothing is not built: better at the start than at the first login.
#[test]
fn an_acceptor_without_a_usable_key_is_not_built() {
    let realm = realm();
    let rc4 = realm.service_with(WEB).enctypes([Enctype::Rc4Hmac]).build();
    let error = Acceptor::new(rc4.keytab()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no usable key for any service: the keytab has HTTP/web.example.test@EXAMPLE.TEST kvno 1 rc4-hmac (23)"
    );
    let empty = KeytabWriter::new(KeytabVersion::V2).into_vec();
    assert!(Acceptor::new(Keytab::parse(empty).unwrap()).is_err());
}

/// MIT krb5 takes a key of version 0 for one of any version, and a ticket of version 0 for one that
/// names none.
#[test]
fn version_0_is_any_version() {
    let realm = realm();
    let web = realm.service_with(WEB).kvnos([0]).build();
    let scene = Scene::of(realm, web, |settings| {
        settings.key_selection(KeySelection::EXACT)
    });
    for shown in [Some(7), Some(0), None] {
        let token = scene.token().shown_kvno(shown);
        assert_eq!(selected(&scene, token), (KeySelected::Exact, 0));
        // One that does not fit is the wrong key, not one of the wrong version.
        let wrong = scene.token().fault(Fault::WrongServiceKey);
        let error = refusal(&scene, wrong.shown_kvno(shown));
        let Error::Ticket(TicketError::Integrity(wanted)) = error else {
            panic!("{error:?}")
        };
        assert_eq!(wanted.kvno, shown.filter(|kvno| *kvno > 0).map(Kvno));
    }
    let scene = rotated(|settings| settings.key_selection(KeySelection::EXACT));
    let newest = scene.token().kvno(3).shown_kvno(Some(0));
    assert_eq!(selected(&scene, newest), (KeySelected::Exact, 3));
}

/// Windows asks for a name in any case; the key of that name is tried before those of others, of
/// which there may be more than are tried.
#[test]
fn the_same_name_in_another_case_is_tried_before_other_names() {
    let realm = realm();
    let many = realm
        .service_with("HTTP/many.example.test")
        .kvnos(1..=70)
        .build();
    let web = realm.service_with(WEB).kvnos([200]).build();
    let octets = [many.keytab_octets(), web.keytab_octets()[2..].to_vec()].concat();
    let acceptor = Acceptor::new(Keytab::parse(octets).unwrap()).unwrap();
    let step = |name: &str| {
        let token = realm.user("alice").token_for(&web).shown_service(name);
        let token = token.shown_kvno(Some(1)).build();
        acceptor.begin().step(token.token(), realm.now())
    };
    let (context, _) = complete(step("HTTP/WEB.Example.Test"));
    assert_eq!(context.identity().key().selected, KeySelected::Alias);
    assert_eq!(context.identity().service(), web.principal());
    refused(step("HTTP/web"));
}

/// A large ticket buys fewer trials: junk of 64 KiB must not cost 64 times its weight. Whoever is
/// refused for that learns what to do.
#[test]
fn the_octets_that_one_ticket_costs_are_bounded() {
    let realm = realm();
    let web = realm.service_with(WEB).kvnos(1..=20).build();
    let acceptor = |settings: fn(AcceptorBuilder) -> AcceptorBuilder| {
        settings(Acceptor::builder(web.keytab())).build().unwrap()
    };
    let large = || {
        let data = vec![0; 60_000];
        let token = realm
            .user("alice")
            .token_for(&web)
            .shown_service("HTTP/web");
        token.ticket_authorization_data(AuthDataType::WIN2K_PAC, &data)
    };
    let step = |token: TokenBuilder| {
        acceptor(|settings| settings)
            .begin()
            .step(token.build().token(), realm.now())
    };
    // 512 KiB are eight such tickets; the key of version 20 comes first in the file.
    complete(step(large().kvno(20).shown_kvno(Some(99))));
    complete(step(large().kvno(13).shown_kvno(Some(99))));
    let rejection = refused(step(large().kvno(12).shown_kvno(Some(99))));
    let Error::NoKey(no_key) = rejection.error() else {
        panic!("{rejection}")
    };
    assert_eq!(no_key.untried, 12);
    assert!(
        rejection
            .to_string()
            .ends_with("; 12 more were not tried, bind this acceptor to its service")
    );
    complete(step(large().kvno(12).shown_service(WEB)));
}

/// Of more keys than 64 the rest is not tried, however short the ticket is, and the refusal says so.
#[test]
fn the_refusal_says_how_many_keys_were_not_tried() {
    let untried = |keys: u32| {
        let realm = realm();
        let web = realm.service_with(WEB).kvnos(1..=keys).build();
        let scene = Scene::of(realm, web, |settings| settings);
        let token = scene.token().fault(Fault::UnknownService);
        match refusal(&scene, token) {
            Error::NoKey(no_key) => (no_key.untried, no_key.to_string()),
            other => panic!("{other:?}"),
        }
    };
    let (all_tried, said) = untried(64);
    assert_eq!(all_tried, 0);
    assert!(!said.contains("not tried"), "{said}");
    let (not_tried, said) = untried(71);
    assert_eq!(not_tried, 7);
    let more = "; 7 more were not tried, bind this acceptor to its service";
    assert!(said.ends_with(more), "{said}");
}

/// A keytab of a hundred keys does not fill the log when none of them is usable.
#[test]
fn no_more_than_eight_unusable_keys_are_listed() {
    let said = |keys: u32| {
        let web = realm().service_with(WEB).kvnos(1..=keys).build();
        let builder = Acceptor::builder(web.keytab());
        let builder = builder.service("ldap".parse::<ServicePattern>().unwrap());
        builder.build().unwrap_err().to_string()
    };
    let (eight, twenty) = (said(8), said(20));
    assert_eq!(eight.matches(WEB).count(), 8);
    assert!(!eight.contains("more"), "{eight}");
    assert_eq!(twenty.matches(WEB).count(), 8);
    assert!(twenty.ends_with(", and 12 more"), "{twenty}");
}
