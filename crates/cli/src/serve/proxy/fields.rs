//! What of the fields is for the next hop, and what not (RFC 9110 §7.6).

use crate::serve::request::Errand;
use axum::http::header::{
    AUTHORIZATION, CONNECTION, COOKIE, EXPECT, Entry, FORWARDED, HOST, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request};

/// Fields that are between two neighbours, whether `Connection` names them or not.
const BETWEEN_NEIGHBOURS: [HeaderName; 7] = [
    CONNECTION,
    HeaderName::from_static("http2-settings"),
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    TE,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// Makes the fields of a client's request those of ours. `upgrade`: what the connection shall become.
pub(super) fn for_the_application<B>(
    request: &mut Request<B>,
    errand: &Errand,
    trusts_forwarded: bool,
    upgrade: Option<HeaderValue>,
) {
    let authority = request.uri().authority().map(ToString::to_string);
    let headers = request.headers_mut();
    between_neighbours(headers);
    // The client has been told to go on when we began to read.
    headers.remove(EXPECT);
    headers.remove(TRAILER);
    without_our_credentials(headers);
    one_cookie_field(headers);
    if let (None, Some(Ok(host))) = (headers.get(HOST), authority.map(HeaderValue::try_from)) {
        headers.insert(HOST, host);
    }
    tell_the_way(headers, errand, trusts_forwarded);
    become_something_else(headers, upgrade);
}

/// Makes the fields of the application's answer those of ours.
pub(super) fn for_the_client(headers: &mut HeaderMap, upgrade: Option<HeaderValue>) {
    between_neighbours(headers);
    become_something_else(headers, upgrade);
}

fn between_neighbours(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    // A client must not have our own fields taken away by naming them here; they are set later.
    for name in named.iter().chain(&BETWEEN_NEIGHBOURS) {
        headers.remove(name);
    }
}

fn become_something_else(headers: &mut HeaderMap, upgrade: Option<HeaderValue>) {
    if let Some(protocol) = upgrade {
        headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(UPGRADE, protocol);
    }
}

/// A token is for us alone: to a second acceptor it would be a replay.
fn without_our_credentials(headers: &mut HeaderMap) {
    let Entry::Occupied(entry) = headers.entry(AUTHORIZATION) else {
        return;
    };
    let (_, values) = entry.remove_entry_mult();
    let others: Vec<_> = values.filter(|value| !is_negotiate(value)).collect();
    for value in others {
        headers.append(AUTHORIZATION, value);
    }
}

/// Whether credentials are of the scheme Negotiate.
fn is_negotiate(value: &HeaderValue) -> bool {
    let text = value.as_bytes().trim_ascii_start();
    let scheme = text.split(u8::is_ascii_whitespace).next();
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"negotiate"))
}

/// HTTP/2 may have a field for each cookie, HTTP/1.1 has one for all (RFC 9113 §8.2.3).
fn one_cookie_field(headers: &mut HeaderMap) {
    if headers.get_all(COOKIE).iter().nth(1).is_none() {
        return;
    }
    let all = headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes);
    let joined = all.collect::<Vec<_>>().join(&b"; "[..]);
    if let Ok(value) = HeaderValue::from_bytes(&joined) {
        headers.insert(COOKIE, value);
    }
}

/// Takes away the cookies by which clients are known to us: an application that has one could come
/// to us as its user.
pub(super) fn without_our_cookies(headers: &mut HeaderMap, session: &str) {
    let Some(value) = headers.get(COOKIE) else {
        return;
    };
    let ours = |cookie: &&[u8]| {
        let name = cookie.split(|octet| *octet == b'=').next();
        let name = name.unwrap_or_default().trim_ascii();
        let name = name.strip_prefix(b"__Host-").unwrap_or(name);
        name == session.as_bytes() || name == b"portcullis-leg"
    };
    // Octets: what others put into a cookie beside ours may be no text.
    let cookies = value.as_bytes().split(|octet| *octet == b';');
    let theirs = cookies.map(<[u8]>::trim_ascii).filter(|it| !ours(it));
    let theirs = theirs.collect::<Vec<_>>().join(&b"; "[..]);
    match HeaderValue::from_bytes(&theirs) {
        Ok(theirs) if !theirs.is_empty() => _ = headers.insert(COOKIE, theirs),
        _ => _ = headers.remove(COOKIE),
    }
}

/// Who asked us, for what and how: in the place of what the client says of that, or after it.
fn tell_the_way(headers: &mut HeaderMap, errand: &Errand, trusts_forwarded: bool) {
    const FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
    const HOST_ASKED: HeaderName = HeaderName::from_static("x-forwarded-host");
    const PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
    if !trusts_forwarded {
        for name in [
            FOR,
            HOST_ASKED,
            PROTO,
            FORWARDED,
            HeaderName::from_static("x-forwarded-port"),
            HeaderName::from_static("x-forwarded-prefix"),
            HeaderName::from_static("x-real-ip"),
        ] {
            headers.remove(name);
        }
    }
    let about = &errand.about;
    if let Some(peer) = about.peer.map(|peer| peer.ip()) {
        let before = headers.get(FOR).and_then(|value| value.to_str().ok());
        let way = match before {
            Some(before) => format!("{before}, {peer}"),
            None => peer.to_string(),
        };
        set(headers, FOR, &way);
    }
    if let Some(host) = about
        .host
        .as_ref()
        .filter(|_| !headers.contains_key(HOST_ASKED))
    {
        set(headers, HOST_ASKED, host);
    }
    if !headers.contains_key(PROTO) {
        set(headers, PROTO, if about.secure { "https" } else { "http" });
    }
}

fn set(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::try_from(text) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests;
