//! Wrap tokens with any content and header, past the MAC.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| portcullis_fuzz::inside_message::run(input));
