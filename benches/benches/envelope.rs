//! What is around the Kerberos token: base64 of the header, SPNEGO, the frame of GSS-API. Tokens of
//! tickets of four sizes, enctype 18.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use portcullis_benches::{Envelope, TICKETS, TicketUse, Tokens, with_ticket};
use portcullis_formats::der::Decode;
use portcullis_formats::gss::InitialContextToken;
use portcullis_formats::spnego::NegTokenInit;

fn main() {
    divan::main();
}

fn token(octets: usize, envelope: Envelope) -> Vec<u8> {
    let exchange = with_ticket(18, octets);
    Tokens::new(&exchange, envelope, TicketUse::First).make()
}

#[divan::bench(args = TICKETS, sample_size = 100)]
fn base64_of_the_header(bencher: Bencher<'_, '_>, octets: usize) {
    let text = STANDARD.encode(token(octets, Envelope::Spnego));
    bencher
        .counter(BytesCount::of_str(&text))
        .bench_local(|| STANDARD.decode(black_box(&text)).map(|token| token.len()));
}

#[divan::bench(args = TICKETS, sample_size = 1000)]
fn spnego(bencher: Bencher<'_, '_>, octets: usize) {
    let token = token(octets, Envelope::Spnego);
    bencher.bench_local(|| {
        let frame = InitialContextToken::decode(black_box(&token)).expect("a frame");
        let offer = NegTokenInit::from_der(frame.inner).expect("an offer");
        let first = offer.mech_types.and_then(|list| list.iter().next());
        (first.map(<[u8]>::len), offer.mech_token.map(<[u8]>::len))
    });
}

#[divan::bench(args = TICKETS, sample_size = 1000)]
fn frame(bencher: Bencher<'_, '_>, octets: usize) {
    let token = token(octets, Envelope::Gss);
    bencher.bench_local(|| InitialContextToken::decode(black_box(&token)).map(|frame| frame.inner));
}
