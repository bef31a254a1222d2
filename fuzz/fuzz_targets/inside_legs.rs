//! Later legs of a negotiation, sealed and signed with a ticket's keys.
#![no_main]

use portcullis_fuzz::{inside_legs, limits};

libfuzzer_sys::fuzz_target!(|input: &[u8]| limits::run(inside_legs::run, input));
