//! The host that a request is for (RFC 9110 §7.2).

use http::header::{HOST, HeaderMap};
use http::uri::{Authority, Uri};

/// The name in lower case, without port and without the dot that ends a DNS name. `None` if the
/// request does not say (HTTP/1.0), or says it in more than one way.
pub(crate) fn host(uri: &Uri, headers: &HeaderMap) -> Option<String> {
    let name = match uri.authority() {
        Some(authority) => authority.host().to_owned(),
        None => named_in(headers)?.host().to_owned(),
    };
    let name = name.strip_suffix('.').unwrap_or(&name);
    (!name.is_empty()).then(|| name.to_ascii_lowercase())
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
        assert_eq!(of("https://web.example.test:1/x", &["other.test"]), web);
        assert_eq!(
            of("/x", &["[2001:DB8::1]:80"]),
            Some("[2001:db8::1]".to_owned())
        );
    }

    #[test]
    fn a_request_that_names_no_host_or_two_is_for_none() {
        assert_eq!(of("/x", &[]), None);
        assert_eq!(of("/x", &["a.test", "a.test"]), None);
        for odd in ["", "a b", "a/b", ":80", "."] {
            assert_eq!(of("/x", &[odd]), None, "{odd}");
        }
    }
}
