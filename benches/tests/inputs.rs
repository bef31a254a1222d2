//! The inputs that are made here are what they should be: everybody accepts them.

use portcullis::{Enctype, Step};
use portcullis_benches::{CLIENT, Envelope, Exchange, Floor, TICKETS, TicketUse, Tokens};
use std::time::{Duration, UNIX_EPOCH};

const ENCTYPES: [Enctype; 4] = [
    Enctype::Aes128CtsHmacSha1_96,
    Enctype::Aes256CtsHmacSha1_96,
    Enctype::Aes128CtsHmacSha256_128,
    Enctype::Aes256CtsHmacSha384_192,
];

fn exchanges() -> impl Iterator<Item = (usize, Exchange)> {
    let now = UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    ENCTYPES.into_iter().flat_map(move |enctype| {
        TICKETS.map(|octets| (octets, Exchange::with_ticket_of(enctype, octets, now)))
    })
}

#[test]
fn tickets_have_the_length_that_was_asked_for() {
    for (octets, exchange) in exchanges() {
        let around = exchange.ticket.len() + 40;
        assert!(around.abs_diff(octets) < 48, "{around} for {octets}");
    }
}

#[test]
fn we_accept_them_in_both_envelopes_first_and_repeated() {
    for (_, exchange) in exchanges() {
        let acceptor = exchange.acceptor();
        for (number, envelope) in [Envelope::Gss, Envelope::Spnego].into_iter().enumerate() {
            for (more, ticket_use) in [TicketUse::First, TicketUse::Repeated]
                .into_iter()
                .enumerate()
            {
                let made = u32::try_from(1000 * (2 * number + more)).unwrap();
                let tokens = Tokens::new(&exchange, envelope, ticket_use);
                let token = tokens.go_on(made, exchange.now()).make();
                let Ok(Step::Complete { context, reply }) =
                    acceptor.begin().step(&token, exchange.now())
                else {
                    panic!("a good token");
                };
                assert_eq!(context.identity().client().to_string(), CLIENT);
                assert!(reply.is_some());
            }
        }
    }
}

/// The floor does the work: it opens what was sealed, and nothing else.
#[test]
fn the_floor_opens_them_and_refuses_others() {
    for (octets, exchange) in exchanges() {
        let floor = Floor::new(&exchange);
        let token = Tokens::new(&exchange, Envelope::Gss, TicketUse::First).make();
        let login = floor.prepare(&token);
        assert!(floor.accept(&mut login.clone()), "{octets}");
        let mut spoilt = floor.prepare(&token);
        spoilt.spoil();
        assert!(!floor.accept(&mut spoilt));
    }
}
