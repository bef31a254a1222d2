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

use portcullis::formats::der::{Decode, Encode};
use portcullis::formats::gss::{InitialContextToken, TokenId, frame, split_token_id};
use portcullis::formats::messages::ApReq;
use portcullis::{Rejection, Step};
use scene::Scene;

/// A token like `token`, whose AP-REQ was changed where it stands in clear.
fn rewrite(token: &[u8], change: impl FnOnce(&mut ApReq<'_>)) -> Vec<u8> {
    let framed = InitialContextToken::decode(token).unwrap();
    let mut request = ApReq::from_der(split_token_id(framed.inner).unwrap().1).unwrap();
    change(&mut request);
    frame(
        framed.oid,
        &[&TokenId::AP_REQ.0, request.to_der().as_slice()].concat(),
    )
}

fn step(scene: &Scene, token: &[u8]) -> Result<Step, Rejection> {
    scene.acceptor.begin().step(token, scene.realm.now())
}
