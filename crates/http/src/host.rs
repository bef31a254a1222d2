//! The host that a request is for (RFC 9110 §7.2).

use http::header::{HOST, HeaderMap};
use http::uri::{Authority, Uri};

/// The name in lower case, without port and without the dot that ends a DNS name. `None` if the
/// request does not say (HTTP/1.0), or says it in more than one way: an application may read the one
/// where we read the other (RFC 9112 §3.2.2).
pub(crate) fn host(uri: &Uri, headers: &HeaderMap) -> Option<String> {
    let in_uri = uri.authority().map(name_of);
    let in_field = match headers.contains_key(HOST) {
        true => Some(name_of(&named_in(headers)?)),
        false => None,
    };
    let name = match (in_uri, in_field) {
        (Some(one), Some(other)) => (one == other).then_some(one),
        (one, other) => one.or(other),
    };
    name.filter(|name| !name.is_empty())
}

fn name_of(authority: &Authority) -> String {
    let name = authority.host();
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

fn named_in(headers: &HeaderMap) -> Option<Authority> {
    let mut fields = headers.get_all(HOST).iter();
    let field = fields.next()?;
    match fields.next() {
        None => Authority::try_from(field.as_bytes()).ok(),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn of(uri: &str, fields: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for field in fields {
            headers.append(HOST, HeaderValue::from_str(field).unwrap());
        }
        host(&uri.parse().unwrap(), &headers)
    }

    #[test]
    fn the_host_is_in_the_uri_or_in_the_field() {
        let web = Some("web.example.test".to_owned());
        assert_eq!(of("/x", &["web.example.test"]), web);
        assert_eq!(of("/x", &["WEB.example.test.:8080"]), web);
        assert_eq!(of("https://Web.Example.Test/x", &[]), web);
        let both = of("https://web.example.test:1/x", &["WEB.example.test."]);
        assert_eq!(both, web);
        assert_eq!(
            of("/x", &["[2001:DB8::1]:80"]),
            Some("[2001:db8::1]".to_owned())
        );
    }

    #[test]
    fn a_request_that_names_no_host_or_two_is_for_none() {
        assert_eq!(of("/x", &[]), None);
        assert_eq!(of("/x", &["a.test", "a.test"]), None);
        for other in [&["b.test"][..], &["a.test", "a.test"], &[""], &["a b"]] {
            assert_eq!(of("http://a.test/x", other), None, "{other:?}");
        }
        for odd in ["", "a b", "a/b", ":80", "."] {
            assert_eq!(of("/x", &[odd]), None, "{odd}");
        }
    }
}
