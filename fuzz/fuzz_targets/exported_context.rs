//! Exported contexts that the key seals.
#![no_main]

use portcullis_fuzz::{exported_context, limits};

libfuzzer_sys::fuzz_target!(|input: &[u8]| limits::run(exported_context::run, input));
