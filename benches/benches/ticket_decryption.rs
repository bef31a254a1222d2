//! Opening a ticket of MIT krb5's, with a PAC, by a key whose Ke and Ki are derived.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use portcullis_benches::{Exchange, NUMBERS};
use portcullis_crypto::KeyUsage;
use portcullis_formats::der::Decode;
use portcullis_formats::messages::ApReq;

fn main() {
    divan::main();
}

#[divan::bench(args = NUMBERS, sample_size = 100)]
fn enctype(bencher: Bencher<'_, '_>, number: i32) {
    let exchange = Exchange::read(number);
    let request = ApReq::from_der(&exchange.request).expect("good DER");
    let sealed = request.ticket.enc_part.cipher;
    let key = exchange.service_key.cipher(KeyUsage::TICKET);
    bencher
        .counter(BytesCount::of_slice(sealed))
        .with_inputs(|| sealed.to_vec())
        .bench_local_refs(|cipher| black_box(key.open(cipher).map(|plaintext| plaintext.len())));
}
