//! The messages of the AP exchange, as they stand in clear.
#![no_main]

use portcullis_fuzz::{ap_req, limits};

libfuzzer_sys::fuzz_target!(|input: &[u8]| limits::run(ap_req::run, input));
