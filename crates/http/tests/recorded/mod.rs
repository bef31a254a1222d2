//! Tokens that real clients made, the keytab that opens them, and the moment at which they came.

#![allow(dead_code, reason = "each test binary takes what it needs")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    reason = "test code"
)]

use core::convert::Infallible;
use core::fmt::Debug;
use core::time::Duration;
use http::{HeaderMap, Request, Response, header};
use portcullis::{Acceptor, AcceptorBuilder, Keytab};
use portcullis_http::NegotiateLayer;
use portcullis_http::header::challenge;
use portcullis_testdata::unhex;
use std::time::SystemTime;

pub(crate) const CURL: &str = include_str!("../../../../testdata/tokens/curl.txt");
pub(crate) const REQUESTS: &str = include_str!("../../../../testdata/tokens/requests-kerberos.txt");
pub(crate) const JAVA: &str = include_str!("../../../../testdata/tokens/java-http.txt");
pub(crate) const GOKRB5: &str = include_str!("../../../../testdata/tokens/gokrb5-18.txt");
pub(crate) const ONE_WAY: &str = include_str!("../../../../testdata/tokens/mit-one-way.txt");
pub(crate) const BOUND: &str = include_str!("../../../../testdata/tokens/mit-bound.txt");
pub(crate) const DCE: &str = include_str!("../../../../testdata/tokens/mit-dce.txt");
pub(crate) const OTHER_SERVICE: &str = include_str!("../../../../testdata/tokens/mit-krb5-17.txt");
pub(crate) const RC4: &str = include_str!("../../../../testdata/tokens/mit-spnego-23.txt");

/// 2026-11-23T08:52:16Z: within three minutes of each recording.
pub(crate) fn then() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_423_936)
}

pub(crate) fn an_hour_later() -> SystemTime {
    then() + Duration::from_secs(3600)
}

/// The octets of a hexadecimal field of a recording.
pub(crate) fn octets(recording: &str, name: &str) -> Vec<u8> {
    let line = recording
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    unhex(line.unwrap_or_else(|| panic!("no field {name}")).trim())
}

pub(crate) fn token(recording: &str) -> Vec<u8> {
    octets(recording, "token")
}

pub(crate) fn builder(recording: &str) -> AcceptorBuilder {
    Acceptor::builder(Keytab::parse(octets(recording, "keytab")).unwrap())
}

/// A layer for the service of a recording, at the time of the recording.
pub(crate) fn layer(recording: &str) -> NegotiateLayer {
    NegotiateLayer::new(builder(recording).build().unwrap()).now(then)
}

/// A request with these values of `Authorization`.
pub(crate) fn request<V>(credentials: impl IntoIterator<Item = V>) -> Request<String>
where
    V: TryInto<http::HeaderValue, Error: Debug>,
{
    let mut request = Request::get("http://e18.example.test/")
        .body(String::new())
        .unwrap();
    for value in credentials {
        request
            .headers_mut()
            .append(header::AUTHORIZATION, value.try_into().unwrap());
    }
    request
}

/// A request with a token. The field is written as our own replies are: the grammar is the same.
pub(crate) fn with_token(token: &[u8]) -> Request<String> {
    request([challenge(Some(token))])
}

/// The values of `WWW-Authenticate`.
pub(crate) fn challenges(headers: &HeaderMap) -> Vec<&str> {
    let values = headers.get_all(header::WWW_AUTHENTICATE);
    values.iter().map(|value| value.to_str().unwrap()).collect()
}

/// What the client finds in the one `WWW-Authenticate` of an answer.
pub(crate) fn reply<B>(answer: &Response<B>) -> Vec<u8> {
    let [value] = challenges(answer.headers())[..] else {
        panic!("one challenge is due")
    };
    let request = request([value]);
    let token = portcullis_http::header::token(request.headers(), usize::MAX);
    token.unwrap().expect("a reply")
}

/// The service behind a layer that lets nobody through.
pub(crate) async fn unreachable(_: Request<String>) -> Result<Response<String>, Infallible> {
    panic!("the service was reached")
}
