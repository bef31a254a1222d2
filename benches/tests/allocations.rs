//! How often the whole accept allocates. A number that falls is lowered here; one that rises needs
//! a reason.

use allocation_counter::{AllocationInfo, measure};
use portcullis::Acceptor;
use portcullis_benches::{
    Envelope, Exchange, NUMBERS, TicketUse, Tokens, many_components, many_mechanisms,
};

/// The octets of all allocations together.
const MOST_OCTETS: u64 = 6000;

/// A ticket that was not seen before.
const FIRST: usize = 0;
/// One that comes a second time, so that it is entered among those that are known.
const SECOND: usize = 1;
/// One that is known.
const THIRD: usize = 2;

#[test]
fn a_gss_token_with_a_first_ticket_is_accepted_with_few_allocations() {
    bounded(Envelope::Gss, FIRST, 10);
}

#[test]
fn a_gss_token_whose_ticket_becomes_known_is_accepted_with_few_allocations() {
    bounded(Envelope::Gss, SECOND, 17);
}

#[test]
fn a_gss_token_with_a_known_ticket_is_accepted_with_few_allocations() {
    bounded(Envelope::Gss, THIRD, 6);
}

#[test]
fn a_spnego_token_with_a_first_ticket_is_accepted_with_few_allocations() {
    bounded(Envelope::Spnego, FIRST, 10);
}

#[test]
fn a_spnego_token_with_a_known_ticket_is_accepted_with_few_allocations() {
    bounded(Envelope::Spnego, THIRD, 6);
}

/// Two of them may be the replay cache's, which keeps them.
///
/// Mutual authentication, a ticket with a PAC, one key in the keytab, a replay cache that has seen
/// some tokens.
fn bounded(envelope: Envelope, time: usize, most: u64) {
    for number in NUMBERS {
        let exchange = Exchange::read(number);
        let acceptor = exchange.acceptor();
        // Others came before: what the first of all allocates is not counted.
        let mut strangers = Tokens::new(&exchange, envelope, TicketUse::First);
        accept(&acceptor, &exchange, &strangers.make());
        let tokens = Tokens::new(&exchange, envelope, TicketUse::Repeated);
        let mut tokens = tokens.go_on(1000, exchange.now());
        for _ in 0..time {
            accept(&acceptor, &exchange, &tokens.make());
        }
        let counted = accept(&acceptor, &exchange, &tokens.make());
        println!("enctype {number}: {counted:?}");
        assert!(counted.count_total <= most, "enctype {number}: {counted:?}");
        assert!(
            counted.bytes_total < MOST_OCTETS,
            "enctype {number}: {counted:?}"
        );
    }
}

#[test]
fn what_is_no_token_is_refused_with_few_allocations() {
    let exchange = Exchange::read(18);
    for token in [vec![0x5a; 65_000], many_mechanisms(), many_components()] {
        refused(&exchange, &token, 2);
    }
}

/// The plaintext, what the error says, and the answer.
#[test]
fn a_ticket_that_no_key_opens_is_refused_with_few_allocations() {
    let exchange = Exchange::read(18);
    for envelope in [Envelope::Gss, Envelope::Spnego] {
        let mut token = Tokens::new(&exchange, envelope, TicketUse::First).make();
        let in_ticket = token.len() / 3;
        token[in_ticket] ^= 1;
        refused(&exchange, &token, 3);
    }
}

fn refused(exchange: &Exchange, token: &[u8], most: u64) {
    let (acceptor, now) = (exchange.acceptor(), exchange.now());
    let counted = measure(|| drop(acceptor.begin().step(token, now).expect_err("a bad token")));
    assert!(counted.count_total <= most, "{counted:?}");
}

fn accept(acceptor: &Acceptor, exchange: &Exchange, token: &[u8]) -> AllocationInfo {
    let now = exchange.now();
    measure(|| drop(acceptor.begin().step(token, now).expect("a good token")))
}
