//! Sealing an AP-REP for each enctype: with a session key that is not prepared, as for a first
//! ticket, and with one that is, as for a known one.

use divan::{Bencher, black_box};
use portcullis_benches::{Exchange, NUMBERS};
use portcullis_crypto::KeyUsage;
use portcullis_formats::der::Encode;
use portcullis_formats::messages::{
    ApRep, EncApRepPart, EncryptedData, EncryptionKey, KerberosTime, Microseconds,
};
use portcullis_formats::registry::EtypeNumber;

fn main() {
    divan::main();
}

#[divan::bench(args = NUMBERS, sample_size = 100)]
fn first_ticket(bencher: Bencher<'_, '_>, number: i32) {
    let key = Exchange::read(number).session_key;
    bencher.bench_local(|| {
        ap_rep(number, |part, cipher| {
            black_box(&key).seal(KeyUsage::AP_REP, &[7; 16], &[part], cipher);
        })
    });
}

#[divan::bench(args = NUMBERS, sample_size = 100)]
fn known_ticket(bencher: Bencher<'_, '_>, number: i32) {
    let key = Exchange::read(number).session_key.cipher(KeyUsage::AP_REP);
    bencher.bench_local(|| {
        ap_rep(number, |part, cipher| {
            black_box(&key).seal(&[7; 16], &[part], cipher);
        })
    });
}

fn ap_rep(number: i32, seal: impl FnOnce(&[u8], &mut Vec<u8>)) -> Vec<u8> {
    let etype = EtypeNumber(number);
    let part = EncApRepPart {
        ctime: KerberosTime::from_unix(1_800_000_000),
        cusec: Microseconds::default(),
        subkey: Some(EncryptionKey {
            keytype: etype,
            keyvalue: &[7; 32],
        }),
        seq_number: Some(0x1234_5678),
    };
    let mut cipher = Vec::new();
    seal(&part.to_der(), &mut cipher);
    let enc_part = EncryptedData {
        etype,
        kvno: None,
        cipher: &cipher,
    };
    ApRep { enc_part }.to_der()
}
