//! An authenticator behind its MAC.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| portcullis_fuzz::inside_authenticator::run(input));
