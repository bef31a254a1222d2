//! Refusals, the answer made, beside an accept: what is no token, what has a ticket that no key
//! opens, and a replay. Making a token, and dropping the error and its answer, are not timed.

use divan::Bencher;
use portcullis::formats::keytab::{KeytabVersion, KeytabWriter};
use portcullis::formats::registry::{EtypeNumber, Kvno};
use portcullis::{Acceptor, Keytab};
use portcullis_benches::{
    Envelope, Exchange, TICKETS, TicketUse, Tokens, many_components, many_mechanisms, with_ticket,
};

const ENCTYPE: i32 = 18;

fn main() {
    divan::main();
}

/// 64 KB that no header begins.
#[divan::bench(sample_size = 100)]
fn octets(bencher: Bencher<'_, '_>) {
    refuse(bencher, &vec![0x5a; 65_000]);
}

#[divan::bench(sample_size = 100)]
fn mechanisms(bencher: Bencher<'_, '_>) {
    refuse(bencher, &many_mechanisms());
}

#[divan::bench(sample_size = 100)]
fn components(bencher: Bencher<'_, '_>) {
    refuse(bencher, &many_components());
}

fn refuse(bencher: Bencher<'_, '_>, token: &[u8]) {
    let exchange = Exchange::read(ENCTYPE);
    let (acceptor, now) = (exchange.acceptor(), exchange.now());
    bencher.bench_local(|| acceptor.begin().step(token, now).expect_err("no token"));
}

/// A ticket with a changed octet, and the key that it is for.
#[divan::bench(args = TICKETS, sample_size = 100)]
fn changed_ticket(bencher: Bencher<'_, '_>, octets: usize) {
    let exchange = with_ticket(ENCTYPE, octets);
    let (acceptor, now) = (exchange.acceptor(), exchange.now());
    let mut token = first(&exchange);
    let in_ticket = token.len() / 3;
    token[in_ticket] ^= 1;
    bencher.bench_local(|| acceptor.begin().step(&token, now).expect_err("changed"));
}

/// A ticket of 1.5 KB for a key that is not among those of the service, all of which are tried: no
/// version fits.
#[divan::bench(args = [1, 2, 4, 8], sample_size = 100)]
fn foreign_key(bencher: Bencher<'_, '_>, keys: u8) {
    let exchange = with_ticket(ENCTYPE, TICKETS[1]);
    let (acceptor, now) = (with_other_keys(keys), exchange.now());
    let token = first(&exchange);
    bencher.bench_local(|| acceptor.begin().step(&token, now).expect_err("foreign"));
}

fn with_other_keys(keys: u8) -> Acceptor {
    let service = "HTTP/web.example.test@EXAMPLE.TEST".parse();
    let service = service.expect("a principal");
    let mut keytab = KeytabWriter::new(KeytabVersion::V2);
    for number in 1..=keys {
        let (kvno, key) = (Kvno(100 + u32::from(number)), [number; 32]);
        keytab
            .add(&service, 0, kvno, EtypeNumber(ENCTYPE), &key)
            .expect("a short name");
    }
    let keytab = Keytab::parse(keytab.into_vec()).expect("a keytab");
    Acceptor::builder(keytab).build().expect("usable keys")
}

/// The same token a second time.
#[divan::bench(args = TICKETS, sample_size = 100)]
fn replay(bencher: Bencher<'_, '_>, octets: usize) {
    let exchange = with_ticket(ENCTYPE, octets);
    let (acceptor, now) = (exchange.acceptor(), exchange.now());
    let token = first(&exchange);
    assert!(acceptor.begin().step(&token, now).is_ok());
    bencher.bench_local(|| acceptor.begin().step(&token, now).expect_err("a replay"));
}

fn first(exchange: &Exchange) -> Vec<u8> {
    Tokens::new(exchange, Envelope::Gss, TicketUse::First).make()
}
