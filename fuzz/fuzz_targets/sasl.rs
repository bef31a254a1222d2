//! SASL logins, and the security layers that follow them.
#![no_main]

use portcullis_fuzz::{limits, sasl};

libfuzzer_sys::fuzz_target!(|input: &[u8]| limits::run(sasl::run, input));
