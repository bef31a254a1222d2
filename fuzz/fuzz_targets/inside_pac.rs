//! A PAC behind its signature.
#![no_main]

use portcullis_fuzz::{inside_pac, limits};

libfuzzer_sys::fuzz_target!(|input: &[u8]| limits::run(inside_pac::run, input));
