//! A replay cache under a clock that goes where it likes.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| portcullis_fuzz::replay_cache::run(input));
