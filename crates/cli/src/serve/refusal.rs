//! What somebody sees who is not let in: what is known to be harmless, and by what the rest is found.

use super::verdict::{Finding, Verdict};
use axum::body::Body;
use axum::http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};

/// Whether a person looks at the answer.
pub(super) fn wants_html(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT).iter();
    let mut texts = accepted.filter_map(|value| value.to_str().ok());
    texts.any(|text| text.contains("text/html"))
}

/// Puts words for a person, or a line for a program, into a response that lets nobody in.
pub(super) fn explain(response: &mut Response<Body>, verdict: &Verdict, html: bool) {
    let words = Words::of(verdict);
    let id = verdict.id;
    let (kind, text) = match html {
        true => ("text/html; charset=utf-8", page(&words, &id.to_string())),
        false => (
            "text/plain; charset=utf-8",
            format!("{} {} (reference {id})\n", words.title, words.advice),
        ),
    };
    let headers = response.headers_mut();
    headers.remove(CONTENT_LENGTH);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'"),
    );
    if let Ok(value) = HeaderValue::try_from(id.to_string()) {
        headers.insert("x-portcullis-id", value);
    }
    *response.body_mut() = Body::from(text);
}

/// What is said.
struct Words {
    title: &'static str,
    advice: &'static str,
}

impl Words {
    fn of(verdict: &Verdict) -> Self {
        let (title, advice) = match (&verdict.finding, verdict.status) {
            (Finding::Forbidden { .. }, _) => (
                "You are known here, and may not have this.",
                "Ask whoever runs this site, and name the reference.",
            ),
            (Finding::Failed(_), _) => (
                "Nobody can be let in at the moment.",
                "Try again soon; if it lasts, tell whoever runs this site, and name the reference.",
            ),
            (_, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE) => (
                "Your ticket is too large for this site.",
                "You may be in very many groups. Tell whoever runs this site.",
            ),
            (Finding::Refused(reason), _) if reason.kind == "ntlm" => (
                "Your computer sent NTLM, which is not Kerberos.",
                "It has no ticket for this site. Use the site's full name, not its address; whoever \
                 runs it can find the reason by the reference.",
            ),
            (Finding::Refused(_), StatusCode::TOO_MANY_REQUESTS) => (
                "There were too many attempts.",
                "Wait a few minutes and try again. Whoever runs this site finds the reason by the \
                 reference.",
            ),
            (Finding::Refused(reason), _) if reason.kind == "password" => (
                "Your name and your password were not accepted.",
                "Try again. Whoever runs this site finds the reason by the reference.",
            ),
            (Finding::Refused(_), _) => (
                "Your Kerberos login was refused.",
                "Lock and unlock your screen, or run kinit, and try again. Whoever runs this site \
                 finds the reason by the reference.",
            ),
            (Finding::LoggedOut, _) => (
                "You are signed out.",
                "As long as you have a ticket, the next visit signs you in again.",
            ),
            (Finding::AnotherLeg, _) => (
                "Signing in takes another step.",
                "Your program takes it by itself; if it does not, it keeps no cookies for this site.",
            ),
            (Finding::Challenged | Finding::Preflight | Finding::Accepted(_), _) => (
                "You are not signed in.",
                "This site asks for a Kerberos login, and your program did not offer one. A browser \
                 has to be told to trust this site with it.",
            ),
        };
        Self { title, advice }
    }
}

/// Without anything that a client said.
fn page(words: &Words, id: &str) -> String {
    let Words { title, advice } = words;
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8>\
         <meta name=viewport content=\"width=device-width\"><title>{title}</title>\
         <style>{STYLE}</style><main><h1>{title}</h1><p>{advice}</p>\
         <p>Reference: <code>{id}</code></p></main></html>\n"
    )
}

const STYLE: &str = "\
:root{color-scheme:light dark;font:17px/1.5 system-ui,sans-serif}\
main{max-width:34em;margin:12vh auto;padding:0 1.2em}h1{font-size:1.4em}";
