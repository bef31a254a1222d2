//! Wrap tokens with any content and header, past the MAC.
#![no_main]

use portcullis_fuzz::{inside_message, limits};

libfuzzer_sys::fuzz_target!(|input: &[u8]| limits::run(inside_message::run, input));
