//! What has broken acceptors before, and does not break this one: each test names its cases.
//!
//! What is a rule of an RFC as well has its sentence in the file of that RFC.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "test code"
)]

#[path = "../scene/mod.rs"]
mod scene;

mod ap_req;
mod asn1;
mod bits;
mod conversation;
mod names;
mod spnego;

use portcullis::{Rejection, Step};
use scene::{Scene, rewrite};

fn step(scene: &Scene, token: &[u8]) -> Result<Step, Rejection> {
    scene.acceptor.begin().step(token, scene.realm.now())
}
