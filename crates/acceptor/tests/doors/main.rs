//! Every door of the acceptor, with whatever strangers may send: in a small stack, and without taking
//! much more memory than came in.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "test code"
)]
#![cfg(all(feature = "legacy-enctypes", feature = "camellia"))]

mod allocations;
mod files;
mod recorded;
#[path = "../scene/mod.rs"]
mod scene;
mod stack;
mod tokens;
