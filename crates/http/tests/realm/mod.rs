//! A realm, a service in it, and a layer before a service that says who its user is.

#![allow(dead_code, reason = "each test binary takes what it needs")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    reason = "test code"
)]

use core::convert::Infallible;
use core::time::Duration;
use http::{HeaderName, HeaderValue, Request, Response, header};
use portcullis::{Acceptor, AcceptorBuilder};
use portcullis_http::header::{challenge, token};
use portcullis_http::{Authenticated, NegotiateLayer, User, Verdict};
use portcullis_testrealm::{TestRealm, TestService, TokenBuilder};
use std::time::SystemTime;
use tower::{Layer as _, ServiceExt as _, service_fn};

pub(crate) type Answer = Response<String>;

pub(crate) struct Scene {
    pub(crate) realm: TestRealm,
    pub(crate) web: TestService,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let realm = TestRealm::new("EXAMPLE.TEST");
        let web = realm.service("HTTP/web.example.test");
        Self { realm, web }
    }

    pub(crate) fn builder(&self) -> AcceptorBuilder {
        Acceptor::builder(self.web.keytab())
    }

    pub(crate) fn acceptor(&self) -> Acceptor {
        self.builder().build().unwrap()
    }

    /// At the time of a realm that nobody has advanced.
    pub(crate) fn layer(&self) -> NegotiateLayer {
        NegotiateLayer::new(self.acceptor()).now(now)
    }

    pub(crate) fn token(&self) -> TokenBuilder {
        self.realm.user("alice").token_for(&self.web).spnego()
    }

    /// A request of alice, with a token that was never there before.
    pub(crate) fn login(&self) -> Request<String> {
        with_token(self.token().build().token())
    }

    pub(crate) fn login_of(&self, user: &str) -> Request<String> {
        let token = self.realm.user(user).token_for(&self.web).spnego().build();
        with_token(token.token())
    }
}

pub(crate) fn now() -> SystemTime {
    TestRealm::new("EXAMPLE.TEST").now()
}

pub(crate) fn in_an_hour() -> SystemTime {
    now() + Duration::from_secs(3600)
}

pub(crate) fn nothing() -> Request<String> {
    let mut request = Request::get("/").body(String::new()).unwrap();
    let host = HeaderValue::from_static("web.example.test");
    request.headers_mut().insert(header::HOST, host);
    request
}

pub(crate) fn with(mut request: Request<String>, name: HeaderName, value: &str) -> Request<String> {
    let value = HeaderValue::from_str(value).unwrap();
    request.headers_mut().append(name, value);
    request
}

pub(crate) fn with_token(token: &[u8]) -> Request<String> {
    let mut request = nothing();
    let value = challenge(Some(token));
    request.headers_mut().insert(header::AUTHORIZATION, value);
    request
}

/// Says who the user is, how that is known, and whether there is a ticket.
pub(crate) async fn whoami(request: Request<String>) -> Result<Answer, Infallible> {
    let extensions = request.extensions();
    let text = match extensions.get::<User>() {
        None => "nobody".to_owned(),
        Some(user) => {
            let ticket = extensions.get::<Authenticated>().map_or("", |_| ", ticket");
            let (name, login) = (user.name(), user.login().name());
            format!("{name} by {login}{ticket}")
        }
    };
    Ok(Response::new(text))
}

pub(crate) async fn ask(layer: &NegotiateLayer, request: Request<String>) -> Answer {
    let service = layer.layer(service_fn(whoami));
    service.oneshot(request).await.unwrap()
}

pub(crate) fn verdict(answer: &Answer) -> &Verdict {
    answer
        .extensions()
        .get()
        .expect("each answer has a verdict")
}

/// The outcome, and the kind of what is wrong.
pub(crate) fn outcome(answer: &Answer) -> String {
    verdict(answer).to_string()
}

/// Our token in `WWW-Authenticate`.
pub(crate) fn reply(answer: &Answer) -> Vec<u8> {
    let value = &answer.headers()[header::WWW_AUTHENTICATE];
    let request = with(
        Request::new(String::new()),
        header::AUTHORIZATION,
        value.to_str().unwrap(),
    );
    token(request.headers(), usize::MAX)
        .unwrap()
        .expect("a reply")
}

/// The cookies that an answer sets, as a browser sends them: without those that it takes away.
pub(crate) fn cookies(answer: &Answer) -> Vec<String> {
    let fields = answer.headers().get_all(header::SET_COOKIE);
    let texts = fields.iter().map(|field| field.to_str().unwrap());
    let live = texts.filter(|text| !text.contains("Max-Age=0"));
    live.map(|text| text.split(';').next().unwrap().to_owned())
        .collect()
}
