//! A PAC behind its signature.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| portcullis_fuzz::inside_pac::run(input));
