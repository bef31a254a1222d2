//! Cookies (RFC 6265): read from a request, written into an answer.

use core::time::Duration;
use http::header::{COOKIE, HeaderMap, HeaderValue};

/// What browsers keep of one cookie at least (RFC 6265 §6.1): name, value and attributes.
pub(crate) const LONGEST: usize = 4096;

/// Browsers send the cookie along with links of other sites, and with no other requests of theirs
/// (RFC 6265bis §5.6.7).
pub(crate) const LAX: &str = "Lax";

/// What a cookie is called and how it is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Jar<'n> {
    /// What the attributes allow it to be called by.
    prefix: &'static str,
    name: &'n str,
    secure: bool,
    same_site: &'static str,
}

impl<'n> Jar<'n> {
    /// `same_site` is the attribute's value. `name` has the characters of a token (RFC 9110 §5.6.2) alone.
    pub(crate) const fn new(name: &'n str, secure: bool, same_site: &'static str) -> Self {
        Self {
            // RFC 6265bis §4.1.3.2: browsers take such a name from this very host over TLS alone.
            prefix: if secure { "__Host-" } else { "" },
            name,
            secure,
            same_site,
        }
    }

    /// The value that a request has. Two cookies of one name are none: one of them is not ours.
    pub(crate) fn find<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str> {
        let fields = headers.get_all(COOKIE).iter();
        // Octets: what others put into a cookie beside ours may be no text.
        let pairs = fields.flat_map(|field| field.as_bytes().split(|octet| *octet == b';'));
        let mut ours = pairs.filter_map(|pair| {
            let name = pair.trim_ascii().strip_prefix(self.prefix.as_bytes())?;
            name.strip_prefix(self.name.as_bytes())?.strip_prefix(b"=")
        });
        let value = ours.next()?;
        let value = core::str::from_utf8(value).ok();
        value.filter(|_| ours.next().is_none())
    }

    /// The field that sets it for so long; `None` if it is too long for a browser.
    pub(crate) fn set(&self, value: &str, age: Duration) -> Option<HeaderValue> {
        let Self { prefix, name, .. } = self;
        let secure = if self.secure { "; Secure" } else { "" };
        let same_site = self.same_site;
        let age = age.as_secs();
        let text = format!(
            "{prefix}{name}={value}; Path=/; Max-Age={age}; HttpOnly{secure}; SameSite={same_site}"
        );
        let mut field = HeaderValue::try_from(text).ok()?;
        field.set_sensitive(true);
        (field.len() <= LONGEST).then_some(field)
    }

    /// The field that takes it away.
    pub(crate) fn unset(&self) -> Option<HeaderValue> {
        self.set("", Duration::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(fields: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for field in fields {
            headers.append(COOKIE, HeaderValue::from_str(field).unwrap());
        }
        let jar = Jar::new("leg", true, LAX);
        jar.find(&headers).map(str::to_owned)
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let ours = Some("x=y".to_owned());
        assert_eq!(found(&["__Host-leg=x=y"]), ours);
        assert_eq!(found(&["a=b;__Host-leg=x=y ; c"]), ours);
        assert_eq!(found(&["a=b", "c=d; __Host-leg=x=y"]), ours);
        assert_eq!(found(&["a=\u{e9}; __Host-leg=x=y; \u{e9}"]), ours);
    }

    #[test]
    fn another_cookie_or_the_same_one_twice_is_none() {
        for fields in [
            &[][..],
            &["leg=x"],
            &["__host-leg=x"],
            &["__Host-leg"],
            &["__Host-leg=x; __Host-leg=y"],
            &["__Host-leg=x", "__Host-leg=x"],
            &["__Host-leg=x\u{e9}; __Host-leg=x"],
        ] {
            assert_eq!(found(fields), None, "{fields:?}");
        }
    }

    #[test]
    fn a_cookie_is_set_for_this_host_and_out_of_the_reach_of_scripts() {
        let minute = Duration::from_secs(60);
        let set = Jar::new("leg", true, LAX).set("x", minute).unwrap();
        let text = "__Host-leg=x; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=Lax";
        assert_eq!(set, text);
        assert!(set.is_sensitive());
        let plain = Jar::new("leg", false, "Strict").unset().unwrap();
        assert_eq!(plain, "leg=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
    }

    #[test]
    fn a_cookie_that_browsers_would_cut_is_not_set() {
        let jar = Jar::new("leg", true, LAX);
        assert!(jar.set(&"x".repeat(4000), Duration::ZERO).is_some());
        assert!(jar.set(&"x".repeat(4090), Duration::ZERO).is_none());
        assert!(jar.set("x\r\ny", Duration::ZERO).is_none());
    }
}
