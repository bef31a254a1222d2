//! RFC 4120 §3.2.3: an authenticator is accepted once.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "test code"
)]

mod scene;

use core::time::Duration;
use portcullis::error::AuthenticatorError;
use portcullis::formats::der::{Decode, Encode};
use portcullis::formats::gss::{InitialContextToken, Mechanism, TokenId, frame, split_token_id};
use portcullis::formats::messages::{ApReq, KerberosString};
use portcullis::formats::registry::{ErrorCode, Kvno};
use portcullis::replay::{Freshness, MemoryReplayCache, ReplayCache, ReplayCacheError, ReplayTag};
use portcullis::{Acceptor, ConfigError, Error, Keytab, Principal, Step, UnrecordedStep};
use portcullis_testrealm::{Fault, SteadyReplay, TestRealm};
use scene::{Scene, WEB, complete, refused};
use std::sync::Arc;
use std::time::SystemTime;

const SKEW: Duration = Duration::from_secs(300);
const SECOND: Duration = Duration::from_secs(1);

/// Whether `token` is refused as a replay at `now`.
#[track_caller]
fn is_replay(acceptor: &Acceptor, token: &[u8], now: SystemTime) -> bool {
    match acceptor.begin().step(token, now) {
        Ok(_) => false,
        Err(rejection) => match rejection.error() {
            Error::Replayed { .. } => true,
            other => panic!("{other}"),
        },
    }
}

#[test]
fn the_same_token_is_accepted_once() {
    let scene = Scene::new();
    let token = scene.token().build();
    scene.accept(&token);
    let rejection = scene.refuse(&token);
    assert_eq!(rejection.error().code(), Some(ErrorCode::REPEAT));
}

/// Whatever is around the authenticator stands in clear; an attacker may change it at will.
#[test]
fn an_authenticator_in_another_guise_is_the_same() {
    let scene = Scene::new();
    let token = scene.token().build();
    scene.accept(&token);
    let inner = InitialContextToken::decode(token.token()).unwrap().inner;
    let request = ApReq::from_der(split_token_id(inner).unwrap().1).unwrap();
    let other = Principal::parse("HTTP/other.example.test", Some("OTHER.TEST")).unwrap();

    let mut guises = vec![request; 4];
    guises[0].ticket.sname = other.name();
    guises[1].ticket.realm = KerberosString(b"OTHER.TEST");
    guises[2].ticket.enc_part.kvno = None;
    guises[3].ticket.enc_part.kvno = Some(Kvno(9));

    for guise in guises {
        let message = [&TokenId::AP_REQ.0, guise.to_der().as_slice()].concat();
        for mechanism in [Mechanism::Krb5, Mechanism::MsKrb5] {
            let token = frame(mechanism.oid(), &message);
            assert!(is_replay(&scene.acceptor, &token, scene.realm.now()));
        }
    }
}

/// A relay to a second service that shares the key, or to another acceptor of the same cache.
#[test]
fn an_authenticator_is_the_same_for_every_acceptor_of_a_cache() {
    let scene = Scene::new();
    let cache: Arc<dyn ReplayCache> = Arc::new(MemoryReplayCache::default());
    let acceptor = || {
        Acceptor::builder(scene.web.keytab())
            .replay_cache(cache.clone())
            .build()
            .unwrap()
    };
    let token = scene.token().build();
    complete(acceptor().begin().step(token.token(), scene.realm.now()));
    assert!(is_replay(&acceptor(), token.token(), scene.realm.now()));
}

#[test]
fn another_authenticator_of_the_same_second_is_new() {
    let scene = Scene::new();
    for user in ["alice", "bob", "alice@OTHER.TEST", "alice"] {
        let token = scene
            .realm
            .user(user)
            .token_for(&scene.web)
            .sequence(0)
            .build();
        scene.accept(&token);
    }
    for _ in 0..3 {
        scene.accept(&scene.token().no_sequence().no_subkey().build());
    }
}

/// A client stamps up to the skew ahead; its record must last as long as its stamp is good, not as
/// long after its arrival.
#[test]
fn an_authenticator_is_remembered_for_as_long_as_its_time_is_good() {
    for stamped in [SKEW, Duration::ZERO] {
        let scene = Scene::new();
        let arrival = scene.realm.now();
        let stamp = arrival + stamped;
        let token = scene.token().at(stamp).build();
        complete(scene.acceptor.begin().step(token.token(), arrival));
        for later in [1, 299, 300, 301, 599, 600] {
            let now = arrival + later * SECOND;
            // Others come, so that slots would be reused if records went.
            complete(
                scene
                    .acceptor
                    .begin()
                    .step(scene.token().at(now).build().token(), now),
            );
            if now <= stamp + SKEW {
                assert!(is_replay(&scene.acceptor, token.token(), now), "{later}");
            } else {
                let rejection = refused(scene.acceptor.begin().step(token.token(), now));
                let error = rejection.error();
                assert!(matches!(
                    error,
                    Error::Authenticator(AuthenticatorError::Skew { .. })
                ));
            }
        }
    }
}

/// `cusec` is no part of the check of the time, so the last second counts to its end.
#[test]
fn an_authenticator_is_remembered_through_the_whole_last_second() {
    let scene = Scene::new();
    let token = scene.token().build();
    scene.accept(&token);
    let last = scene.realm.now() + SKEW + Duration::from_micros(999_999);
    assert!(is_replay(&scene.acceptor, token.token(), last));
}

#[test]
fn refused_tokens_fill_no_cache() {
    let scene = Scene::with(|settings| settings.replay_cache(Arc::new(MemoryReplayCache::new(1))));
    for fault in [
        Fault::ClockAhead,
        Fault::CriticalTicketData,
        Fault::TamperedCredential,
    ] {
        scene.refuse(&scene.token().fault(fault).build());
    }
    scene.accept(&scene.token().build());
}

/// Full is refused: a cache that forgets what it must remember lets the one replay who floods it.
#[test]
fn a_full_cache_refuses_whoever_is_new_and_still_knows_the_others() {
    let scene = Scene::with(|settings| settings.replay_cache(Arc::new(MemoryReplayCache::new(2))));
    let (first, second) = (scene.token().build(), scene.token().build());
    scene.accept(&first);
    scene.accept(&second);
    let rejection = scene.refuse(&scene.token().build());
    let full = ReplayCacheError::Full { capacity: 2 };
    assert_eq!(*rejection.error(), Error::ReplayCache(full));
    assert_eq!(rejection.error().code(), Some(ErrorCode::GENERIC));
    assert!(is_replay(&scene.acceptor, first.token(), scene.realm.now()));

    scene.realm.advance(SKEW + Duration::from_secs(60));
    scene.accept(&scene.token().build());
}

/// RFC 4120 §3.2.3: a service that has lost its memory refuses what was stamped before.
#[test]
fn what_was_stamped_before_a_restart_is_refused() {
    let scene = Scene::new();
    let start = scene.realm.now();
    let restarted = Acceptor::builder(scene.web.keytab())
        .refuse_stamped_before(start)
        .build()
        .unwrap();
    let old = scene.token().at(start - SECOND).build();
    let rejection = refused(restarted.begin().step(old.token(), start));
    let error = rejection.error();
    assert!(matches!(
        error,
        Error::Authenticator(AuthenticatorError::StampedBeforeStart { .. })
    ));
    assert_eq!(error.code(), Some(ErrorCode::REPEAT));
    // The second in which the service began: nobody can tell which of the two was first.
    let same = scene.token().at(start).build();
    let rejection = refused(restarted.begin().step(same.token(), start));
    assert!(matches!(
        rejection.error(),
        Error::Authenticator(AuthenticatorError::StampedBeforeStart { .. })
    ));
    let new = scene.token().at(start + SECOND).build();
    complete(restarted.begin().step(new.token(), start));
}

#[test]
fn a_store_that_cannot_tell_lets_nobody_in() {
    let unreachable = ReplayCacheError::Unreachable("connection refused".into());
    let outage = Arc::new(SteadyReplay(Err(unreachable)));
    let scene = Scene::with(|settings| settings.replay_cache(outage));
    let rejection = scene.refuse(&scene.token().mutual().spnego().build());
    assert!(matches!(rejection.error(), Error::ReplayCache(_)));
    assert!(rejection.reply().is_some());
}

/// What a store learns: the tail of the sealed authenticator, the time, and until when to remember.
#[derive(Debug, Default)]
struct Ledger(std::sync::Mutex<Vec<(Vec<u8>, SystemTime, SystemTime)>>);

impl ReplayCache for Ledger {
    fn record(
        &self,
        tag: &ReplayTag,
        now: SystemTime,
        expires: SystemTime,
    ) -> Result<Freshness, ReplayCacheError> {
        self.0
            .lock()
            .unwrap()
            .push((tag.as_ref().to_vec(), now, expires));
        Ok(Freshness::Fresh)
    }
}

#[test]
fn a_store_learns_the_tail_of_the_authenticator_and_until_when_to_keep_it() {
    let ledger = Arc::new(Ledger::default());
    let scene = Scene::with(|settings| settings.replay_cache(ledger.clone()));
    let stamp = scene.realm.now() + 7 * SECOND;
    let token = scene.token().at(stamp).build();
    scene.accept(&token);
    let tail = token.token()[token.token().len() - 12..].to_vec();
    let expires = stamp + SKEW + SECOND;
    assert_eq!(
        *ledger.0.lock().unwrap(),
        [(tail, scene.realm.now(), expires)]
    );
}

/// The same in two halves, for stores that are awaited.
#[test]
fn a_store_may_be_asked_between_two_halves() {
    let scene = Scene::new();
    let token = scene.token().mutual().build();
    let unrecorded = || {
        let step = scene
            .acceptor
            .begin()
            .step_unrecorded(token.token(), scene.realm.now());
        let Ok(UnrecordedStep::Unrecorded(unrecorded)) = step else {
            panic!("settled")
        };
        unrecorded
    };
    let tag = *unrecorded().tag();
    assert_eq!(tag.as_ref(), &token.token()[token.token().len() - 12..]);
    assert_eq!(unrecorded().expires(), scene.realm.now() + SKEW + SECOND);

    assert!(matches!(
        unrecorded().settle(Freshness::Fresh),
        Ok(Step::Complete { .. })
    ));
    let rejection = refused(unrecorded().settle(Freshness::Replayed));
    assert!(matches!(rejection.error(), Error::Replayed { .. }));
    assert!(rejection.reply().is_some());
    let rejection = unrecorded().refuse(ReplayCacheError::Unreachable("gone".into()));
    assert!(matches!(rejection.error(), Error::ReplayCache(_)));
    assert!(rejection.reply().is_some());
}

/// There is nothing to ask before an authenticator has come.
#[test]
fn a_leg_without_authenticator_has_nothing_to_record() {
    let scene = Scene::new();
    let list = [Mechanism::Ntlm, Mechanism::Krb5];
    let token = scene.token().mech_list(&list).build();
    let step = scene
        .acceptor
        .begin()
        .step_unrecorded(token.token(), scene.realm.now());
    assert!(matches!(
        step,
        Ok(UnrecordedStep::Settled(Step::Continue { .. }))
    ));
}

/// The same name in two realms is two clients, with one ledger.
#[test]
fn clients_of_one_name_in_two_realms_are_told_apart() {
    let (home, abroad) = (TestRealm::new("EXAMPLE.TEST"), TestRealm::new("OTHER.TEST"));
    let (here, there) = (home.service(WEB), abroad.service(WEB));
    let octets = [here.keytab_octets(), there.keytab_octets()[2..].to_vec()].concat();
    let acceptor = Acceptor::new(Keytab::parse(octets).unwrap()).unwrap();
    for (realm, service) in [(&home, &here), (&abroad, &there)] {
        let token = realm.user("alice").token_for(service).build();
        complete(acceptor.begin().step(token.token(), realm.now()));
    }
}

/// An authenticator expires with the clock skew. Acceptors that disagreed about it would look for
/// its record in different places, and each would accept it.
#[test]
fn acceptors_of_one_cache_allow_the_same_clock_skew() {
    let scene = Scene::new();
    let cache: Arc<dyn ReplayCache> = Arc::new(MemoryReplayCache::default());
    let build = |skew: Duration| {
        let builder = Acceptor::builder(scene.web.keytab());
        builder.replay_cache(cache.clone()).clock_skew(skew).build()
    };
    build(SKEW).unwrap();
    build(SKEW).unwrap();
    let error = build(SKEW + SECOND).unwrap_err();
    assert!(matches!(error, ConfigError::ReplayCache(_)));
    assert_eq!(
        error.to_string(),
        "the replay cache serves acceptors with a clock skew of 300 s"
    );
    build(SKEW - SECOND).unwrap_err();
    build(SKEW + Duration::from_millis(999)).unwrap(); // whole seconds count

    // A store that finds its records by the tag alone may serve all.
    let ledger = Arc::new(Ledger::default());
    for skew in [SKEW, SKEW + SECOND] {
        let builder = Acceptor::builder(scene.web.keytab());
        let builder = builder.replay_cache(ledger.clone()).clock_skew(skew);
        builder.build().unwrap();
    }
}
