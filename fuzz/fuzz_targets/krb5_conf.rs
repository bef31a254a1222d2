//! Files of settings.
#![no_main]

use portcullis_fuzz::{krb5_conf, limits};

libfuzzer_sys::fuzz_target!(|input: &[u8]| limits::run(krb5_conf::run, input));
