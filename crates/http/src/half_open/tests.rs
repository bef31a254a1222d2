//! What strangers can have this table do.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    reason = "test code"
)]

use super::*;
use portcullis::Acceptor;
use portcullis_testrealm::TestRealm;

fn acceptor() -> Acceptor {
    let realm = TestRealm::new("EXAMPLE.TEST");
    Acceptor::new(realm.service("HTTP/web.example.test").keytab()).unwrap()
}

fn here() -> Scope {
    Scope {
        host: None,
        channel: None,
    }
}

fn waiting(acceptor: &Acceptor, since: SystemTime, octets: usize) -> Waiting {
    Waiting {
        negotiation: acceptor.begin(),
        scope: here(),
        legs: 1,
        octets,
        since,
    }
}

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

/// The memory that this process has, in octets.
#[cfg(target_os = "linux")]
fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: usize = text.split_whitespace().nth(1).unwrap().parse().unwrap();
    pages * 4096
}

/// A flood of a million, of all sizes, in two minutes and with a clock that once goes back: the
/// table never holds more than it may, and memory stays where it was after the first few.
#[test]
#[cfg(target_os = "linux")]
fn a_million_half_open_negotiations_take_no_more_room_than_a_few() {
    let (acceptor, limits) = (acceptor(), HalfOpenLimits::default());
    let half_open = HalfOpen::new(limits);
    let mut full = 0;
    for number in 0..1_000_000_u64 {
        let second = if number == 500_000 {
            0
        } else {
            number / 10_000
        };
        let size = usize::try_from(number % 48_000).unwrap();
        let kept = half_open.keep(waiting(&acceptor, at(second), size));
        assert!(kept.unwrap().is_some());
        if number % 10_000 == 0 {
            let table = half_open.table.lock().unwrap();
            assert!(table.waiting.len() <= limits.number && table.octets <= limits.octets);
            let costs = table.waiting.values().map(|(_, waiting)| waiting.cost());
            assert_eq!(costs.sum::<usize>(), table.octets);
        }
        if number == 10_000 {
            full = resident();
        }
    }
    let grown = resident().saturating_sub(full);
    assert!(grown < 2 << 20, "{grown} octets");
}

/// The oldest leave when others come, or when nobody may have them any more.
#[test]
fn a_negotiation_waits_for_its_time_and_no_longer() {
    let acceptor = acceptor();
    let half_open = HalfOpen::new(HalfOpenLimits::default().age(Duration::from_secs(60)));
    let mut texts = Vec::new();
    for since in [0, 30, 61] {
        let kept = half_open.keep(waiting(&acceptor, at(since), 0)).unwrap();
        texts.push(kept.unwrap());
    }
    assert_eq!(half_open.table.lock().unwrap().waiting.len(), 2);
    let found = |text: &str, now| half_open.take(text, &here(), at(now)).is_some();
    assert!(!found(&texts[0], 61));
    assert!(found(&texts[1], 90));
    assert!(!found(&texts[1], 90), "it is taken once");
    assert!(!found(&texts[2], 122));
    let table = half_open.table.lock().unwrap();
    assert_eq!((table.waiting.len(), table.octets), (0, 0));
}

#[test]
fn what_is_larger_than_the_table_does_not_wait() {
    let limits = HalfOpenLimits::default().octets(10_000);
    let half_open = HalfOpen::new(limits);
    let keep = |octets| half_open.keep(waiting(&acceptor(), at(0), octets)).unwrap();
    assert!(keep(10_000 - OVERHEAD).is_some());
    assert!(keep(10_001 - OVERHEAD).is_none());
    assert!(keep(usize::MAX).is_none());
    assert_eq!(half_open.table.lock().unwrap().waiting.len(), 1);
}

#[test]
fn a_negotiation_has_five_legs_at_most() {
    let acceptor = acceptor();
    let after = |legs| Waiting {
        legs,
        ..waiting(&acceptor, at(0), 0)
    };
    assert!(after(4).goes_on());
    assert!(!after(5).goes_on());
    assert!(!after(u8::MAX).goes_on());
}
