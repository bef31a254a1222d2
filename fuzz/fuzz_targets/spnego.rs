//! The frames around Kerberos: GSS-API and SPNEGO.
#![no_main]

use portcullis_fuzz::{limits, spnego};

libfuzzer_sys::fuzz_target!(|input: &[u8]| limits::run(spnego::run, input));
