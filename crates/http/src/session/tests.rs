//! What is no session though its seal is whole.

use super::*;
use http::header::COOKIE;

/// Of a user in one group.
fn facts(group: &str, expires: SystemTime) -> Facts {
    Facts {
        name: "alice".to_owned(),
        full_name: None,
        client: "alice@EXAMPLE.TEST".parse().unwrap(),
        groups: vec![group.to_owned()],
        indicators: Vec::new(),
        expires,
        login: Login::Negotiate,
        session: Some(SessionId([7; 16])),
    }
}

/// A request with such a session.
fn request(sessions: &Sessions, facts: &Facts) -> HeaderMap {
    let body = body::encode(facts).unwrap();
    let sealed = sessions.current().seal(&body, &sessions.bound_to(None));
    let cookie = format!("__Host-portcullis-session={}", sealed.unwrap());
    let mut headers = HeaderMap::new();
    headers.insert(COOKIE, HeaderValue::try_from(cookie).unwrap());
    headers
}

#[test]
fn a_cookie_is_no_longer_than_browsers_keep() {
    let (now, hour) = (SystemTime::UNIX_EPOCH, Duration::from_secs(3600));
    let expires = now.checked_add(hour).unwrap();
    let sessions = Sessions::new("HTTP/web.example.test", SessionKeys::random().unwrap());
    for (length, fits) in [(2000, true), (4000, false)] {
        let mut facts = facts(&"g".repeat(length), expires);
        let found = sessions.find(true, &request(&sessions, &facts), None, now);
        assert_eq!(found.is_some(), fits, "{length}: what is shown");
        let begun = sessions.begin(true, &mut facts, None, now);
        assert_eq!(begun.is_some(), fits, "{length}: what is set");
    }
}
