//! PACs.
#![no_main]

use portcullis_fuzz::{limits, pac};

libfuzzer_sys::fuzz_target!(|input: &[u8]| limits::run(pac::run, input));
