//! The fields of a request.
#![no_main]

use portcullis_fuzz::{header, limits};

libfuzzer_sys::fuzz_target!(|input: &[u8]| limits::run(header::run, input));
