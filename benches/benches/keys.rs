//! From a key's octets to what a usage needs, for each enctype: what an accept does twice with the
//! session key, and an acceptor once with each key of its keytab.

use divan::{Bencher, black_box};
use portcullis_benches::{Exchange, NUMBERS};
use portcullis_crypto::{Key, KeyUsage};

fn main() {
    divan::main();
}

#[divan::bench(args = NUMBERS, sample_size = 100)]
fn ke_and_ki(bencher: Bencher<'_, '_>, number: i32) {
    let key = key(number);
    bencher.bench_local(|| black_box(&key).cipher(KeyUsage::AP_REQ_AUTHENTICATOR));
}

#[divan::bench(args = NUMBERS, sample_size = 100)]
fn ke_and_ki_of_a_prepared_key(bencher: Bencher<'_, '_>, number: i32) {
    let key = key(number).prepare();
    bencher.bench_local(|| black_box(&key).cipher(KeyUsage::AP_REQ_AUTHENTICATOR));
}

#[divan::bench(args = NUMBERS, sample_size = 100)]
fn kc(bencher: Bencher<'_, '_>, number: i32) {
    let key = key(number);
    bencher.bench_local(|| black_box(&key).mac(KeyUsage::PAC_CHECKSUM));
}

fn key(number: i32) -> Key {
    Exchange::read(number).session_key
}
