//! The whole accept, token to context and reply: mutual authentication, a ticket with a PAC, the
//! replay cache on. Making a token and dropping the context are not timed.

use divan::Bencher;
use portcullis_benches::{Envelope, Exchange, NUMBERS, TicketUse, Tokens};

fn main() {
    divan::main();
}

#[divan::bench(args = NUMBERS, sample_size = 100)]
fn gss_first_ticket(bencher: Bencher<'_, '_>, number: i32) {
    accept(bencher, number, Envelope::Gss, TicketUse::First);
}

#[divan::bench(args = NUMBERS, sample_size = 100)]
fn gss_repeated_ticket(bencher: Bencher<'_, '_>, number: i32) {
    accept(bencher, number, Envelope::Gss, TicketUse::Repeated);
}

#[divan::bench(args = NUMBERS, sample_size = 100)]
fn spnego_first_ticket(bencher: Bencher<'_, '_>, number: i32) {
    accept(bencher, number, Envelope::Spnego, TicketUse::First);
}

#[divan::bench(args = NUMBERS, sample_size = 100)]
fn spnego_repeated_ticket(bencher: Bencher<'_, '_>, number: i32) {
    accept(bencher, number, Envelope::Spnego, TicketUse::Repeated);
}

fn accept(bencher: Bencher<'_, '_>, number: i32, envelope: Envelope, ticket_use: TicketUse) {
    let exchange = Exchange::read(number);
    let (acceptor, now) = (exchange.acceptor(), exchange.now());
    let mut tokens = Tokens::new(&exchange, envelope, ticket_use);
    bencher
        .with_inputs(|| tokens.make())
        .bench_local_refs(|token| acceptor.begin().step(token, now).expect("a good token"));
}
