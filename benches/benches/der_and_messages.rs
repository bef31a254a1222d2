//! Decoding: an AP-REQ, a ticket and an authenticator of MIT krb5's, enctype 18.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use portcullis_benches::Exchange;
use portcullis_formats::der::Decode;
use portcullis_formats::messages::{ApReq, Authenticator, EncTicketPart};

fn main() {
    divan::main();
}

#[divan::bench(sample_size = 1000)]
fn ap_req(bencher: Bencher<'_, '_>) {
    let octets = Exchange::read(18).request;
    bencher
        .counter(BytesCount::of_slice(&octets))
        .bench_local(|| ApReq::from_der(black_box(&octets)).map(|request| request.ap_options));
}

#[divan::bench(sample_size = 1000)]
fn enc_ticket_part(bencher: Bencher<'_, '_>) {
    let octets = Exchange::read(18).ticket;
    bencher
        .counter(BytesCount::of_slice(&octets))
        .bench_local(|| EncTicketPart::from_der(black_box(&octets)).map(|ticket| ticket.flags));
}

#[divan::bench(sample_size = 1000)]
fn authenticator(bencher: Bencher<'_, '_>) {
    let octets = Exchange::read(18).authenticator;
    bencher
        .counter(BytesCount::of_slice(&octets))
        .bench_local(|| Authenticator::from_der(black_box(&octets)).map(|said| said.ctime));
}
