//! Files of settings.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| portcullis_fuzz::krb5_conf::run(input));
