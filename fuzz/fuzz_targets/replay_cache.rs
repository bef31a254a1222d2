//! A replay cache under a clock that goes where it likes.
#![no_main]

use portcullis_fuzz::{limits, replay_cache};

libfuzzer_sys::fuzz_target!(|input: &[u8]| limits::run(replay_cache::run, input));
