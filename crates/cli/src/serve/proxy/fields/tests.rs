use super::*;
use crate::serve::request::{About, Peer, Purpose};

fn errand() -> Errand {
    let peer = Peer {
        address: Some("192.0.2.1:5000".parse().unwrap()),
        ..Peer::default()
    };
    let mut request = Request::new(());
    let host = HeaderValue::from_static("web.example.test");
    request.headers_mut().insert(HOST, host);
    Errand::new(About::own(&request, &peer, false), Purpose::Application)
}

fn sent(fields: &[(&'static str, &'static str)], trusts_forwarded: bool) -> HeaderMap {
    let mut request = Request::new(());
    for (name, value) in fields {
        let value = HeaderValue::from_static(value);
        request.headers_mut().append(*name, value);
    }
    for_the_application(&mut request, &errand(), trusts_forwarded, None);
    request.headers().clone()
}

fn all<'h>(headers: &'h HeaderMap, name: &str) -> Vec<&'h str> {
    let values = headers.get_all(name).iter();
    values.map(|value| value.to_str().unwrap()).collect()
}

#[test]
fn what_is_between_neighbours_stays_there() {
    let headers = sent(
        &[
            ("connection", "keep-alive, X-Mine"),
            ("keep-alive", "timeout=5"),
            ("x-mine", "1"),
            ("te", "gzip"),
            ("upgrade", "h2c"),
            ("transfer-encoding", "chunked"),
            ("proxy-connection", "keep-alive"),
            ("expect", "100-continue"),
            ("accept", "*/*"),
        ],
        false,
    );
    let names: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
    assert_eq!(
        names,
        [
            "accept",
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-proto"
        ]
    );
}

#[test]
fn our_credentials_go_no_further_and_others_do() {
    let headers = sent(
        &[
            ("authorization", "negotiate YII="),
            ("authorization", "Bearer abc"),
        ],
        false,
    );
    assert_eq!(all(&headers, "authorization"), ["Bearer abc"]);
}

#[test]
fn a_client_does_not_say_where_it_comes_from() {
    let claims = [
        ("x-forwarded-for", "127.0.0.1"),
        ("x-forwarded-proto", "https"),
        ("x-real-ip", "127.0.0.1"),
        ("forwarded", "for=127.0.0.1"),
    ];
    let headers = sent(&claims, false);
    assert_eq!(all(&headers, "x-forwarded-for"), ["192.0.2.1"]);
    assert_eq!(all(&headers, "x-forwarded-proto"), ["http"]);
    assert_eq!(all(&headers, "x-forwarded-host"), ["web.example.test"]);
    assert!(!headers.contains_key("forwarded") && !headers.contains_key("x-real-ip"));

    let headers = sent(&claims, true);
    assert_eq!(all(&headers, "x-forwarded-for"), ["127.0.0.1, 192.0.2.1"]);
    assert_eq!(all(&headers, "x-forwarded-proto"), ["https"]);
}

#[test]
fn cookies_are_one_field() {
    let headers = sent(&[("cookie", "a=1"), ("cookie", "b=2")], false);
    assert_eq!(all(&headers, "cookie"), ["a=1; b=2"]);
}

#[test]
fn our_cookies_go_no_further() {
    let mut headers = HeaderMap::new();
    let mut left = |cookies: &str| {
        headers.insert(COOKIE, HeaderValue::from_str(cookies).unwrap());
        without_our_cookies(&mut headers, "mine");
        let left = headers.get(COOKIE)?.as_bytes().to_vec();
        Some(String::from_utf8(left).unwrap())
    };
    assert_eq!(left("a=1; __Host-mine=x; b=2").unwrap(), "a=1; b=2");
    assert_eq!(left("mine=x;__Host-portcullis-leg=1"), None);
    assert_eq!(left("minemine=x").unwrap(), "minemine=x");
    assert_eq!(left("a=\u{e9}; mine=x").unwrap(), "a=\u{e9}");
    assert_eq!(left("mine=\u{e9}"), None);
}
