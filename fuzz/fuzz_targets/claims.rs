//! Compressed claims.
#![no_main]

use portcullis_fuzz::{claims, limits};

libfuzzer_sys::fuzz_target!(|input: &[u8]| limits::run(claims::run, input));
