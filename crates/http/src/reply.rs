//! What a refused client gets to see.
//!
//! It depends on [`Error::code`] and on what the request says in clear, and on nothing secret. 401
//! for every verdict about a token, whoever is to blame: a stranger's ticket must not make
//! failures, and the challenge must reach the client. Only what we lack makes 500 and 503, and then
//! there is no challenge: another token would not help, or not at once.

use crate::header::{self, HeaderError};
use crate::passwords::PasswordRefusal;
use crate::refusal::Refusal;
use crate::side::Side;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, SET_COOKIE};
use http::{HeaderValue, Response, StatusCode};
use portcullis::Error;
use portcullis::error::Unsupported;
use portcullis::replay::ReplayCacheError;

impl Refusal {
    /// The answer; a [`portcullis::Rejection`] goes with it, for logs.
    pub(crate) fn to_response<B: From<String>>(&self, side: Side) -> Response<B> {
        let mut text = self.text(side);
        text.push('\n');
        let mut response = Response::new(B::from(text));
        let status = self.status(side);
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=utf-8"),
        );
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let reply = self.reply();
        if status == side.unauthorized() || reply.is_some() {
            headers.insert(side.challenge(), header::challenge(reply));
        }
        if let Some(wait) = self.wait() {
            headers.insert(RETRY_AFTER, HeaderValue::from(wait));
        }
        if let Self::AnotherLeg { cookie, .. } | Self::LoggedOut { cookie } = self
            && let Some(cookie) = cookie
        {
            headers.append(SET_COOKIE, cookie.clone());
        }
        if let Some(rejection) = self.rejection() {
            response.extensions_mut().insert(rejection.clone());
        }
        response
    }

    pub(crate) fn status(&self, side: Side) -> StatusCode {
        match self {
            Self::NoCredentials | Self::AnotherLeg { .. } => side.unauthorized(),
            Self::Header(error) => match error {
                HeaderError::Repeated => StatusCode::BAD_REQUEST,
                HeaderError::TooLong { .. } => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                HeaderError::NoToken | HeaderError::NotBase64 => side.unauthorized(),
            },
            Self::Rejected(rejection) => status(rejection.error(), side),
            Self::Basic | Self::Password(PasswordRefusal::Wrong(_)) => side.unauthorized(),
            Self::Password(PasswordRefusal::TooOften { .. }) => StatusCode::TOO_MANY_REQUESTS,
            Self::Password(PasswordRefusal::Unavailable(_)) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Forbidden { .. } => StatusCode::FORBIDDEN,
            Self::Groups(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Misdirected => StatusCode::MISDIRECTED_REQUEST,
            Self::LoggedOut { .. } => StatusCode::OK,
            Self::UnknownStep => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// After how many seconds the client may come again, where that is known.
    fn wait(&self) -> Option<u64> {
        let wait = match self {
            Self::Password(PasswordRefusal::TooOften { wait, .. }) => wait,
            Self::Rejected(rejection) => match rejection.error() {
                Error::ReplayCache(ReplayCacheError::TooYoung { by }) => by,
                _ => return None,
            },
            _ => return None,
        };
        Some(wait.as_secs().saturating_add(1))
    }

    /// Our token for the client, if there is one. Who is proven gets it with a 403, too: it wants to
    /// know that it was us.
    fn reply(&self) -> Option<&[u8]> {
        match self {
            Self::AnotherLeg { reply, .. } => Some(reply),
            Self::Rejected(rejection) if !self.is_failure() => rejection.reply(),
            Self::Forbidden { reply, .. } => reply.as_deref(),
            _ => None,
        }
    }

    fn text(&self, side: Side) -> String {
        let text = match self {
            Self::NoCredentials => "this service asks for a Kerberos login (Negotiate)",
            Self::Header(error) => return error.of_field(side.credentials_text()),
            Self::AnotherLeg { kept: true, .. } => "the Kerberos login goes on with another token",
            Self::AnotherLeg { .. } => {
                "this service takes a Kerberos login in one leg: offer Kerberos first"
            }
            Self::Rejected(rejection) => return refusal(rejection.error()),
            Self::Basic | Self::Password(PasswordRefusal::Wrong(_)) => "login refused",
            Self::Password(PasswordRefusal::TooOften { .. }) => {
                "too many attempts: come back later"
            }
            Self::Forbidden { .. } => "this user may not come in",
            Self::Password(PasswordRefusal::Unavailable(_)) | Self::Groups(_) => {
                "this service cannot take a login at the moment"
            }
            Self::Misdirected => "this service is not the host that the request is for",
            Self::LoggedOut { .. } => "the session is over",
            Self::UnknownStep => "this service cannot go on with the login",
        };
        text.to_owned()
    }
}

/// A new kind of error is a verdict about the token until it is named here: 401 shows the client
/// how to come again, and lets nobody in.
const fn status(error: &Error, side: Side) -> StatusCode {
    match error {
        Error::ReplayCache(_) => StatusCode::SERVICE_UNAVAILABLE,
        Error::Entropy => StatusCode::INTERNAL_SERVER_ERROR,
        _ => side.unauthorized(),
    }
}

fn refusal(error: &Error) -> String {
    match (error, error.code()) {
        (Error::ReplayCache(_) | Error::Entropy, _) => {
            "this service cannot take a login at the moment".to_owned()
        }
        (Error::Unsupported(Unsupported::Ntlm), _) => {
            "Kerberos login refused: the client sent NTLM, which is not Kerberos".to_owned()
        }
        (_, Some(code)) => format!("Kerberos login refused: {code}"),
        (_, None) => "Kerberos login refused".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::header::WWW_AUTHENTICATE;
    use portcullis::error::NegotiationError;

    const OUTAGE: &str = "this service cannot take a login at the moment";

    #[test]
    fn lost_entropy_is_our_failure() {
        assert_eq!(
            status(&Error::Entropy, Side::Origin),
            StatusCode::INTERNAL_SERVER_ERROR
        );
        assert_eq!(refusal(&Error::Entropy), OUTAGE);
    }

    #[test]
    fn a_full_replay_cache_is_an_outage() {
        let full = Error::ReplayCache(ReplayCacheError::Full { capacity: 1 });
        assert_eq!(status(&full, Side::Origin), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(refusal(&full), OUTAGE);
    }

    #[test]
    fn a_refusal_without_a_code_says_no_more_than_that() {
        let error = Error::Negotiation(NegotiationError::NotBegun);
        assert_eq!(status(&error, Side::Origin), StatusCode::UNAUTHORIZED);
        assert_eq!(refusal(&error), "Kerberos login refused");
    }

    #[test]
    fn an_unknown_step_is_our_failure_and_no_challenge() {
        let answer: Response<String> = Refusal::UnknownStep.to_response(Side::Origin);
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!answer.headers().contains_key(WWW_AUTHENTICATE));
    }
}
