//! [`Side`]: who asks for the login, a server or a proxy in front of it.

use http::StatusCode;
use http::header::{
    AUTHORIZATION, HeaderName, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, WWW_AUTHENTICATE,
};

/// Who asks for the login; the fields and the status differ (RFC 9110 §11.6, §11.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Origin,
    /// RFC 4559 §6 has no place for it, and every client speaks it.
    Proxy,
}

impl Side {
    /// Where the client's token is.
    pub(crate) const fn credentials(self) -> HeaderName {
        match self {
            Self::Origin => AUTHORIZATION,
            Self::Proxy => PROXY_AUTHORIZATION,
        }
    }

    /// The same, for people.
    pub(crate) const fn credentials_text(self) -> &'static str {
        match self {
            Self::Origin => "Authorization",
            Self::Proxy => "Proxy-Authorization",
        }
    }

    /// Where our challenge or our token is.
    pub(crate) const fn challenge(self) -> HeaderName {
        match self {
            Self::Origin => WWW_AUTHENTICATE,
            Self::Proxy => PROXY_AUTHENTICATE,
        }
    }

    /// Asks for another token.
    pub(crate) const fn unauthorized(self) -> StatusCode {
        match self {
            Self::Origin => StatusCode::UNAUTHORIZED,
            Self::Proxy => StatusCode::PROXY_AUTHENTICATION_REQUIRED,
        }
    }
}
