//! Requests to the KDC of the test realm: whatever comes, the answer is one or there is none.

use portcullis_formats::der::Decode as _;
use portcullis_formats::messages::{KdcRep, KrbError};
use portcullis_testrealm::{MiniKdc, TestClient, TestRealm};
use std::sync::LazyLock;
use std::time::SystemTime;

static WORLD: LazyLock<(MiniKdc, SystemTime)> = LazyLock::new(|| {
    let realm = realm();
    (realm.kdc(), realm.now())
});

fn realm() -> TestRealm {
    let realm = TestRealm::new("EXAMPLE.TEST");
    realm.user_with_password("alice", "secret");
    realm.service("HTTP/web.example.test");
    realm
}

/// Sends a request.
pub fn run(input: &[u8]) {
    let (kdc, now) = &*WORLD;
    let answer = kdc.answer(input, *now);
    let readable = KdcRep::from_der(&answer).is_ok() || KrbError::from_der(&answer).is_ok();
    assert!(answer.is_empty() || readable);
}

/// What a client asks on its way to a token.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let (kdc, now) = &*WORLD;
    let mut requests = Vec::new();
    let mut ask = |_: &str, request: &[u8]| {
        requests.push(request.to_vec());
        Ok(kdc.answer(request, *now))
    };
    let mut alice = TestClient::with_password("alice@EXAMPLE.TEST", "secret").seed(&[7; 32]);
    let web = "HTTP/web.example.test";
    let _ = alice.token_for(web, *now, &mut ask).expect("a token");
    alice
        .ticket_granting_ticket(*now, &mut ask)
        .expect("a ticket");
    requests
}
