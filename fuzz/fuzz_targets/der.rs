//! Everything that is DER.
#![no_main]

use portcullis_fuzz::{der, limits};

libfuzzer_sys::fuzz_target!(|input: &[u8]| limits::run(der::run, input));
