//! [`Upgrade`]: a connection that becomes a WebSocket (RFC 9110 §7.8, RFC 6455).
//!
//! It becomes nothing else: in `h2c` a client would go on to ask the application, past us.

use crate::serve::listen::Place;
use crate::serve::outlet::Looking;
use axum::body::Body;
use axum::http::header::{CONNECTION, UPGRADE};
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use hyper::upgrade::{OnUpgrade, on};
use hyper_util::rt::TokioIo;
use tokio::io::copy_bidirectional;

/// What the connections of a client that wants it can become.
pub(super) const WEB_SOCKET: HeaderValue = HeaderValue::from_static("websocket");

/// The connection of a client that wants it to become a WebSocket.
pub(super) struct Upgrade {
    client: OnUpgrade,
    place: Place,
}

impl Upgrade {
    /// What this request wants, if it can be had.
    pub(super) fn wanted(request: &mut Request<Body>) -> Option<Self> {
        let client = request.extensions_mut().remove::<OnUpgrade>()?;
        let place = request.extensions_mut().remove::<Place>()?;
        let wanted = request.method() == Method::GET && names_web_socket(request.headers());
        wanted.then_some(Self { client, place })
    }

    /// Joins the two connections if the application says so; whether it does.
    pub(super) fn begin(self, response: &mut Response<Body>) -> bool {
        let switches = response.status() == StatusCode::SWITCHING_PROTOCOLS;
        if !switches || !names_web_socket(response.headers()) {
            return false;
        }
        let application = on(response);
        tokio::spawn(Looking::after_lines(async move {
            let Self { client, place } = self;
            // Whoever ends first ends both; neither has anybody to tell. Nor has the daemon, since
            // there is no telling when they have nothing more to say.
            tokio::select! {
                () = join(client, application) => {}
                () = place.closing() => {}
            }
        }));
        true
    }
}

async fn join(client: OnUpgrade, application: OnUpgrade) {
    if let (Ok(client), Ok(application)) = (client.await, application.await) {
        let (mut client, mut application) = (TokioIo::new(client), TokioIo::new(application));
        let _ = copy_bidirectional(&mut client, &mut application).await;
    }
}

/// Whether `Upgrade` names that alone, and `Connection` says that it counts.
fn names_web_socket(headers: &HeaderMap) -> bool {
    let is = |name: &str, wanted: &str| name.trim().eq_ignore_ascii_case(wanted);
    let mut upgrades = headers.get_all(UPGRADE).iter();
    let named = upgrades.next().and_then(|value| value.to_str().ok());
    let counts = |value: &HeaderValue| {
        let mut names = value.to_str().unwrap_or_default().split(',');
        names.any(|name| is(name, "upgrade"))
    };
    named.is_some_and(|name| is(name, "websocket"))
        && upgrades.next().is_none()
        && headers.get_all(CONNECTION).iter().any(counts)
}
