//! What strangers can hold: the memory of a process with half-open negotiations, and after refusals.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "test code"
)]

mod scene;

use portcullis::formats::der::{Encode, Writer};
use portcullis::formats::gss::{Mechanism, frame};
use portcullis::formats::messages::AuthorizationDataElement;
use portcullis::formats::registry::AuthDataType;
use portcullis::formats::spnego::encode_mech_types;
use portcullis::{Negotiation, Step};
use portcullis_testrealm::Fault;
use scene::{Scene, refused};
use std::sync::{Mutex, PoisonError};

/// Each test wants the process for itself.
static ALONE: Mutex<()> = Mutex::new(());

/// The memory that this process has, in octets.
#[allow(
    clippy::disallowed_methods,
    reason = "a test may look at its own process"
)]
fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: usize = text.split_whitespace().nth(1).unwrap().parse().unwrap();
    pages * 4096
}

/// A list of mechanisms as long as it may be, Kerberos its last, and no token.
fn longest_list() -> Vec<u8> {
    let unknown = [1; 100];
    let oids = [
        &unknown,
        &unknown,
        &unknown,
        &unknown,
        &unknown[..87],
        Mechanism::Krb5.oid(),
    ];
    let list = encode_mech_types(oids);
    assert_eq!(list.len(), 512);
    let mut offer = Writer::new();
    offer.nested(0xa0, |choice| {
        choice.sequence(|token| token.field(0, |field| field.raw(&list)));
    });
    frame(Mechanism::Spnego.oid(), &offer.into_vec())
}

/// Negotiations that wait for Kerberos.
fn half_open(scene: &Scene, token: &[u8], count: usize) -> Vec<Negotiation> {
    let mut waiting = Vec::with_capacity(count);
    for _ in 0..count {
        match scene.acceptor.begin().step(token, scene.realm.now()) {
            Ok(Step::Continue { negotiation, .. }) => waiting.push(negotiation),
            other => panic!("{other:?}"),
        }
    }
    waiting
}

/// CVE-2026-3039: half-open contexts exhausted the memory of BIND.
#[test]
fn a_negotiation_that_waits_for_kerberos_holds_less_than_1_kib() {
    const COUNT: usize = 20_000;
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let scene = Scene::new();
    let token = longest_list();
    drop(half_open(&scene, &token, 100)); // whatever is made once
    let before = resident();
    let waiting = half_open(&scene, &token, COUNT);
    let each = resident().saturating_sub(before) / COUNT;
    assert!(each < 1024, "{each} octets");
    assert_eq!(waiting.len(), COUNT);
}

/// CVE-2024-26458, CVE-2024-26461: MIT krb5 leaked on the paths of errors.
#[test]
fn refusals_leave_nothing_behind() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let scene = Scene::new();
    let tokens: Vec<_> = [
        Fault::TamperedTicket,
        Fault::Expired,
        Fault::TamperedCredential,
    ]
    .map(|fault| scene.token().spnego().mutual().fault(fault).build())
    .into();
    let refuse = |times: usize| {
        for token in tokens.iter().cycle().take(times) {
            let _ = refused(
                scene
                    .acceptor
                    .begin()
                    .step(token.token(), scene.realm.now()),
            );
        }
    };
    refuse(1000);
    let before = resident();
    refuse(5_000);
    assert!(resident().saturating_sub(before) < 1 << 20);
}

/// What is known of a ticket is kept for those that come again.
#[test]
fn tickets_that_come_once_are_not_kept() {
    const COUNT: usize = 500;
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let scene = Scene::with(|settings| settings.known_tickets(64 << 20));
    let unknown = AuthorizationDataElement {
        ad_type: AuthDataType(-1000),
        ad_data: &[7; 8192],
    };
    let mut container = Writer::new();
    container.sequence(|list| unknown.encode(list));
    let container = container.into_vec();
    let of_8_kib = || {
        let token = scene.token();
        token.ticket_authorization_data(AuthDataType::IF_RELEVANT, &container)
    };
    let tokens: Vec<_> = (0..COUNT).map(|_| of_8_kib().build()).collect();
    drop(scene.accept(&of_8_kib().build())); // whatever is made once
    let before = resident();
    for token in &tokens {
        drop(scene.accept(token));
    }
    let kept = resident().saturating_sub(before);
    assert!(kept < COUNT * 4096, "{kept} octets");
}
