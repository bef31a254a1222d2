//! The fields of RFC 4559: `Authorization` read, `WWW-Authenticate` written.
//!
//! Untrusted octets come in here first, so this is strict: one token, of the one base64 alphabet
//! (RFC 4648 §4) with its padding, no larger than told. The scheme is found in any case and after
//! any white space (RFC 9110 §11.1). The field is one (§5.3, §11.6.2): where there are two, an
//! application may read the other.

use crate::side::Side;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use core::fmt;
use http::header::{HeaderMap, HeaderValue};

/// The scheme, as we write it.
const SCHEME: &str = "Negotiate";

/// Why the `Authorization` fields of a request have no token to be read.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderError {
    /// There are Negotiate credentials, and more than one field.
    Repeated,
    /// The field's value is too long to be read.
    TooLong {
        /// How many octets are read.
        limit: usize,
        /// How many it has.
        found: usize,
    },
    /// The scheme stands alone.
    NoToken,
    /// What follows the scheme is not base64, or not the one spelling that its octets have.
    NotBase64,
}

/// The token in the `Authorization` fields of a request; `None` if no field has the scheme
/// Negotiate. A field's value may have at most `limit` octets, scheme included.
///
/// # Errors
/// [`HeaderError`], when there are Negotiate credentials, but not exactly one token.
pub fn token(headers: &HeaderMap, limit: usize) -> Result<Option<Vec<u8>>, HeaderError> {
    token_for(Side::Origin, headers, limit)
}

/// The same in the fields that this side reads.
pub(crate) fn token_for(
    side: Side,
    headers: &HeaderMap,
    limit: usize,
) -> Result<Option<Vec<u8>>, HeaderError> {
    let fields = headers.get_all(side.credentials());
    let mut all = fields.iter();
    let ours = all.find_map(|field| credentials_of(field, SCHEME));
    let Some((field, credentials)) = ours else {
        return Ok(None);
    };
    if fields.iter().nth(1).is_some() {
        return Err(HeaderError::Repeated);
    }
    let found = field.len();
    if found > limit {
        return Err(HeaderError::TooLong { limit, found });
    }
    if credentials.is_empty() {
        return Err(HeaderError::NoToken);
    }
    STANDARD
        .decode(credentials)
        .map(Some)
        .map_err(|_| HeaderError::NotBase64)
}

/// The value of a `WWW-Authenticate` field: the bare challenge, or our token for the client.
#[must_use]
pub fn challenge(reply: Option<&[u8]>) -> HeaderValue {
    let bare = HeaderValue::from_static(SCHEME);
    let Some(reply) = reply.filter(|reply| !reply.is_empty()) else {
        return bare;
    };
    // Base64 is always a valid value; were it not, the client would find no token and refuse us.
    let mut value =
        HeaderValue::try_from(format!("{SCHEME} {}", STANDARD.encode(reply))).unwrap_or(bare);
    // No two replies are equal: an index of HTTP/2 fields would fill with them (RFC 7541 §7.1.3).
    value.set_sensitive(true);
    value
}

/// The whole value and what follows the scheme, if that is this one.
pub(crate) fn credentials_of<'v>(
    value: &'v HeaderValue,
    wanted: &str,
) -> Option<(&'v [u8], &'v [u8])> {
    let field = value.as_bytes();
    let trimmed = field.trim_ascii();
    let end = trimmed
        .iter()
        .position(u8::is_ascii_whitespace)
        .unwrap_or(trimmed.len());
    let (scheme, credentials) = trimmed.split_at_checked(end)?;
    scheme
        .eq_ignore_ascii_case(wanted.as_bytes())
        .then(|| (field, credentials.trim_ascii_start()))
}

impl HeaderError {
    /// What is wrong, with the name of the field.
    pub(crate) fn of_field(self, field: &str) -> String {
        match self {
            Self::Repeated => format!("there is more than one {field} field"),
            Self::TooLong { limit, found } => format!(
                "the {field} field has {found} octets, and this service reads at most {limit}"
            ),
            Self::NoToken => format!("the {field} field has no token after Negotiate"),
            Self::NotBase64 => format!("the token in the {field} field is not base64"),
        }
    }

    /// One word for metrics and logs; stable across releases.
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::Repeated => "header-repeated",
            Self::TooLong { .. } => "header-too-long",
            Self::NoToken => "header-empty",
            Self::NotBase64 => "header-base64",
        }
    }
}

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.of_field(Side::Origin.credentials_text()))
    }
}

impl core::error::Error for HeaderError {}

#[cfg(test)]
mod tests;
