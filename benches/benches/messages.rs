//! Messages, sealed and opened with every enctype of RFC 4121, and below them the floor: the same
//! octets through the bare ciphers and MACs, whose keys are prepared. Making a context and copying
//! a token that is opened in place are not timed.

use aes::{Aes256Dec, Aes256Enc};
use cipher::array::Array;
use cipher::{InnerIvInit, KeyInit};
use cts::{CbcCs3, Decrypt, Encrypt};
use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use hmac::{Hmac, Mac};
use portcullis::context::{InPlace, Layout, Protection};
use portcullis::{Acceptor, Enctype, SecurityContext};
use portcullis_testrealm::{InitiatorContext, TestRealm};
use sha1::Sha1;

const LENGTHS: [usize; 4] = [64, 1500, 64 << 10, 1 << 20];
const NUMBERS: [i32; 4] = [17, 18, 19, 20];
const SEALED: Protection = Protection::Confidentiality;

fn main() {
    divan::main();
}

/// Both ends of a context.
fn both(number: i32) -> (SecurityContext, InitiatorContext) {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let enctype = Enctype::try_from(number).expect("an enctype that is compiled in");
    let web = realm.service_with("HTTP/web.example.test");
    let web = web.enctypes([enctype]).build();
    let acceptor = Acceptor::new(web.keytab()).expect("a usable key");
    let token = realm.user("alice").token_for(&web).mutual().build();
    let step = acceptor.begin().step(token.token(), realm.now());
    let Ok(portcullis::Step::Complete { context, reply }) = step else {
        panic!("a good token");
    };
    let reply = reply.expect("mutual authentication");
    (context, token.finish(&reply).expect("a good reply"))
}

fn pairs() -> impl Iterator<Item = (i32, usize)> {
    NUMBERS
        .into_iter()
        .flat_map(|number| LENGTHS.map(|length| (number, length)))
}

#[divan::bench(args = pairs())]
fn wrap(bencher: Bencher<'_, '_>, (number, length): (i32, usize)) {
    let (mut context, _) = both(number);
    let message = vec![7; length];
    let bencher = bencher.counter(BytesCount::new(length));
    bencher.bench_local(|| context.wrap(black_box(&message), SEALED));
}

#[divan::bench(args = pairs())]
fn wrap_in_place(bencher: Bencher<'_, '_>, (number, length): (i32, usize)) {
    let (mut context, _) = both(number);
    let lengths = context.token_lengths(SEALED, Layout::HeaderAndTrailer);
    let lengths = lengths.expect("a key of RFC 4121");
    let (mut header, mut trailer) = (vec![0; lengths.header], vec![0; lengths.trailer]);
    let mut message = vec![7; length];
    let bencher = bencher.counter(BytesCount::new(length));
    bencher.bench_local(|| {
        let token = InPlace {
            header: &mut header,
            clear_before: &[],
            message: black_box(&mut message),
            clear_after: &[],
            trailer: &mut trailer,
        };
        context.wrap_in_place(token, SEALED)
    });
}

#[divan::bench(args = pairs())]
fn unwrap(bencher: Bencher<'_, '_>, (number, length): (i32, usize)) {
    let (mut context, mut initiator) = both(number);
    let token = initiator.wrap(&vec![7; length], SEALED).expect("a token");
    let bencher = bencher.counter(BytesCount::new(length));
    bencher
        .with_inputs(|| token.clone())
        .bench_local_refs(|token| context.unwrap(token).expect("a good token").message.len());
}

#[divan::bench(args = pairs())]
fn mic(bencher: Bencher<'_, '_>, (number, length): (i32, usize)) {
    let (mut context, _) = both(number);
    let message = vec![7; length];
    let bencher = bencher.counter(BytesCount::new(length));
    bencher.bench_local(|| context.mic(black_box(&message)));
}

/// Enctype 18: confounder, message and header, hashed and encrypted where they are.
#[divan::bench(args = LENGTHS)]
fn floor_seal(bencher: Bencher<'_, '_>, length: usize) {
    let (cipher, integrity) = floor_keys();
    let mut text = vec![7; 16 + length + 16];
    let bencher = bencher.counter(BytesCount::new(length));
    bencher.bench_local(|| {
        let mut mac = integrity.clone();
        mac.update(black_box(&text));
        let tag = mac.finalize();
        let sealed = CbcCs3::inner_iv_init(&cipher, &Array::default()).encrypt(&mut text);
        (sealed.is_ok(), tag)
    });
}

/// Enctype 18: the same, decrypted and hashed.
#[divan::bench(args = LENGTHS)]
fn floor_open(bencher: Bencher<'_, '_>, length: usize) {
    let (_, integrity) = floor_keys();
    let cipher = Aes256Dec::new(&[7; 32].into());
    let mut text = vec![7; 16 + length + 16];
    let bencher = bencher.counter(BytesCount::new(length));
    bencher.bench_local(|| {
        let opened = CbcCs3::inner_iv_init(&cipher, &Array::default()).decrypt(&mut text);
        let mut mac = integrity.clone();
        mac.update(black_box(&text));
        (opened.is_ok(), mac.finalize())
    });
}

fn floor_keys() -> (Aes256Enc, Hmac<Sha1>) {
    let integrity = Hmac::new_from_slice(&[7; 32]).expect("HMAC takes any key");
    (Aes256Enc::new(&[7; 32].into()), integrity)
}
