//! Rules for local names.
#![no_main]

use portcullis_fuzz::{limits, local_name};

libfuzzer_sys::fuzz_target!(|input: &[u8]| limits::run(local_name::run, input));
