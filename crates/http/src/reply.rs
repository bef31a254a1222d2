//! What a refused client gets to see.
//!
//! It depends on [`Error::code`] and on what the request says in clear, and on nothing secret. 401
//! for every verdict about a token, whoever is to blame: a stranger's ticket must not make
//! failures, and the challenge must reach the client. Only what we lack makes 500 and 503, and then
//! there is no challenge: another token would not help.

use crate::guard::Refusal;
use crate::header::{self, HeaderError};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};
use portcullis::Error;
use portcullis::error::Unsupported;

impl Refusal {
    /// The answer; a [`portcullis::Rejection`] goes with it, for logs.
    pub(crate) fn into_response<B: From<String>>(self) -> Response<B> {
        let mut text = self.text();
        text.push('\n');
        let mut response = Response::new(B::from(text));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=utf-8"),
        );
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.status() == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, header::challenge(self.reply()));
        }
        if let Self::Rejected(rejection) = self {
            response.extensions_mut().insert(*rejection);
        }
        response
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NoCredentials | Self::AnotherLeg { .. } => StatusCode::UNAUTHORIZED,
            Self::Header(error) => match error {
                HeaderError::Repeated => StatusCode::BAD_REQUEST,
                HeaderError::TooLong { .. } => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                HeaderError::NoToken | HeaderError::NotBase64 => StatusCode::UNAUTHORIZED,
            },
            Self::Rejected(rejection) => status(rejection.error()),
            Self::UnknownStep => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Our token for the client, if there is one.
    fn reply(&self) -> Option<&[u8]> {
        match self {
            Self::AnotherLeg { reply } => Some(reply),
            Self::Rejected(rejection) => rejection.reply(),
            Self::NoCredentials | Self::Header(_) | Self::UnknownStep => None,
        }
    }

    fn text(&self) -> String {
        match self {
            Self::NoCredentials => "this service asks for a Kerberos login (Negotiate)".to_owned(),
            Self::Header(error) => error.to_string(),
            Self::AnotherLeg { .. } => {
                "this service takes a Kerberos login in one leg: offer Kerberos first".to_owned()
            }
            Self::Rejected(rejection) => refusal(rejection.error()),
            Self::UnknownStep => "this service cannot go on with the login".to_owned(),
        }
    }
}

/// A new kind of error is a verdict about the token until it is named here: 401 shows the client
/// how to come again, and lets nobody in.
const fn status(error: &Error) -> StatusCode {
    match error {
        Error::ReplayCache(_) => StatusCode::SERVICE_UNAVAILABLE,
        Error::Entropy => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::UNAUTHORIZED,
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
    use portcullis::error::NegotiationError;
    use portcullis::replay::ReplayCacheError;

    const OUTAGE: &str = "this service cannot take a login at the moment";

    #[test]
    fn lost_entropy_is_our_failure() {
        assert_eq!(status(&Error::Entropy), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(refusal(&Error::Entropy), OUTAGE);
    }

    #[test]
    fn a_full_replay_cache_is_an_outage() {
        let full = Error::ReplayCache(ReplayCacheError::Full { capacity: 1 });
        assert_eq!(status(&full), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(refusal(&full), OUTAGE);
    }

    #[test]
    fn a_refusal_without_a_code_says_no_more_than_that() {
        let error = Error::Negotiation(NegotiationError::NotBegun);
        assert_eq!(status(&error), StatusCode::UNAUTHORIZED);
        assert_eq!(refusal(&error), "Kerberos login refused");
    }

    #[test]
    fn an_unknown_step_is_our_failure_and_no_challenge() {
        let answer: Response<String> = Refusal::UnknownStep.into_response();
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!answer.headers().contains_key(WWW_AUTHENTICATE));
    }
}
