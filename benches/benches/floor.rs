//! The floor of an accept (`portcullis_benches::Floor`) for each enctype and size of ticket.

use divan::Bencher;
use portcullis_benches::{Envelope, Floor, TICKETS, TicketUse, Tokens, with_ticket};

fn main() {
    divan::main();
}

#[divan::bench(args = TICKETS, sample_size = 100)]
fn enctype_17(bencher: Bencher<'_, '_>, octets: usize) {
    floor(bencher, 17, octets);
}

#[divan::bench(args = TICKETS, sample_size = 100)]
fn enctype_18(bencher: Bencher<'_, '_>, octets: usize) {
    floor(bencher, 18, octets);
}

#[divan::bench(args = TICKETS, sample_size = 100)]
fn enctype_19(bencher: Bencher<'_, '_>, octets: usize) {
    floor(bencher, 19, octets);
}

#[divan::bench(args = TICKETS, sample_size = 100)]
fn enctype_20(bencher: Bencher<'_, '_>, octets: usize) {
    floor(bencher, 20, octets);
}

fn floor(bencher: Bencher<'_, '_>, number: i32, octets: usize) {
    let exchange = with_ticket(number, octets);
    let floor = Floor::new(&exchange);
    let token = Tokens::new(&exchange, Envelope::Gss, TicketUse::First).make();
    let login = floor.prepare(&token);
    bencher
        .with_inputs(|| login.clone())
        .bench_local_refs(|login| floor.accept(login));
}
