//! Exported contexts that the key seals.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| portcullis_fuzz::exported_context::run(input));
