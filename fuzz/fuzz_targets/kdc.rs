//! Requests to the KDC of the test realm.
#![no_main]

use portcullis_fuzz::{kdc, limits};

libfuzzer_sys::fuzz_target!(|input: &[u8]| limits::run(kdc::run, input));
