//! [`IdentityHeaders`]: the fields that tell an application who its user is.
//!
//! What clients send under these names is removed first, in every spelling that some gateway takes
//! for the same: CGI, WSGI and Rack make `HTTP_REMOTE_USER` of `Remote-User`, `remote_user` and
//! `Remote.User` alike (CVE-2015-0219).

use super::client::Client;
use super::config::Headers;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use core::fmt::Write as _;

/// The fields, by what they tell.
#[derive(Clone, Debug)]
pub(super) struct IdentityHeaders {
    user: Option<HeaderName>,
    groups: Option<HeaderName>,
    name: Option<HeaderName>,
    principal: Option<HeaderName>,
    ccache: Option<HeaderName>,
    /// All of them and those that nobody sets, as a gateway sees them.
    stripped: Vec<String>,
}

impl From<&Headers> for IdentityHeaders {
    fn from(headers: &Headers) -> Self {
        let named = [
            &headers.user,
            &headers.groups,
            &headers.name,
            &headers.principal,
            &headers.ccache,
        ];
        let all = named.into_iter().chain(&headers.strip);
        let names = all.filter_map(|field| field.name());
        Self {
            user: headers.user.name().cloned(),
            groups: headers.groups.name().cloned(),
            name: headers.name.name().cloned(),
            principal: headers.principal.name().cloned(),
            ccache: headers.ccache.name().cloned(),
            stripped: names.map(as_gateways_see).collect(),
        }
    }
}

impl IdentityHeaders {
    /// Removes what a client says of itself; whether there was any.
    pub(super) fn strip(&self, headers: &mut HeaderMap) -> bool {
        let forged = |name: &&HeaderName| self.stripped.iter().any(|field| looks_like(field, name));
        let forged: Vec<_> = headers.keys().filter(forged).cloned().collect();
        for name in &forged {
            headers.remove(name);
        }
        !forged.is_empty()
    }

    /// Says who the client is, in the place of whatever is there. Every field is there, be it empty:
    /// a proxy that copies those that it finds would leave one that the client sent.
    pub(super) fn set(&self, client: &Client, headers: &mut HeaderMap) {
        self.strip(headers);
        let mut set = |name: &Option<HeaderName>, text: &dyn Fn() -> String| {
            let Some(name) = name else { return };
            // What is encoded so is a value; were it none, nobody would be named.
            if let Ok(value) = HeaderValue::try_from(text()) {
                headers.insert(name, value);
            }
        };
        set(&self.user, &|| encode(&client.user, ""));
        set(&self.name, &|| encode(&client.shown, ""));
        set(&self.principal, &|| {
            encode(&client.principal.to_string(), "")
        });
        let ccache = client.ccache.as_deref().unwrap_or_default();
        set(&self.ccache, &|| encode(ccache, ""));
        let groups = client.groups.iter().map(|group| encode(group, ","));
        set(&self.groups, &|| {
            groups.clone().collect::<Vec<_>>().join(",")
        });
    }

    /// Says that there is nobody, in the place of whatever is there.
    pub(super) fn set_nobody(&self, headers: &mut HeaderMap) {
        self.strip(headers);
        for name in self.all() {
            headers.insert(name, HeaderValue::from_static(""));
        }
    }

    /// The names of those fields that are empty, with commas between.
    pub(super) fn empty_in(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        let is_empty = |field: &&HeaderName| headers.get(*field).is_some_and(HeaderValue::is_empty);
        let empty = self.all().filter(is_empty);
        let empty: Vec<_> = empty.map(HeaderName::as_str).collect();
        let text = Some(empty.join(",")).filter(|text| !text.is_empty());
        text.and_then(|text| HeaderValue::try_from(text).ok())
    }

    /// The fields that are set.
    fn all(&self) -> impl Iterator<Item = &HeaderName> {
        let Self {
            user,
            groups,
            name,
            principal,
            ccache,
            stripped: _,
        } = self;
        [user, groups, name, principal, ccache]
            .into_iter()
            .flatten()
    }
}

/// The name of the variable that CGI and its kin make of a field.
fn as_gateways_see(name: &HeaderName) -> String {
    name.as_str().chars().map(letter).collect()
}

/// Whether they make the variable `seen` of it.
fn looks_like(seen: &str, name: &HeaderName) -> bool {
    // Both are ASCII, and nothing is left out.
    seen.len() == name.as_str().len() && name.as_str().chars().map(letter).eq(seen.chars())
}

/// All that is no letter or digit looks the same.
const fn letter(letter: char) -> char {
    match letter.is_ascii_alphanumeric() {
        true => letter.to_ascii_lowercase(),
        false => '_',
    }
}

/// `text` in visible ASCII: what is none, `%` and the letters of `also` are `%` and two digits for
/// each octet, and so are blanks at the ends, which would be lost. Different texts stay different.
fn encode(text: &str, also: &str) -> String {
    let is_plain =
        |octet: u8| octet.is_ascii_graphic() && octet != b'%' && !also.as_bytes().contains(&octet);
    if text.bytes().all(is_plain) {
        return text.to_owned();
    }
    let inner = text.len().saturating_sub(1);
    let mut encoded = String::with_capacity(text.len());
    for (place, octet) in text.bytes().enumerate() {
        let blank_inside = octet == b' ' && place > 0 && place < inner;
        match is_plain(octet) || blank_inside {
            true => encoded.push(char::from(octet)),
            // Writing into a String does not fail.
            false => _ = write!(encoded, "%{octet:02X}"),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::config::FieldName;

    fn fields() -> IdentityHeaders {
        IdentityHeaders::from(&Headers::default())
    }

    #[test]
    fn nobody_says_who_they_are_in_any_spelling() {
        let mut headers = HeaderMap::new();
        for name in [
            "remote-user",
            "remote_user",
            "remote.user",
            "remote_groups",
            "remote-name",
            "remote~name",
        ] {
            headers.append(
                HeaderName::from_static(name),
                HeaderValue::from_static("admin"),
            );
        }
        headers.insert("remote-users", HeaderValue::from_static("kept"));
        assert!(fields().strip(&mut headers));
        assert_eq!(headers.len(), 1, "{headers:?}");
        assert!(!fields().strip(&mut headers));
    }

    fn alice() -> Client {
        Client {
            principal: "alice@EXAMPLE.TEST".parse().unwrap(),
            user: "alice".to_owned(),
            shown: "Alice".to_owned(),
            groups: Vec::new(),
            indicators: Vec::new(),
            ccache: None,
        }
    }

    #[test]
    fn every_field_is_said_in_the_place_of_whatever_is_there() {
        let fields = IdentityHeaders::from(&Headers {
            ccache: FieldName::from_static("x-ccache"),
            strip: vec![FieldName::from_static("x-admin")],
            ..Headers::default()
        });
        let mut headers = HeaderMap::new();
        for name in [
            "remote-user",
            "remote_user",
            "remote-groups",
            "x-ccache",
            "x-admin",
        ] {
            headers.append(name, HeaderValue::from_static("admin"));
        }
        fields.set(&alice(), &mut headers);
        let said = |name: &str| headers.get(name).map(HeaderValue::as_bytes);
        assert_eq!(said("remote-user"), Some(&b"alice"[..]));
        assert_eq!(said("remote-name"), Some(&b"Alice"[..]));
        for empty in ["remote-groups", "x-ccache"] {
            assert_eq!(said(empty), Some(&b""[..]), "{empty}");
        }
        assert_eq!(headers.len(), 4, "{headers:?}");
        assert_eq!(fields.empty_in(&headers).unwrap(), "remote-groups,x-ccache");
        headers.insert("remote-groups", HeaderValue::from_static("a"));
        headers.insert("x-ccache", HeaderValue::from_static("b"));
        assert_eq!(fields.empty_in(&headers), None);
    }

    #[test]
    fn nobody_names_a_credential_cache_where_none_are_kept() {
        let fields = IdentityHeaders::from(&Headers::default());
        let mut headers = HeaderMap::new();
        for name in ["x-krb5-ccache", "x_krb5_ccache"] {
            headers.append(name, HeaderValue::from_static("FILE:stolen"));
        }
        fields.set(&alice(), &mut headers);
        assert!(!headers.keys().any(|name| name.as_str().contains("ccache")));
    }

    #[test]
    fn every_field_is_empty_where_there_is_nobody() {
        let mut headers = HeaderMap::new();
        for name in ["remote-user", "remote_groups", "remote.name"] {
            headers.append(name, HeaderValue::from_static("admin"));
        }
        fields().set_nobody(&mut headers);
        assert_eq!(headers.len(), 3, "{headers:?}");
        for name in ["remote-user", "remote-groups", "remote-name"] {
            assert_eq!(headers.get(name).map(HeaderValue::as_bytes), Some(&b""[..]));
        }
    }

    #[test]
    fn different_names_have_different_fields() {
        assert_eq!(encode("alice@EXAMPLE.TEST", ""), "alice@EXAMPLE.TEST");
        assert_eq!(encode("b\u{fc}cher", ""), "b%C3%BCcher");
        assert_eq!(encode("b%C3%BCcher", ""), "b%25C3%25BCcher");
        assert_eq!(encode("a\r\nX: y\0", ""), "a%0D%0AX: y%00");
        assert_eq!(encode(" Domain Users ", ","), "%20Domain Users%20");
        assert_eq!(encode("a,b", ","), "a%2Cb");
        assert_eq!(encode(" ", ""), "%20");
    }
}
