//! No key is left behind in memory that is given back: an allocator looks into each block first.
#![allow(missing_docs, reason = "test code")]

mod secrets;

use hmac::{Hmac, KeyInit as _, Mac as _};
use portcullis::context::{ExportKey, PrfKey, Protection};
use portcullis::{Enctype, Keytab, SecurityContext, UnrecordedStep};
use portcullis_proofs::watch::{self, Watch};
use portcullis_testrealm::{Fault, TokenBuilder};
use secrets::{Login, clear_stack};
use sha2::Sha384;
use std::hint::black_box;
use std::sync::{Mutex, PoisonError};

#[global_allocator]
static WATCH: Watch = Watch;

/// There is one allocator.
static ALONE: Mutex<()> = Mutex::new(());

/// The enctype of which the tests know the derived keys, too.
const AES256_SHA384: Enctype = Enctype::Aes256CtsHmacSha384_192;

/// Runs `act`, and fails when a block is given back in it that holds one of the login's keys.
///
/// It runs on a stack of its own, which is cleared first.
#[track_caller]
fn leaves_nothing(login: &Login, act: impl FnOnce() + Send) {
    let mut named = login.keys.clone();
    if login.keys[0].1.len() == 32 {
        named.extend(derived(&login.keys));
    }
    watch::look_for(named.iter().map(|(_, octets)| octets.as_slice()));
    std::thread::scope(|threads| {
        threads.spawn(|| {
            clear_stack();
            act();
        });
    });
    if let Some((secret, by)) = watch::found() {
        let (name, _) = &named[secret];
        panic!("the {name} key was in a block given back by\n{by}");
    }
}

/// Ke of each key and usage (RFC 8009 §3, §5), which lie in key schedules: their first half.
fn derived(keys: &[(&'static str, Vec<u8>)]) -> Vec<(&'static str, Vec<u8>)> {
    let usages = |name: &str| match name {
        "service" => [2].as_slice(),
        "session" => &[11, 12, 14],
        _ => &[22, 24],
    };
    let derive = |key: &[u8], usage: u8| {
        let mut hmac = Hmac::<Sha384>::new_from_slice(key).expect("any length");
        hmac.update(&[0, 0, 0, 1, 0, 0, 0, usage, 0xaa, 0, 0, 0, 1, 0]);
        hmac.finalize().into_bytes()[..16].to_vec()
    };
    let each = keys.iter().flat_map(|(name, key)| {
        let usages = usages(name).iter();
        usages.map(move |usage| ("derived", derive(key, *usage)))
    });
    each.collect()
}

fn alone() -> std::sync::MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn as_it_is(token: TokenBuilder) -> TokenBuilder {
    token
}

/// The test would see it.
#[test]
fn what_is_not_wiped_is_found() {
    let _alone = alone();
    let secret = [0x5e; 24];
    for forget in [
        || drop(black_box(vec![0x5e_u8; 100])),
        || {
            let mut grown = vec![0x5e_u8; 64];
            grown.reserve(100_000);
            grown.fill(0);
            drop(black_box(grown));
        },
    ] {
        watch::look_for([secret.as_slice()]);
        forget();
        assert!(watch::found().is_some_and(|(number, _)| number == 0));
    }
}

#[test]
fn a_keytab_leaves_no_key_behind() {
    let _alone = alone();
    for enctype in Enctype::all() {
        let login = Login::new(*enctype, as_it_is);
        let octets = login.keytab.clone();
        leaves_nothing(&login, || drop(Keytab::parse(octets).expect("a keytab")));
    }
}

#[test]
fn a_login_leaves_no_key_behind() {
    let _alone = alone();
    for enctype in Enctype::all() {
        for vary in [
            as_it_is as fn(TokenBuilder) -> TokenBuilder,
            TokenBuilder::spnego,
            TokenBuilder::delegate_under_subkey,
            TokenBuilder::delegate_in_clear,
        ] {
            let login = Login::new(*enctype, vary);
            let octets = login.keytab.clone();
            leaves_nothing(&login, || {
                let acceptor = login.acceptor_of(octets);
                let context = login.accept(&acceptor);
                let identity = context.into_identity();
                let delegated = identity.delegated().expect("a credential");
                drop(delegated.to_ccache().expect("short names"));
                drop(identity);
                drop(acceptor);
            });
        }
    }
}

/// The second time it is entered among those that are known, and leaves them with the acceptor. With
/// SPNEGO around it: into what has no list of mechanisms goes what was on the stack.
#[test]
fn a_known_ticket_leaves_no_key_behind() {
    let _alone = alone();
    let login = Login::new(AES256_SHA384, TokenBuilder::spnego);
    let octets = login.keytab.clone();
    leaves_nothing(&login, || {
        let acceptor = login.acceptor_of(octets);
        for _ in 0..3 {
            let step = acceptor.begin().step_unrecorded(&login.token, login.now);
            let Ok(UnrecordedStep::Unrecorded(unrecorded)) = step else {
                panic!("a good token")
            };
            drop(unrecorded.settle(portcullis::replay::Freshness::Fresh));
        }
    });
}

/// Their keys fill the room that a `CipherKey` has on the heap. In what those of other enctypes leave
/// of it lies what was on the stack when it was made; that nobody wipes.
const FULL: [Enctype; 2] = [AES256_SHA384, Enctype::Aes256CtsHmacSha1_96];

#[test]
fn a_context_leaves_no_key_behind() {
    let _alone = alone();
    for enctype in FULL {
        let login = Login::new(enctype, as_it_is);
        let acceptor = login.acceptor();
        let watched = Login::new(enctype, as_it_is);
        let (mut context, mut initiator) = login.both(&acceptor);
        let tokens: Vec<_> = [Protection::Integrity, Protection::Confidentiality]
            .map(|protection| initiator.wrap(b"message", protection).expect("a token"))
            .into();
        let mic = initiator.mic(b"message").expect("a token");
        leaves_nothing(&watched, || {
            for mut token in tokens {
                context.unwrap(&mut token).expect("a message");
            }
            let order = context.verify_mic(b"message", &mic);
            assert_eq!(order, Ok(portcullis::context::Order::InOrder));
            context.mic(b"message").expect("a mic");
            for protection in [Protection::Integrity, Protection::Confidentiality] {
                context.wrap(b"message", protection).expect("a token");
            }
            let key = ExportKey::new(&[7; 32]);
            let exported = context.export(&key).expect("octets");
            let context = acceptor.import_context(&exported, &key).expect("a context");
            drop(context.split());
            drop(acceptor);
        });
    }
}

/// What a channel above makes its keys of (RFC 4401).
#[test]
fn what_is_derived_for_others_is_not_left_behind() {
    let _alone = alone();
    let derive = |context: &SecurityContext| {
        let octets = context.prf(PrfKey::Full, b"label", 100);
        octets.expect("not too long")
    };
    let mut login = Login::new(AES256_SHA384, as_it_is);
    let octets = derive(&login.accept(&login.acceptor()));
    let parts = octets.chunks_exact(32).map(<[u8]>::to_vec);
    login.keys.extend(parts.map(|part| ("PRF's", part)));
    let context = login.accept(&login.acceptor());
    leaves_nothing(&login, || drop(derive(&context)));
}

#[test]
fn a_refusal_leaves_no_key_behind() {
    let _alone = alone();
    let good = Login::new(AES256_SHA384, as_it_is);
    for fault in [
        Fault::TamperedTicket,
        Fault::Expired,
        Fault::ClockAhead,
        Fault::CriticalTicketData,
        Fault::TamperedCredential,
    ] {
        // The same keys: the realm makes them of names.
        let token = Login::token_of(AES256_SHA384, |token| token.fault(fault));
        let octets = good.keytab.clone();
        leaves_nothing(&good, || {
            let acceptor = good.acceptor_of(octets);
            let step = acceptor.begin().step(&token, good.now);
            assert!(step.is_err(), "{fault:?}");
            drop(step);
        });
    }
}
