//! A whole conversation, by a peer that has no key.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| portcullis_fuzz::negotiate::run(input));
