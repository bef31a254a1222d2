//! A ticket behind its MAC.
#![no_main]

use portcullis_fuzz::{inside_ticket, limits};

libfuzzer_sys::fuzz_target!(|input: &[u8]| limits::run(inside_ticket::run, input));
