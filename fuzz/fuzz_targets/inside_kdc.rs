//! Requests to the KDC of the test realm, sealed with keys that a client has.
#![no_main]

use portcullis_fuzz::{inside_kdc, limits};

libfuzzer_sys::fuzz_target!(|input: &[u8]| limits::run(inside_kdc::run, input));
