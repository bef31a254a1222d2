//! Requests to the KDC of the test realm.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| portcullis_fuzz::kdc::run(input));
