//! The KDC of a test realm: what it answers, and what it refuses with which code.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "test code"
)]

mod as_exchange;
mod client;
mod mutations;
mod pac;
mod s4u;
mod salt;
mod serve;
mod tgs_exchange;
mod trust;

use portcullis_testrealm::{MiniKdc, TestRealm, TestService};
use std::time::SystemTime;

/// A realm with alice, bob (password `secret`) and a service.
struct Scene {
    realm: TestRealm,
    kdc: MiniKdc,
    web: TestService,
    now: SystemTime,
}

fn scene() -> Scene {
    let realm = TestRealm::new("EXAMPLE.TEST");
    for user in ["alice", "bob"] {
        realm.user_with_password(user, "secret");
    }
    Scene {
        kdc: realm.kdc(),
        web: realm.service("HTTP/web.example.test"),
        now: realm.now(),
        realm,
    }
}
