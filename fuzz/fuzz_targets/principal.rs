//! Principals as text.
#![no_main]

use portcullis_fuzz::{limits, principal};

libfuzzer_sys::fuzz_target!(|input: &[u8]| limits::run(principal::run, input));
