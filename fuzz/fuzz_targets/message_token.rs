//! Per-message tokens: foreign ones, and good MICs in any order.
#![no_main]

use portcullis_fuzz::{limits, message_token};

libfuzzer_sys::fuzz_target!(|input: &[u8]| limits::run(message_token::run, input));
