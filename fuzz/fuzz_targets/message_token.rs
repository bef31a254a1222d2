//! Per-message tokens: foreign ones, and good MICs in any order.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| portcullis_fuzz::message_token::run(input));
