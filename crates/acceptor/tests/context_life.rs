//! What a context does beside MIC and Wrap tokens: two halves, deletion, sizes, order, pseudo-random
//! octets.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    reason = "test code"
)]
#![cfg(all(feature = "legacy-enctypes", feature = "camellia"))]

mod mit;
mod scene;

use mit::{mutual_exchanges, one_way_exchanges};
use portcullis::context::{InPlace, Layout, MessageError, Order, PrfKey, Protection};
use portcullis_crypto::{Enctype, Key};
use portcullis_formats::gss::{Mechanism, frame};
use portcullis_testdata::hex;
use scene::Scene;
use std::thread;

const FORMS: [Protection; 2] = [Protection::Confidentiality, Protection::Integrity];

#[test]
fn its_halves_work_in_two_threads() {
    let scene = Scene::new();
    let token = scene.token().mutual().build();
    let (context, reply) = scene.accept(&token);
    let mut initiator = token.finish(&reply.unwrap()).unwrap();
    let requests: Vec<_> = (0_u8..100)
        .map(|number| {
            initiator
                .wrap(&[number], Protection::Confidentiality)
                .unwrap()
        })
        .collect();

    let halves = context.split();
    assert_eq!(halves.identity.client().to_string(), "alice@EXAMPLE.TEST");
    let (mut sealing, mut opening) = (halves.sealing, halves.opening);
    let reader = thread::spawn(move || {
        for (number, mut request) in (0..).zip(requests) {
            let opened = opening.unwrap(&mut request).unwrap();
            assert_eq!(
                (opened.message, opened.order),
                (&[number][..], Order::InOrder)
            );
        }
        opening
    });
    let writer = thread::spawn(move || {
        let answers = (0_u8..100).map(|number| sealing.wrap(&[number], Protection::Integrity));
        answers.collect::<Result<Vec<_>, _>>().unwrap()
    });
    for (number, answer) in (0_u8..).zip(writer.join().unwrap()) {
        let expected = (vec![number], Protection::Integrity);
        assert_eq!(initiator.unwrap(&answer), Ok(expected));
    }
    let mic = initiator.mic(b"the last").unwrap();
    let mut opening = reader.join().unwrap();
    assert_eq!(opening.verify_mic(b"the last", &mic), Ok(Order::InOrder));
}

#[test]
fn a_sealing_half_makes_every_token_that_its_context_makes() {
    let scene = Scene::new();
    let token = scene.token().mutual().build();
    let (context, reply) = scene.accept(&token);
    let mut initiator = token.finish(&reply.unwrap()).unwrap();
    let limits = FORMS.map(|protection| context.wrap_size_limit(protection, 1000));
    let mut sealing = context.split().sealing;
    let mic = sealing.mic(b"message").unwrap();
    assert_eq!(initiator.verify_mic(b"message", &mic), Ok(()));
    for (protection, limit) in FORMS.into_iter().zip(limits) {
        assert_eq!(sealing.wrap_size_limit(protection, 1000), limit);
        let layout = Layout::HeaderAndTrailer;
        let lengths = sealing.token_lengths(protection, layout).unwrap();
        let mut header = vec![0; lengths.header];
        let mut message = b"message".to_vec();
        let mut trailer = vec![0; lengths.trailer];
        let parts = InPlace {
            header: &mut header,
            clear_before: &[],
            message: &mut message,
            clear_after: &[],
            trailer: &mut trailer,
        };
        sealing.wrap_in_place(parts, protection).unwrap();
        let token = [header, message, trailer].concat();
        let expected = (b"message".to_vec(), protection);
        assert_eq!(initiator.unwrap(&token), Ok(expected));
    }
}

/// RFC 2743 §2.2.2; CVE-2014-5352.
#[test]
fn tokens_that_delete_a_context_are_refused_by_name() {
    let deletion = frame(Mechanism::Krb5.oid(), &[&[1, 2][..], &[0xff; 22]].concat());
    let newer = [&[4, 5, 4, 0xff][..], &[0xff; 24]].concat();
    for mut exchange in one_way_exchanges().into_iter().chain(mutual_exchanges()) {
        for token in [&deletion, &newer] {
            let refused = exchange.context.unwrap(&mut token.clone()).unwrap_err();
            assert_eq!(refused, MessageError::ContextDeletion, "{}", exchange.name);
            let refused = exchange.context.verify_mic(b"", token).unwrap_err();
            assert_eq!(refused, MessageError::ContextDeletion, "{}", exchange.name);
        }
        assert!(exchange.context.mic(b"it goes on").is_ok());
    }
}

/// CVE-2014-4341: a newer context and a token of the old kind.
#[test]
fn tokens_of_rfc_1964_are_none_of_a_newer_context() {
    let old = one_way_exchanges()
        .into_iter()
        .find(|each| each.key.0 == 23)
        .unwrap();
    for mut exchange in mutual_exchanges() {
        for each in &old.messages {
            let token = hex(&each["token"]);
            let refused = exchange.context.unwrap(&mut token.clone()).unwrap_err();
            assert!(matches!(refused, MessageError::Malformed(_)));
            let refused = exchange.context.verify_mic(b"", &token).unwrap_err();
            assert!(matches!(refused, MessageError::Malformed(_)));
        }
    }
}

#[test]
fn the_size_limit_is_the_longest_message_that_fits() {
    for mut exchange in mutual_exchanges() {
        for protection in FORMS {
            let overhead = exchange.context.wrap(b"", protection).unwrap().len();
            for most in [0, 1, overhead - 1, overhead, overhead + 1, 1000, 65_536] {
                let limit = exchange.context.wrap_size_limit(protection, most);
                assert_eq!(limit, most.saturating_sub(overhead), "{}", exchange.name);
                let token = exchange.context.wrap(&vec![7; limit], protection).unwrap();
                assert_eq!(token.len(), most.max(overhead), "{}", exchange.name);
            }
        }
    }
}

#[test]
fn the_window_of_numbers_is_as_large_as_it_was_set() {
    for (set, remembered) in [(0, 64), (64, 64), (1000, 1024)] {
        let scene = Scene::with(|settings| settings.sequence_window(set));
        let token = scene.token().mutual().build();
        let (mut acceptor, reply) = scene.accept(&token);
        let mut initiator = token.finish(&reply.unwrap()).unwrap();
        let mut mics = (0..2100).map(|_| initiator.mic(b"").unwrap());
        let late: Vec<_> = mics.by_ref().take(2000).collect();
        assert_eq!(
            acceptor.verify_mic(b"", &mics.next().unwrap()),
            Ok(Order::Gap)
        );
        let mut order = |behind: usize| acceptor.verify_mic(b"", &late[2000 - behind]);
        assert_eq!(order(remembered - 1), Ok(Order::Unsequenced));
        assert_eq!(order(remembered - 1), Ok(Order::Duplicate));
        assert_eq!(order(remembered), Ok(Order::Old));
    }
}

/// RFC 7802 §3, §1: by the function of the key, which has vectors of its own, over counters from 0.
#[test]
fn pseudo_random_octets_are_counted_from_zero() {
    for exchange in mutual_exchanges().into_iter().chain(one_way_exchanges()) {
        let enctype = Enctype::try_from(exchange.key.0).unwrap();
        let key = Key::new(enctype, &exchange.key.1).unwrap();
        let block = |counter: u32| key.prf(&[&counter.to_be_bytes()[..], b"input"].concat());
        let expected = (0..300).flat_map(|counter| block(counter).to_vec());
        let expected: Vec<_> = expected.take(4500).collect();
        let drawn = exchange.context.prf(PrfKey::Full, b"input", 4500);
        assert_eq!(*drawn.unwrap(), expected, "{}", exchange.name);
    }
}

#[test]
fn there_are_64_kib_of_pseudo_random_octets_for_one_input() {
    let exchange = mutual_exchanges().swap_remove(0);
    let prf = |length| exchange.context.prf(PrfKey::Full, b"input", length);
    assert_eq!(prf(65_536).map(|octets| octets.len()), Ok(65_536));
    for length in [65_537, usize::MAX] {
        assert_eq!(prf(length).unwrap_err().length, length);
    }
}

/// RFC 7802 §3: octets of any number, of which fewer are a prefix of more.
#[test]
fn pseudo_random_octets_depend_on_key_and_input() {
    for exchange in mutual_exchanges() {
        let prf = |key, input: &[u8], length| exchange.context.prf(key, input, length).unwrap();
        let long = prf(PrfKey::Full, b"input", 1000);
        for length in [0, 1, 15, 16, 17, 47, 48, 49, 999] {
            assert_eq!(*prf(PrfKey::Full, b"input", length), long[..length]);
        }
        assert_ne!(
            prf(PrfKey::Full, b"inpus", 32),
            prf(PrfKey::Full, b"input", 32)
        );
        assert_ne!(
            prf(PrfKey::Partial, b"input", 32),
            prf(PrfKey::Full, b"input", 32)
        );
    }
    for exchange in one_way_exchanges() {
        let prf = |key| exchange.context.prf(key, b"input", 32).unwrap();
        assert_eq!(
            prf(PrfKey::Partial),
            prf(PrfKey::Full),
            "there is but one key"
        );
    }
}
