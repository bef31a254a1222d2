//! An authenticator behind its MAC.
#![no_main]

use portcullis_fuzz::{inside_authenticator, limits};

libfuzzer_sys::fuzz_target!(|input: &[u8]| limits::run(inside_authenticator::run, input));
