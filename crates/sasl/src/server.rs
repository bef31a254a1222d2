//! [`SaslServer`]: decisions made once.

use crate::authorization::{AuthorizationPolicy, OnlyAsItself};
use crate::exchange::Exchange;
use crate::layers::Layers;
use crate::mechanism::Mechanism;
use core::fmt;
use portcullis::{Acceptor, Negotiation};
use std::sync::Arc;

/// A service that clients log in to with SASL. Cheap to clone.
#[derive(Clone)]
pub struct SaslServer {
    acceptor: Acceptor,
    pub(crate) rules: Arc<Rules>,
}

/// What a login must keep to.
#[derive(Clone)]
pub(crate) struct Rules {
    pub(crate) layers: Layers,
    pub(crate) max_receive: Option<u32>,
    pub(crate) authorization: Arc<dyn AuthorizationPolicy>,
}

/// The longest token that RFC 4752's three octets can tell, and what Cyrus SASL and Windows assume
/// in GSS-SPNEGO, where nobody tells.
pub(crate) const LONGEST_TOKEN: u32 = 0x00ff_ffff;
/// What servers usually take.
const USUAL_TOKEN: u32 = 0x0001_0000;

impl SaslServer {
    /// A service that offers these security layers. There is no default, because what is right
    /// depends on what is below: [`Layers::NONE`] inside of TLS, [`Layers::CONFIDENTIALITY`] or
    /// [`Layers::PROTECTED`] without it. With [`Layers::ANY`] the client decides, and Java's
    /// decides for none.
    ///
    /// Which service the clients may have come for is the acceptor's to say
    /// ([`AcceptorBuilder::service`](portcullis::AcceptorBuilder::service)): RFC 4752 §3.2 wants
    /// the name that the protocol has, such as `ldap` or `kafka`.
    #[must_use]
    pub fn new(acceptor: Acceptor, layers: Layers) -> Self {
        let rules = Rules {
            layers,
            max_receive: None,
            authorization: Arc::new(OnlyAsItself),
        };
        Self {
            acceptor,
            rules: Arc::new(rules),
        }
    }

    /// The longest Wrap token that a security layer opens, in octets, up to 16 MiB less one; zero
    /// counts as one. Default: 64 KiB with GSSAPI, which tells the client; 16 MiB less one with
    /// GSS-SPNEGO, which does not, and whose clients assume that much.
    #[must_use]
    pub fn max_receive(self, octets: u32) -> Self {
        self.with(|rules| rules.max_receive = Some(octets.clamp(1, LONGEST_TOKEN)))
    }

    /// Who may act as somebody else. Default: nobody.
    #[must_use]
    pub fn authorization(self, policy: impl AuthorizationPolicy + 'static) -> Self {
        self.with(|rules| rules.authorization = Arc::new(policy))
    }

    /// Begins the exchange with one client that has chosen `mechanism`.
    pub fn begin(&self, mechanism: Mechanism) -> Exchange {
        self.begin_with(mechanism, self.acceptor.begin())
    }

    /// As [`SaslServer::begin`], with a negotiation that knows more of the peer: its address, or
    /// the channel that it comes through. RFC 4752 §3.2 has no channel bindings; Active Directory's
    /// clients send them all the same when LDAP goes over TLS.
    pub fn begin_with(&self, mechanism: Mechanism, negotiation: Negotiation) -> Exchange {
        Exchange::new(Arc::clone(&self.rules), mechanism, negotiation)
    }

    fn with(mut self, change: impl FnOnce(&mut Rules)) -> Self {
        change(Arc::make_mut(&mut self.rules));
        self
    }
}

impl Rules {
    pub(crate) fn max_receive(&self, mechanism: Mechanism) -> u32 {
        self.max_receive.unwrap_or(match mechanism {
            Mechanism::Gssapi => USUAL_TOKEN,
            Mechanism::GssSpnego => LONGEST_TOKEN,
        })
    }
}

impl fmt::Debug for SaslServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SaslServer")
            .field("acceptor", &self.acceptor)
            .field("rules", &self.rules)
            .finish()
    }
}

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rules")
            .field("layers", &self.layers)
            .field("max_receive", &self.max_receive)
            .finish_non_exhaustive()
    }
}
