//! What a shard holds, and that what it keeps beside the tickets is bounded with them.
#![allow(clippy::arithmetic_side_effects, reason = "test code")]

use super::super::tests::{END, NOON, Sealed};
use super::{SWEEP, Shard};
use portcullis_formats::messages::KerberosTime;
use portcullis_formats::registry::Kvno;

const ROOM: usize = 8 * 1024;

fn enter(shard: &mut Shard, number: u8, now: KerberosTime) {
    let known = Sealed::numbered(number).known(&Sealed::numbered(number).ticket());
    shard.enter(number.into(), known.into(), now);
}

/// The places in the order, and the octets that are counted, are those of what is there.
#[track_caller]
fn agrees(shard: &Shard) {
    let mut order: Vec<_> = shard.order.iter().collect();
    let mut there: Vec<_> = shard.tickets.keys().collect();
    order.sort_unstable();
    there.sort_unstable();
    assert_eq!(order, there);
    let octets: usize = shard.tickets.values().map(|ticket| ticket.octets()).sum();
    assert_eq!(shard.octets, octets);
    assert!(octets <= shard.max_octets);
}

#[test]
fn a_ticket_whose_clear_part_changes_at_each_coming_has_one_place() {
    let mut shard = Shard::new(ROOM);
    let sealed = Sealed::numbered(1);
    for round in 0..1000 {
        let mut ticket = sealed.ticket();
        ticket.enc_part.kvno = Some(Kvno(round % 2));
        shard.enter(1, sealed.known(&ticket).into(), NOON);
        agrees(&shard);
    }
    assert_eq!(shard.order.len(), 1);
}

#[test]
fn the_oldest_leave_first_and_one_that_is_entered_again_keeps_its_age() {
    let mut shard = Shard::new(ROOM);
    for number in 0..=200 {
        enter(&mut shard, number, NOON);
        enter(&mut shard, number / 2, NOON);
        agrees(&shard);
    }
    let mut filled = Shard::new(ROOM);
    (0..=100).for_each(|number| enter(&mut filled, number, NOON));
    let oldest = filled.order.front().copied();
    let again = u8::try_from(oldest.unwrap_or_default()).unwrap_or_default();
    (0..9).for_each(|_| enter(&mut filled, again, NOON));
    assert!(filled.tickets.contains_key(&u64::from(again)));
    enter(&mut filled, 101, NOON);
    agrees(&filled);
    assert!(!filled.tickets.contains_key(&u64::from(again)));
}

/// Another ticket of the same hash, for which the oldest must leave: the place was its own.
#[test]
fn a_larger_one_in_the_place_of_the_oldest_is_the_youngest() {
    let mut shard = Shard::new(ROOM);
    (0..=100).for_each(|number| enter(&mut shard, number, NOON));
    let oldest = shard.order.front().copied().unwrap_or_default();
    let mut larger = Sealed::numbered(1);
    larger.cipher.resize(2000, 1);
    shard.enter(oldest, larger.known(&larger.ticket()).into(), NOON);
    agrees(&shard);
    assert_eq!(shard.order.back(), Some(&oldest));
}

/// The same where it is not the oldest: only others leave, and it keeps its place.
#[test]
fn a_larger_one_in_its_old_place_has_that_place_once() {
    let mut shard = Shard::new(ROOM);
    (0..=100).for_each(|number| enter(&mut shard, number, NOON));
    let mut larger = Sealed::numbered(1);
    larger.cipher.resize(2000, 1);
    shard.enter(100, larger.known(&larger.ticket()).into(), NOON);
    agrees(&shard);
    assert_eq!(shard.order.back(), Some(&100));
}

#[test]
fn tickets_that_have_ended_leave_their_places_too() {
    let mut shard = Shard::new(16 * ROOM);
    (0..4).for_each(|number| enter(&mut shard, number, NOON));
    assert_eq!(shard.order, [0, 1, 2, 3]);
    let after = KerberosTime::from_unix(END.as_unix() + SWEEP);
    enter(&mut shard, 9, after);
    agrees(&shard);
    assert_eq!(shard.order, [9]);
}

#[test]
fn tickets_that_have_not_ended_stay() {
    let mut shard = Shard::new(16 * ROOM);
    (0..4).for_each(|number| enter(&mut shard, number, NOON));
    enter(&mut shard, 9, END);
    assert_eq!(shard.order, [0, 1, 2, 3, 9]);
}

#[test]
fn a_ticket_as_large_as_the_shard_has_room() {
    let sealed = Sealed::numbered(1);
    let octets = sealed.known(&sealed.ticket()).octets();
    for (room, expected) in [(octets, true), (octets - 1, false)] {
        let mut shard = Shard::new(room);
        enter(&mut shard, 1, NOON);
        assert_eq!(shard.find(1).is_some(), expected);
    }
}

#[test]
fn tickets_that_have_ended_are_searched_for_once_a_minute() {
    let mut shard = Shard::new(16 * ROOM);
    let first = END.as_unix() - 10;
    for (after, expected) in [(0, [1].as_slice()), (SWEEP - 1, &[1, 2]), (SWEEP, &[3])] {
        let number = u8::try_from(shard.order.len()).unwrap_or_default() + 1;
        enter(&mut shard, number, KerberosTime::from_unix(first + after));
        assert_eq!(shard.order, expected);
    }
}
