//! Keytabs.
#![no_main]

use portcullis_fuzz::{keytab, limits};

libfuzzer_sys::fuzz_target!(|input: &[u8]| limits::run(keytab::run, input));
