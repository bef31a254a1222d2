//! [`Upgrade`]: a connection that becomes something else (RFC 9110 §7.8): a WebSocket, as a rule.

use axum::body::Body;
use axum::http::header::{CONNECTION, UPGRADE};
use axum::http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use hyper::upgrade::{OnUpgrade, on};
use hyper_util::rt::TokioIo;
use tokio::io::copy_bidirectional;

/// What a client wants its connection to become, and the connection.
pub(super) struct Upgrade {
    protocol: HeaderValue,
    client: OnUpgrade,
}

impl Upgrade {
    /// What this request wants, if it can be had.
    pub(super) fn wanted(request: &mut Request<Body>) -> Option<Self> {
        let protocol = protocol(request.headers())?;
        let client = request.extensions_mut().remove::<OnUpgrade>()?;
        Some(Self { protocol, client })
    }

    pub(super) const fn protocol(&self) -> &HeaderValue {
        &self.protocol
    }

    /// Joins the two connections if the application says so; what they become.
    pub(super) fn begin(self, response: &mut Response<Body>) -> Option<HeaderValue> {
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            return None;
        }
        let becomes = protocol(response.headers())?;
        let application = on(response);
        tokio::spawn(async move {
            // Whoever ends first ends both; neither has anybody to tell.
            if let (Ok(client), Ok(application)) = (self.client.await, application.await) {
                let (mut client, mut application) =
                    (TokioIo::new(client), TokioIo::new(application));
                let _ = copy_bidirectional(&mut client, &mut application).await;
            }
        });
        Some(becomes)
    }
}

/// What `Upgrade` names, where `Connection` says that it counts.
fn protocol(headers: &HeaderMap) -> Option<HeaderValue> {
    let named = |value: &HeaderValue| {
        let names = value.to_str().unwrap_or_default().split(',');
        names
            .map(str::trim)
            .any(|name| name.eq_ignore_ascii_case("upgrade"))
    };
    let counts = headers.get_all(CONNECTION).iter().any(named);
    headers.get(UPGRADE).filter(|_| counts).cloned()
}
