//! The PAC: found wrong nowhere, and its server's signature verified, as the acceptor does both once
//! for each ticket. Tickets of four sizes; the signature for each enctype, too.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use portcullis_benches::{TICKETS, with_ticket};
use portcullis_crypto::KeyUsage;
use portcullis_formats::pac::{LogonInfo, PacBufferType, RawPac};

/// Each enctype with a ticket of each size.
const CASES: [(i32, usize); 8] = [
    (18, TICKETS[0]),
    (18, TICKETS[1]),
    (18, TICKETS[2]),
    (18, TICKETS[3]),
    (17, TICKETS[1]),
    (19, TICKETS[1]),
    (20, TICKETS[1]),
    (23, TICKETS[1]),
];

fn main() {
    divan::main();
}

#[divan::bench(args = TICKETS, sample_size = 100)]
fn decode(bencher: Bencher<'_, '_>, octets: usize) {
    let exchange = with_ticket(18, octets);
    let (_, pac) = exchange.pac().expect("a PAC");
    bencher.bench_local(|| {
        let pac = RawPac::decode(black_box(pac)).expect("a good PAC");
        let logon_info = pac
            .buffer(PacBufferType::LOGON_INFO)
            .expect("logon information");
        LogonInfo::decode(logon_info.octets).map(|info| info.user_id)
    });
}

#[divan::bench(args = CASES, sample_size = 100)]
fn server_signature(bencher: Bencher<'_, '_>, (number, octets): (i32, usize)) {
    let exchange = with_ticket(number, octets);
    let (_, pac) = exchange.pac().expect("a PAC");
    let key = exchange.service_key.mac(KeyUsage::PAC_CHECKSUM);
    bencher
        .counter(BytesCount::of_slice(pac))
        .bench_local(|| key.checksum(&[black_box(pac)]));
}
