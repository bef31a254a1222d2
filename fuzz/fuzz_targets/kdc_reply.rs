//! What a KDC answers to a client.
#![no_main]

use portcullis_fuzz::{kdc_reply, limits};

libfuzzer_sys::fuzz_target!(|input: &[u8]| limits::run(kdc_reply::run, input));
