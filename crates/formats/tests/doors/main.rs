//! Every reader of this crate, with whatever strangers may send: in a stack of 64 KiB, and without
//! taking more memory than came in.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "test code"
)]

mod allocations;
mod inputs;
mod readers;
mod stack;
