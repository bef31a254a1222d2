//! A delegated credential, in clear and behind its MAC.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| portcullis_fuzz::krb_cred::run(input));
