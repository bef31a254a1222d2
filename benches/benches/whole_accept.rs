//! The whole accept, token to context and reply: mutual authentication, a ticket with a PAC, the
//! replay cache on. Making a token and dropping the context are not timed.

use divan::Bencher;
use portcullis_benches::{Envelope, Exchange, NUMBERS, TICKETS, TicketUse, Tokens, with_ticket};
use std::sync::Mutex;

fn main() {
    divan::main();
}

/// Tickets of MIT krb5's KDC, each enctype.
mod mit {
    use super::*;

    #[divan::bench(args = NUMBERS, sample_size = 100)]
    fn gss_first(bencher: Bencher<'_, '_>, number: i32) {
        let exchange = Exchange::read(number);
        accept(bencher, &exchange, Envelope::Gss, TicketUse::First);
    }

    #[divan::bench(args = NUMBERS, sample_size = 100)]
    fn gss_repeated(bencher: Bencher<'_, '_>, number: i32) {
        let exchange = Exchange::read(number);
        accept(bencher, &exchange, Envelope::Gss, TicketUse::Repeated);
    }

    #[divan::bench(args = NUMBERS, sample_size = 100)]
    fn spnego_first(bencher: Bencher<'_, '_>, number: i32) {
        let exchange = Exchange::read(number);
        accept(bencher, &exchange, Envelope::Spnego, TicketUse::First);
    }

    #[divan::bench(args = NUMBERS, sample_size = 100)]
    fn spnego_repeated(bencher: Bencher<'_, '_>, number: i32) {
        let exchange = Exchange::read(number);
        accept(bencher, &exchange, Envelope::Spnego, TicketUse::Repeated);
    }
}

/// Tickets with a PAC of four sizes, enctype 18.
mod by_size {
    use super::*;

    #[divan::bench(args = TICKETS, threads = [1, 2], sample_size = 100)]
    fn gss_first(bencher: Bencher<'_, '_>, octets: usize) {
        let exchange = with_ticket(18, octets);
        accept(bencher, &exchange, Envelope::Gss, TicketUse::First);
    }

    #[divan::bench(args = TICKETS, threads = [1, 2], sample_size = 100)]
    fn gss_repeated(bencher: Bencher<'_, '_>, octets: usize) {
        let exchange = with_ticket(18, octets);
        accept(bencher, &exchange, Envelope::Gss, TicketUse::Repeated);
    }
}

fn accept(
    bencher: Bencher<'_, '_>,
    exchange: &Exchange,
    envelope: Envelope,
    ticket_use: TicketUse,
) {
    let (acceptor, now) = (exchange.acceptor(), exchange.now());
    let tokens = Mutex::new(Tokens::new(exchange, envelope, ticket_use));
    bencher
        .with_inputs(|| tokens.lock().expect("no panic").make())
        .bench_refs(|token| acceptor.begin().step(token, now).expect("a good token"));
}
