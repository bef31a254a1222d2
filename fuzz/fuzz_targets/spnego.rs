//! The frames around Kerberos: GSS-API and SPNEGO.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| portcullis_fuzz::spnego::run(input));
