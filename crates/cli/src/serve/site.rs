//! [`Site`]: what of the configuration every request meets.

use super::config::{Config, RoutePath};
use super::identity_headers::IdentityHeaders;
use super::listen::Listener;
use super::passwords::Passwords;

/// What of the configuration every request meets.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) fields: IdentityHeaders,
    /// Where proxies ask; nowhere where we are the proxy.
    pub(super) forward_auth: Option<RoutePath>,
    /// Whether `/healthz` and `/metrics` are beside it.
    pub(super) tells_of_itself: bool,
    /// Where the operator learns how it goes.
    pub(super) status: Option<String>,
    /// Whether `X-Forwarded-…` is a proxy's word, where we are one ourselves.
    pub(super) trusts_forwarded: bool,
    pub(super) passwords: Option<Passwords>,
}

impl Site {
    /// `own`: the sockets for what the daemon says of itself.
    pub(super) fn new(config: &Config, own: &[Listener], passwords: Option<Passwords>) -> Self {
        let is_proxy = config.proxy.upstream.is_some();
        let status = Some(&config.status).filter(|status| status.require.says_something());
        Self {
            fields: IdentityHeaders::from(&config.headers),
            forward_auth: (!is_proxy).then(|| config.forward_auth.path.clone()),
            tells_of_itself: !is_proxy && own.is_empty(),
            trusts_forwarded: config.proxy.trust_forwarded,
            passwords,
            status: status.map(|status| status.path.as_str().to_owned()),
        }
    }
}
