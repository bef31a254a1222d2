//! A test realm is the same each time, and its faults are faults.
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

use core::time::Duration;
use portcullis::{Acceptor, Enctype, Step};
use portcullis_testrealm::{Fault, TestRealm, TestService, TokenBuilder};
use std::collections::BTreeSet;
use std::time::UNIX_EPOCH;

const WEB: &str = "HTTP/web.example.test";

fn token(realm: &TestRealm) -> TokenBuilder {
    realm.user("alice").token_for(&realm.service(WEB)).mutual()
}

#[test]
fn a_realm_of_the_same_name_makes_the_same_keys_and_the_same_tokens() {
    let (one, again) = (
        TestRealm::new("EXAMPLE.TEST"),
        TestRealm::new("EXAMPLE.TEST"),
    );
    assert_eq!(
        one.service(WEB).keytab_octets(),
        again.service(WEB).keytab_octets()
    );
    for _ in 0..3 {
        assert_eq!(token(&one).build().token(), token(&again).build().token());
    }
}

#[test]
fn a_realm_of_another_seed_makes_other_keys() {
    let keytab = |realm: TestRealm| realm.service(WEB).keytab_octets();
    let of_seed = |seed| keytab(TestRealm::with_seed("EXAMPLE.TEST", &[seed; 32]));
    assert_eq!(of_seed(1), of_seed(1));
    assert_ne!(of_seed(1), of_seed(2));
    assert_ne!(of_seed(1), keytab(TestRealm::new("EXAMPLE.TEST")));
}

#[test]
fn every_key_is_another() {
    let (home, abroad) = (TestRealm::new("EXAMPLE.TEST"), TestRealm::new("OTHER.TEST"));
    let all = |service: TestService| service.keytab_octets();
    let files = [
        all(home.service(WEB)),
        all(abroad.service(WEB)),
        all(home.service("HTTP/other.example.test")),
        all(home.service_with(WEB).kvnos([2]).build()),
        all(home
            .service_with(WEB)
            .enctypes([Enctype::Aes256CtsHmacSha384_192])
            .build()),
    ];
    let keys: BTreeSet<_> = files
        .iter()
        .map(|file| file.rchunks(36).next().unwrap())
        .collect();
    assert_eq!(keys.len(), files.len());
}

#[test]
fn every_token_is_another() {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let tokens: BTreeSet<_> = (0..100)
        .map(|_| token(&realm).build().token().to_vec())
        .collect();
    assert_eq!(tokens.len(), 100);
}

#[test]
fn a_version_has_the_same_key_in_every_service_of_a_name() {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let old = realm.service_with(WEB).kvnos([1]).build();
    let new = realm.service_with(WEB).kvnos([1, 2]).build();
    let stale = Acceptor::new(old.keytab()).unwrap();
    let alice = realm.user("alice");
    let step = |token: TokenBuilder| stale.begin().step(token.build().token(), realm.now());
    assert!(step(alice.token_for(&new).kvno(1)).is_ok());
    assert!(step(alice.token_for(&new)).is_err());
}

#[test]
fn time_stands_still_until_it_is_moved() {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let start = UNIX_EPOCH
        .checked_add(Duration::from_secs(1_767_225_600))
        .unwrap();
    assert_eq!(realm.now(), start);
    let clock = realm.clone();
    clock.advance(Duration::from_millis(1500));
    assert_eq!(
        realm.now().duration_since(start).unwrap(),
        Duration::from_millis(1500)
    );
}

/// A token with a fault differs from the same token without it, in its first leg or a later one.
#[test]
fn every_fault_shows() {
    let later = [
        Fault::EmptyLaterToken,
        Fault::TamperedMechListMic,
        Fault::MissingMechListMic,
        Fault::ReflectedMechListMic,
        Fault::ChangedMechList,
        Fault::ThirdLegSequence,
        Fault::ThirdLegSubkey,
        Fault::TamperedThirdLeg,
    ];
    for fault in Fault::all() {
        let (one, again) = (
            TestRealm::new("EXAMPLE.TEST"),
            TestRealm::new("EXAMPLE.TEST"),
        );
        let (sound, faulty) = (token(&one).build(), token(&again).fault(*fault).build());
        let differs = sound.token() != faulty.token();
        assert_eq!(differs, !later.contains(fault), "{fault:?}");
    }
}

#[test]
fn nothing_prints_a_key() {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let web = realm.service(WEB);
    let file = web.keytab_octets();
    let key = file.rchunks(36).next().unwrap();
    let key: Vec<_> = key.iter().take(4).map(u8::to_string).collect();
    let token = token(&realm);
    let printed = [
        format!("{realm:?}"),
        format!("{web:?}"),
        format!("{token:?}"),
        format!("{:?}", token.build()),
    ];
    for text in printed {
        assert!(!text.contains(&key.join(", ")), "{text}");
    }
}

/// What the example of the crate shows, for each shape of a token.
#[test]
fn the_initiator_believes_the_acceptor_that_holds_the_key() {
    let shapes: [fn(TokenBuilder) -> TokenBuilder; 6] = [
        |token| token,
        TokenBuilder::ms_oid,
        TokenBuilder::spnego,
        |token| token.spnego().ms_oid(),
        TokenBuilder::no_subkey,
        |token| token.etypes(&[]),
    ];
    for shape in shapes {
        let realm = TestRealm::new("EXAMPLE.TEST");
        let acceptor = Acceptor::new(realm.service(WEB).keytab()).unwrap();
        let login = shape(token(&realm)).build();
        let step = acceptor.begin().step(login.token(), realm.now());
        let Ok(Step::Complete {
            reply: Some(reply), ..
        }) = step
        else {
            panic!("{step:?}")
        };
        let context = login.finish(&reply).unwrap();
        assert!(context.acceptor_subkey().is_some());
    }
}
