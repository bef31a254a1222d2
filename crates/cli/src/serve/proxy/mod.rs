//! [`Proxy`]: takes a proven client's request to the application, and its answer back.
//!
//! | file | what it does |
//! | --- | --- |
//! | `connect` | connections to the application |
//! | `fields` | what of the fields is for the next hop, and what not |
//! | `upload` | bodies on their way to the application |
//! | `upgrade` | connections that become WebSockets |

mod connect;
mod fields;
mod upgrade;
mod upload;

use super::config::Config;
use super::log::{Level, Line, Log};
use super::request::Errand;
use axum::body::Body;
use axum::http::uri::{Authority, PathAndQuery, Scheme};
use axum::http::{HeaderMap, Request, Response, StatusCode, Uri, Version};
use connect::Connect;
use core::fmt;
use core::time::Duration;
use hyper_util::client::legacy::{Builder, Client};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use upgrade::{Upgrade, WEB_SOCKET};
use upload::Upload;

/// The way to the application.
#[derive(Debug)]
pub(super) struct Proxy {
    client: Client<Connect, Upload>,
    authority: Authority,
    patience: Duration,
    trusts_forwarded: bool,
    /// The name of our cookie, which is not for the application.
    session: String,
    log: Log,
}

/// Why there is no answer of the application.
#[derive(Debug)]
enum Lost {
    /// It cannot be reached, or does not speak HTTP.
    Client(hyper_util::client::legacy::Error),
    /// It does not begin to answer.
    Late(Duration),
    /// It goes on in a protocol that nobody asked for.
    Switched,
}

/// How long an idle connection to the application is kept: shorter than what servers keep them.
const IDLE: Duration = Duration::from_secs(4);

impl Proxy {
    /// The way to the application, if the configuration has one.
    pub(super) fn new(config: &Config, log: Log) -> Option<Self> {
        let rules = &config.proxy;
        let upstream = rules.upstream.as_ref()?;
        let mut builder: Builder = Client::builder(TokioExecutor::new());
        builder
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .set_host(false);
        Some(Self {
            client: builder.build(Connect::new(
                upstream.clone(),
                rules.connect_timeout.duration(),
            )),
            authority: upstream.authority(),
            patience: rules.timeout.duration(),
            trusts_forwarded: rules.trust_forwarded,
            session: config.sessions.cookie.clone(),
            log,
        })
    }

    /// The application's answer, or ours if it has none. `identify` says who the client is, when
    /// nothing that the client sent can take that away any more.
    pub(super) async fn forward(
        &self,
        request: Request<Body>,
        errand: &Errand,
        identify: impl FnOnce(&mut HeaderMap) + Send,
    ) -> Response<Body> {
        match self.ask(request, errand, identify).await {
            Ok(response) => response,
            Err(lost) => self.give_up(&lost, errand),
        }
    }

    async fn ask(
        &self,
        mut request: Request<Body>,
        errand: &Errand,
        identify: impl FnOnce(&mut HeaderMap) + Send,
    ) -> Result<Response<Body>, Lost> {
        let upgrade = Upgrade::wanted(&mut request);
        let wanted = upgrade.as_ref().map(|_| WEB_SOCKET);
        fields::for_the_application(&mut request, errand, self.trusts_forwarded, wanted);
        fields::without_our_cookies(request.headers_mut(), &self.session);
        identify(request.headers_mut());
        *request.uri_mut() = self.uri(request.uri());
        *request.version_mut() = Version::HTTP_11;
        request.extensions_mut().clear();
        let (parts, body) = request.into_parts();
        let (upload, progress) = Upload::new(body);
        // Whoever uploads slowly is not the application's fault.
        let response = tokio::select! {
            response = self.client.request(Request::from_parts(parts, upload)) => response,
            () = progress.ends(self.patience) => return Err(Lost::Late(self.patience)),
        };
        let mut response = response.map_err(Lost::Client)?.map(Body::new);
        let begun = upgrade.is_some_and(|upgrade| upgrade.begin(&mut response));
        if response.status() == StatusCode::SWITCHING_PROTOCOLS && !begun {
            return Err(Lost::Switched);
        }
        // An application that speaks HTTP/1.0 does so to us: our client gets an answer of its own version.
        *response.version_mut() = Version::HTTP_11;
        fields::for_the_client(response.headers_mut(), begun.then_some(WEB_SOCKET));
        Ok(response)
    }

    /// The same path and query at the application.
    fn uri(&self, asked: &Uri) -> Uri {
        let mut parts = axum::http::uri::Parts::default();
        parts.scheme = Some(Scheme::HTTP);
        parts.authority = Some(self.authority.clone());
        let root = || PathAndQuery::from_static("/");
        parts.path_and_query = Some(asked.path_and_query().cloned().unwrap_or_else(root));
        // Of three parts that are good each, a good whole comes.
        Uri::from_parts(parts).unwrap_or_default()
    }

    fn give_up(&self, lost: &Lost, errand: &Errand) -> Response<Body> {
        let line = Line::new(Level::Error, "upstream")
            .text_field("id", errand.id)
            .text_field("path", &errand.about.path)
            .text_field("reason", lost);
        self.log.write(&line);
        let text = format!(
            "The application does not answer. Try again soon. (reference {})\n",
            errand.id
        );
        let mut response = Response::new(Body::from(text));
        *response.status_mut() = match lost {
            Lost::Client(_) | Lost::Switched => StatusCode::BAD_GATEWAY,
            Lost::Late(_) => StatusCode::GATEWAY_TIMEOUT,
        };
        response
    }
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(error) => {
                write!(f, "{error}")?;
                let mut cause = core::error::Error::source(error);
                while let Some(error) = cause {
                    write!(f, ": {error}")?;
                    cause = error.source();
                }
                Ok(())
            }
            Self::Late(patience) => write!(f, "no answer within {} s", patience.as_secs()),
            Self::Switched => f.write_str("it switches protocols unasked"),
        }
    }
}
