//! A whole conversation, by a peer that has no key.
#![no_main]

use portcullis_fuzz::{limits, negotiate};

libfuzzer_sys::fuzz_target!(|input: &[u8]| limits::run(negotiate::run, input));
