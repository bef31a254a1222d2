//! The messages of the AP exchange, as they stand in clear.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| portcullis_fuzz::ap_req::run(input));
