//! Questions of browsers whether a page of another site may ask for something (Fetch §3.2.2, CORS).
//!
//! A browser asks without credentials, whatever it has, and takes every answer but 2xx for a no; so
//! an application that wants to say yes has to be reached by nobody. It is, if the configuration says
//! so, by these requests and no others.

use super::request::{About, Purpose};
use axum::http::header::{ACCESS_CONTROL_REQUEST_METHOD, AUTHORIZATION, ORIGIN};
use axum::http::{HeaderMap, HeaderName, Method, Request};

/// Whether that is all that a request is. `about` has the method that a proxy names.
pub(super) fn is_preflight<B>(request: &Request<B>, about: &About, purpose: Purpose) -> bool {
    // A proxy that asks at a path of its own sends a method of its own: GET or HEAD. With every
    // other one the two must agree, or a field of the client's would have been taken for the proxy's.
    let asked = request.method();
    let by_proxy = purpose == Purpose::ForwardAuth && about.at_our_own_path;
    let may_differ = by_proxy && (asked == Method::GET || asked == Method::HEAD);
    let headers = request.headers();
    about.method == Method::OPTIONS.as_str()
        && (asked == Method::OPTIONS || may_differ)
        && purpose != Purpose::Status
        && has_one(headers, &ORIGIN)
        && has_one(headers, &ACCESS_CONTROL_REQUEST_METHOD)
        && !headers.contains_key(AUTHORIZATION)
}

fn has_one(headers: &HeaderMap, name: &HeaderName) -> bool {
    let mut values = headers.get_all(name).iter();
    values.next().is_some() && values.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::super::request::Peer;
    use super::*;
    use axum::http::HeaderValue;

    const FIELDS: [(&str, &str); 2] = [
        ("origin", "https://other.example.test"),
        ("access-control-request-method", "PUT"),
    ];

    fn request(line: (&str, &str), fields: &[(&'static str, &'static str)]) -> Request<()> {
        let mut request = Request::new(());
        *request.method_mut() = line.0.parse().unwrap();
        *request.uri_mut() = line.1.parse().unwrap();
        for (name, value) in fields {
            let value = HeaderValue::from_static(value);
            request.headers_mut().append(*name, value);
        }
        request
    }

    fn own(line: (&str, &str), fields: &[(&'static str, &'static str)]) -> bool {
        let request = request(line, fields);
        let about = About::own(&request, &Peer::default(), false);
        is_preflight(&request, &about, Purpose::Application)
    }

    fn forwarded(line: (&str, &str), more: &[(&'static str, &'static str)]) -> bool {
        let request = request(line, &[&FIELDS, more].concat());
        let below = line.1.strip_prefix("/auth").unwrap();
        let about = About::forwarded(&request, &Peer::default(), below).unwrap();
        is_preflight(&request, &about, Purpose::ForwardAuth)
    }

    #[test]
    fn it_is_what_a_browser_sends_and_nothing_else() {
        let [origin, method] = FIELDS;
        assert!(own(("OPTIONS", "/api"), &FIELDS));
        assert!(!own(("GET", "/api"), &FIELDS));
        for other in [
            &[][..],
            &[origin],
            &[method],
            &[origin, method, method],
            &[origin, origin, method],
            &[origin, method, ("authorization", "Negotiate YQ==")],
        ] {
            assert!(!own(("OPTIONS", "/api"), other), "{other:?}");
        }
        // Where we are the proxy nobody else has a word.
        let claims = [origin, method, ("x-original-method", "OPTIONS")];
        assert!(!own(("PUT", "/api"), &claims));
    }

    #[test]
    fn the_method_is_that_which_the_proxy_names() {
        let named = ("x-original-method", "OPTIONS");
        assert!(forwarded(("GET", "/auth"), &[named]));
        assert!(forwarded(
            ("HEAD", "/auth"),
            &[("x-forwarded-method", "OPTIONS")]
        ));
        assert!(forwarded(("OPTIONS", "/auth/api"), &[]));
        assert!(!forwarded(("GET", "/auth"), &[]));
        assert!(!forwarded(
            ("OPTIONS", "/auth"),
            &[("x-original-method", "PUT")]
        ));
        // Envoy sends the client's own method, and fields of the client's if it is told to.
        for method in ["GET", "HEAD", "PUT"] {
            assert!(!forwarded((method, "/auth/api"), &[named]), "{method}");
        }
        assert!(!forwarded(("PUT", "/auth"), &[named]));
    }

    #[test]
    fn nobody_asks_for_the_status_page_so() {
        let request = request(("OPTIONS", "/portcullis/status"), &FIELDS);
        let about = About::own(&request, &Peer::default(), false);
        assert!(!is_preflight(&request, &about, Purpose::Status));
    }
}
