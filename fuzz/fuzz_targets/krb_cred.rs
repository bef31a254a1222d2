//! A delegated credential, in clear and behind its MAC.
#![no_main]

use portcullis_fuzz::{krb_cred, limits};

libfuzzer_sys::fuzz_target!(|input: &[u8]| limits::run(krb_cred::run, input));
