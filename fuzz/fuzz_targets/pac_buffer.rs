//! One buffer of a PAC.
#![no_main]

use portcullis_fuzz::{limits, pac_buffer};

libfuzzer_sys::fuzz_target!(|input: &[u8]| limits::run(pac_buffer::run, input));
