//! The fields of a request in which a token comes (RFC 4559 §4.2); each line is one.

use http::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use portcullis_http::header::{challenge, token};

/// What is read at most.
const LIMIT: usize = 200;

/// Reads the fields.
pub fn run(input: &[u8]) {
    let mut headers = HeaderMap::new();
    let lines = input.split(|octet| *octet == b'\n').take(10);
    for value in lines.filter_map(|line| HeaderValue::from_bytes(line).ok()) {
        headers.append(AUTHORIZATION, value);
    }
    let Ok(Some(token)) = token(&headers, LIMIT) else {
        return;
    };
    assert!(!token.is_empty() && token.len() < LIMIT);
    // The one spelling that its octets have, in the one field with this scheme.
    let ours = challenge(Some(&token));
    let spelled = ours
        .as_bytes()
        .strip_prefix(b"Negotiate ")
        .expect("our scheme");
    let fields = headers.get_all(AUTHORIZATION).iter();
    let with_token = fields.filter(|field| {
        let mut words = field.as_bytes().split(u8::is_ascii_whitespace);
        let mut words = words.by_ref().filter(|word| !word.is_empty());
        let scheme = words.next().unwrap_or_default();
        scheme.eq_ignore_ascii_case(b"negotiate") && words.eq([spelled])
    });
    assert_eq!(with_token.count(), 1);
}
