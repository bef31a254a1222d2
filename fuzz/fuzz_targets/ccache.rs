//! Credential caches.
#![no_main]

use portcullis_fuzz::{ccache, limits};

libfuzzer_sys::fuzz_target!(|input: &[u8]| limits::run(ccache::run, input));
