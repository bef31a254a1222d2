//! SASL logins, and the security layers that follow them.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| portcullis_fuzz::sasl::run(input));
