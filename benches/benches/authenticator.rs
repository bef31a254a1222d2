//! Opening an authenticator of MIT krb5's: the session key is prepared, derived, used and wiped.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use portcullis_benches::{Exchange, NUMBERS};
use portcullis_crypto::{Key, KeyUsage};
use portcullis_formats::der::Decode;
use portcullis_formats::messages::ApReq;

fn main() {
    divan::main();
}

#[divan::bench(args = NUMBERS, sample_size = 100)]
fn enctype(bencher: Bencher<'_, '_>, number: i32) {
    let exchange = Exchange::read(number);
    let request = ApReq::from_der(&exchange.request).expect("good DER");
    let sealed = request.authenticator.cipher;
    let (enctype, octets) = (
        exchange.session_key.enctype(),
        exchange.session_key.expose_octets(),
    );
    bencher
        .counter(BytesCount::of_slice(sealed))
        .with_inputs(|| sealed.to_vec())
        .bench_local_refs(|cipher| {
            let key = Key::new(enctype, black_box(octets)).expect("a key of its length");
            let opened = key.open(KeyUsage::AP_REQ_AUTHENTICATOR, cipher);
            black_box(opened.map(|plaintext| plaintext.len()))
        });
}
