//! [`About`]: what a request says of itself, and what a proxy says of it; [`Errand`]: what it is for.
//!
//! Nothing of this proves anything. The path that a proxy names decides which requirements hold, so
//! nobody but the proxy may reach the daemon.

use super::verdict::VerdictId;
use axum::http::header::{HOST, USER_AGENT};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, Uri};
use core::net::SocketAddr;
use portcullis_http::ConnectionBindings;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

/// What is asked for, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct About {
    /// The other end of the connection.
    pub(super) peer: Option<SocketAddr>,
    /// Whether that is by TLS.
    pub(super) secure: bool,
    /// Who that says to have asked it.
    pub(super) forwarded_for: Option<String>,
    pub(super) method: String,
    pub(super) host: Option<String>,
    /// Without the query, which may have secrets in it.
    pub(super) path: String,
    /// Whether the request itself is for a path of ours, and a field names that which is asked about.
    pub(super) at_our_own_path: bool,
    pub(super) agent: Option<String>,
}

/// The other end of a connection.
#[derive(Clone, Debug, Default)]
pub(super) struct Peer {
    /// A socket of a path has none.
    pub(super) address: Option<SocketAddr>,
    pub(super) secure: bool,
    /// What binds logins to this connection, where TLS is ours.
    pub(super) bindings: Option<ConnectionBindings>,
}

/// What a request is for: an extension of it on its way in.
#[derive(Clone, Debug)]
pub(super) struct Errand {
    pub(super) id: VerdictId,
    pub(super) about: Arc<About>,
    pub(super) purpose: Purpose,
    /// By the clock, and by one that nobody sets.
    pub(super) at: SystemTime,
    pub(super) begun: Instant,
}

/// Who answers, once the client is proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A proxy asks who the client is, and whether it may come in.
    ForwardAuth,
    /// The application.
    Application,
    /// We, about ourselves.
    Status,
}

/// The fields in which proxies put the path that was asked for: nginx (by configuration), Traefik
/// and Caddy.
const FORWARDED_PATH: [HeaderName; 2] = [
    HeaderName::from_static("x-original-uri"),
    HeaderName::from_static("x-forwarded-uri"),
];
const FORWARDED_METHOD: [HeaderName; 2] = [
    HeaderName::from_static("x-original-method"),
    HeaderName::from_static("x-forwarded-method"),
];
const FORWARDED_HOST: [HeaderName; 1] = [HeaderName::from_static("x-forwarded-host")];
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Two names of what is asked for, or of where: whose requirements hold, and whose sessions?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ambiguous {
    Path,
    Host,
}

impl Ambiguous {
    /// What is said to whoever asked.
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Path => "the path is named in two ways\n",
            Self::Host => "the host is named in two ways\n",
        }
    }
}

impl Errand {
    pub(super) fn new(about: About, purpose: Purpose) -> Self {
        Self {
            id: VerdictId::new(),
            about: Arc::new(about),
            purpose,
            at: SystemTime::now(),
            begun: Instant::now(),
        }
    }
}

impl About {
    /// Of a request that came to us for its own sake; through a proxy of ours, if that is trusted.
    pub(super) fn own<B>(request: &Request<B>, peer: &Peer, trusts_forwarded: bool) -> Self {
        let method = request.method().to_string();
        let path = request.uri().path().to_owned();
        let mut about = Self::new(request, peer, method, path);
        if trusts_forwarded {
            about.secure |= is_https(request.headers());
        } else {
            about.forwarded_for = None;
        }
        about
    }

    /// Of a request that a proxy asks about. `below` is what follows our own path in the request
    /// line: Envoy puts the path there.
    pub(super) fn forwarded<B>(
        request: &Request<B>,
        peer: &Peer,
        below: &str,
    ) -> Result<Self, Ambiguous> {
        let headers = request.headers();
        let named = all(headers, &FORWARDED_PATH)?;
        let named = named.map(|uri| path_of(&uri)).transpose()?;
        let at_our_own_path = below.is_empty();
        let path = match (named, below) {
            (Some(path), "") => path,
            (Some(path), below) if path == below => path,
            // A field that Envoy lets through is the client's own.
            (Some(_), _) => return Err(Ambiguous::Path),
            (None, "") => "/".to_owned(),
            (None, below) => below.to_owned(),
        };
        let method =
            all(headers, &FORWARDED_METHOD)?.unwrap_or_else(|| request.method().to_string());
        let mut about = Self::new(request, peer, method, path);
        about.at_our_own_path = at_our_own_path;
        about.secure |= is_https(headers);
        let host = all(headers, &FORWARDED_HOST).map_err(|_| Ambiguous::Host)?;
        if host.as_ref().is_some_and(|hosts| hosts.contains(',')) {
            return Err(Ambiguous::Host);
        }
        about.host = host.or(about.host);
        Ok(about)
    }

    /// Makes the request look as if it were the one that is asked about: sessions are the host's,
    /// and one path ends them.
    pub(super) fn stand_for<B>(&self, request: &mut Request<B>) {
        let host = self.host.as_ref().map(HeaderValue::try_from);
        if let Some(Ok(host)) = host {
            request.headers_mut().insert(HOST, host);
        }
        if let Ok(uri) = self.path.parse() {
            *request.uri_mut() = uri;
        }
    }

    fn new<B>(request: &Request<B>, peer: &Peer, method: String, path: String) -> Self {
        let headers = request.headers();
        let authority = || request.uri().authority().map(ToString::to_string);
        Self {
            peer: peer.address,
            secure: peer.secure,
            forwarded_for: text(headers, &FORWARDED_FOR),
            method,
            host: text(headers, &HOST).or_else(authority),
            path,
            at_our_own_path: false,
            agent: text(headers, &USER_AGENT),
        }
    }
}

/// Whether a proxy says that the client came to it by TLS.
fn is_https(headers: &HeaderMap) -> bool {
    let mut schemes = headers.get_all(FORWARDED_PROTO).iter();
    let first = schemes.next();
    first.is_some_and(|scheme| scheme == "https") && schemes.next().is_none()
}

/// The one value of these fields.
fn all(headers: &HeaderMap, names: &[HeaderName]) -> Result<Option<String>, Ambiguous> {
    let values = names.iter().flat_map(|name| headers.get_all(name));
    let mut texts = values.map(lossy);
    let first = texts.next();
    match texts.all(|text| Some(text) == first) {
        true => Ok(first),
        false => Err(Ambiguous::Path),
    }
}

/// The path of a URI or of the target of a request line. There is no fragment in those: some end
/// the path before it, and some do not.
fn path_of(uri: &str) -> Result<String, Ambiguous> {
    if uri.contains('#') {
        return Err(Ambiguous::Path);
    }
    let target = uri.split('?').next().unwrap_or_default();
    Ok(match target.starts_with('/') {
        true => target.to_owned(),
        false => target
            .parse::<Uri>()
            .map_or_else(|_| target.to_owned(), |uri| uri.path().to_owned()),
    })
}

/// Has `Host` say what the target of the request says, if that names a host; they must not differ
/// (RFC 9112 §3.2.2, RFC 9113 §8.3.1).
pub(super) fn settle_host<B>(request: &mut Request<B>) -> Result<(), Ambiguous> {
    let mut fields = request.headers().get_all(HOST).iter();
    let (field, another) = (fields.next(), fields.next());
    let Some(authority) = request.uri().authority() else {
        return another.map_or(Ok(()), |_| Err(Ambiguous::Host));
    };
    let named = authority.as_str();
    let same = |field: &HeaderValue| field.as_bytes().eq_ignore_ascii_case(named.as_bytes());
    if named.contains('@') || another.is_some() || field.is_some_and(|field| !same(field)) {
        return Err(Ambiguous::Host);
    }
    let host = HeaderValue::try_from(named).map_err(|_| Ambiguous::Host)?;
    request.headers_mut().insert(HOST, host);
    Ok(())
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name).map(lossy)
}

fn lossy(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(target: &str, fields: &[(&'static str, &'static str)]) -> Result<About, Ambiguous> {
        let mut request = Request::new(());
        *request.uri_mut() = target.parse().unwrap();
        for (name, value) in fields {
            request
                .headers_mut()
                .append(*name, HeaderValue::from_static(value));
        }
        let below = request
            .uri()
            .path()
            .strip_prefix("/auth")
            .unwrap()
            .to_owned();
        About::forwarded(&request, &Peer::default(), &below)
    }

    #[test]
    fn proxies_name_the_path_in_their_own_ways() {
        let path = |target: &str, fields: &[_]| about(target, fields).unwrap().path;
        assert_eq!(path("/auth", &[("x-original-uri", "/a/b?secret")]), "/a/b");
        assert_eq!(path("/auth", &[("x-forwarded-uri", "/a/b?c")]), "/a/b");
        assert_eq!(
            path("/auth", &[("x-forwarded-uri", "https://h/a/b?c")]),
            "/a/b"
        );
        assert_eq!(path("/auth/a/b?c", &[]), "/a/b");
        assert_eq!(path("/auth", &[]), "/");
    }

    #[test]
    fn two_paths_are_none() {
        let two = [("x-original-uri", "/public"), ("x-forwarded-uri", "/admin")];
        assert_eq!(about("/auth", &two), Err(Ambiguous::Path));
        let twice = [("x-original-uri", "/public"), ("x-original-uri", "/admin")];
        assert_eq!(about("/auth", &twice), Err(Ambiguous::Path));
        let same = [("x-original-uri", "/admin"), ("x-forwarded-uri", "/admin")];
        assert_eq!(about("/auth", &same).unwrap().path, "/admin");
        let fragment = [("x-original-uri", "/public#/../admin")];
        assert_eq!(about("/auth", &fragment), Err(Ambiguous::Path));
        let below = [("x-forwarded-uri", "/public")];
        assert_eq!(about("/auth/admin", &below), Err(Ambiguous::Path));
        let same = [("x-forwarded-uri", "/admin?x")];
        assert_eq!(about("/auth/admin", &same).unwrap().path, "/admin");
    }

    #[test]
    fn two_hosts_are_none() {
        const FIELD: &str = "x-forwarded-host";
        assert_eq!(
            about("/auth", &[(FIELD, "a"), (FIELD, "b")]),
            Err(Ambiguous::Host)
        );
        assert_eq!(about("/auth", &[(FIELD, "a, b")]), Err(Ambiguous::Host));
        let host = about("/auth", &[(FIELD, "a")]).unwrap().host;
        assert_eq!(host.as_deref(), Some("a"));
    }

    #[test]
    fn the_host_of_the_target_is_that_of_the_field() {
        let settled = |target: &str, hosts: &[&'static str]| {
            let mut request = Request::new(());
            *request.uri_mut() = target.parse().unwrap();
            for host in hosts {
                let host = HeaderValue::from_static(host);
                request.headers_mut().append(HOST, host);
            }
            settle_host(&mut request).map(|()| request.headers().get(HOST).cloned())
        };
        let host = |text| Ok(Some(HeaderValue::from_static(text)));
        assert_eq!(settled("/x", &["a"]), host("a"));
        assert_eq!(settled("/x", &[]), Ok(None));
        assert_eq!(settled("http://a:80/x", &[]), host("a:80"));
        assert_eq!(settled("http://a/x", &["A"]), host("a"));
        for (target, hosts) in [
            ("http://a/x", &["b"][..]),
            ("http://a/x", &["a:80"]),
            ("http://u@a/x", &["u@a"]),
            ("/x", &["a", "a"]),
            ("http://a/x", &["a", "b"]),
        ] {
            assert_eq!(
                settled(target, hosts),
                Err(Ambiguous::Host),
                "{target} {hosts:?}"
            );
        }
    }
}
