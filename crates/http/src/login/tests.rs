//! How long a negotiation may go on, and where it waits.

#![allow(clippy::panic, reason = "test code")]

use super::*;
use portcullis::Acceptor;
use portcullis_testrealm::TestRealm;

fn now() -> SystemTime {
    TestRealm::new("EXAMPLE.TEST").now()
}

/// What becomes of a leg of 7 octets after those of the past, and what waits then.
fn after(legs: u8, octets: usize) -> (Refusal, Option<Waiting>) {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let acceptor = Acceptor::new(realm.service("HTTP/web.example.test").keytab()).unwrap();
    let negotiation = acceptor.begin();
    let guard = Guard::new(Arc::new(move |_| Some(acceptor.clone())));
    let (scope, connection) = (here(), ConnectionState::new());
    let visit = Visit {
        token: vec![0; 7],
        scope: here(),
        connection: Some(connection.clone()),
        leg: None,
    };
    let past = Past { legs, octets };
    let refusal = guard.suspend(visit, negotiation, &past, Vec::new(), now());
    let age = guard.half_open.limits.longest();
    (refusal, connection.take(&scope, now(), age))
}

fn here() -> Scope {
    Scope {
        host: None,
        channel: None,
    }
}

/// Legs and octets of all legs count: who goes on and on does not stay small by it.
#[test]
fn what_waits_has_the_legs_and_octets_of_its_past() {
    for (legs, octets) in [(0, 0), (1, 100), (3, 40_000)] {
        let (refusal, waiting) = after(legs, octets);
        assert!(matches!(refusal, Refusal::AnotherLeg { kept: true, .. }));
        let waiting = waiting.unwrap();
        assert_eq!(
            (waiting.legs, waiting.octets),
            (legs.saturating_add(1), octets.saturating_add(7))
        );
    }
}

#[test]
fn after_five_legs_nothing_waits() {
    for legs in [4, 5, u8::MAX] {
        let (refusal, waiting) = after(legs, 0);
        assert!(matches!(refusal, Refusal::AnotherLeg { kept: false, .. }));
        assert!(waiting.is_none());
    }
}

/// What a leg finds is what the one before it left.
#[test]
fn a_leg_takes_over_the_past_of_what_waited() {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let acceptor = Acceptor::new(realm.service("HTTP/web.example.test").keytab()).unwrap();
    let connection = ConnectionState::new();
    connection.keep(Waiting {
        negotiation: acceptor.begin(),
        scope: here(),
        legs: 3,
        octets: 900,
        since: now(),
    });
    let guard = Guard::new(Arc::new(|_| panic!("no new one is due")));
    let visit = Visit {
        token: vec![NEG_TOKEN_RESP],
        scope: here(),
        connection: Some(connection),
        leg: None,
    };
    let Ok((_, past)) = guard.negotiation(&visit, now()) else {
        panic!("refused")
    };
    assert_eq!((past.legs, past.octets), (3, 900));
}
