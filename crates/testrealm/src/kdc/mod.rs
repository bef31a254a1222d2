//! [`MiniKdc`], not for production: a KDC that answers real clients with the principals of a test
//! realm.
//!
//! | file | what it does |
//! | --- | --- |
//! | `as_exchange` | AS-REQ → AS-REP (RFC 4120 §3.1); `preauthentication` verifies the client |
//! | `tgs_exchange` | TGS-REQ → TGS-REP (§3.3); `presented` verifies, `target` finds the service |
//! | `subject` | whom the ticket is about: `s4u2self`, `s4u2proxy` ([MS-SFU]) |
//! | `pac` | what the ticket says of the account, signed ([MS-PAC]) |
//! | `issue` | what a ticket says, sealed for the service and for the client |
//! | `krb_error` | why there is none |
//! | `serve` | the same on sockets: `datagrams`, `connections`; `configuration` writes what clients need |
//!
//! What it leaves out, beside all that keeps a real KDC safe: FAST and other preauthentication,
//! postdated and anonymous tickets, constrained delegation to other realms, changing passwords, a
//! replay cache, and the comparison of addresses in a ticket with the client's.

mod account;
mod as_exchange;
mod client_name;
mod configuration;
mod connections;
mod database;
mod datagrams;
mod exchange;
mod issue;
mod krb_error;
mod lifetime;
mod open_ticket;
mod pac;
mod preauthentication;
mod presented;
mod route;
mod s4u2proxy;
mod s4u2self;
mod s4u_checksum;
mod serve;
mod source;
mod subject;
mod target;
mod tgs_exchange;
mod transited;

pub(crate) use account::{Account, Delegation};
pub(crate) use database::Database;
pub use pac::Pacs;
pub use serve::ServedKdc;

use crate::realm::Realm;
use exchange::{Exchange, Time};
use krb_error::Refusal;
use portcullis_formats::der::Decode;
use portcullis_formats::messages::{self, KdcReq, MessageType};
use portcullis_formats::registry::ErrorCode;
use source::Source;
use std::sync::Arc;
use std::time::SystemTime;

/// Not for production: a KDC for the principals of a [`TestRealm`](crate::TestRealm), and of all
/// realms that can be reached from it by trust.
///
/// It knows each service as it was built last, and the users that have a password. It has no
/// sockets and no clock: a request goes in, and the reply comes out. [`MiniKdc::serve`] gives it
/// both.
///
/// Beside tickets for passwords and keytabs it gives forwarded and renewed ones, those of
/// user-to-user, referrals to the realm that has a service, and what services ask for on behalf of
/// users ([`ServiceBuilder::may_delegate_to`](crate::ServiceBuilder::may_delegate_to)). Its tickets
/// have PACs, unless [`TestRealm::issue_pacs`](crate::TestRealm::issue_pacs) says otherwise.
#[derive(Clone, Debug)]
pub struct MiniKdc {
    realm: Arc<Realm>,
    source: Source,
}

impl MiniKdc {
    pub(crate) fn new(realm: Arc<Realm>) -> Self {
        Self {
            source: Source::Seeded(realm.clone()),
            realm,
        }
    }

    /// The AS-REP, TGS-REP or KRB-ERROR for a request that arrives `now`; nothing at all for what
    /// is no request.
    #[must_use]
    pub fn answer(&self, request: &[u8], now: SystemTime) -> Vec<u8> {
        let octets = request;
        let Ok(request) = KdcReq::from_der(octets) else {
            return Vec::new();
        };
        let Ok(body) = request.body() else {
            return Vec::new();
        };
        let exchange = Exchange {
            realm: self.realm_of(body.realm),
            source: &self.source,
            octets,
            request,
            body,
            now: Time::of(now),
        };
        let answer = match request.msg_type {
            MessageType::AS_REQ => as_exchange::answer(&exchange),
            _ => tgs_exchange::answer(&exchange),
        };
        answer.unwrap_or_else(|refusal| refusal.encode(&exchange))
    }

    /// The realm of this name, if we answer for it; our own will refuse what is not its.
    fn realm_of(&self, name: messages::Realm<'_>) -> Arc<Realm> {
        let mut realms = self.realms().into_iter();
        realms
            .find(|realm| realm.name.as_bytes() == name.0)
            .unwrap_or_else(|| self.realm.clone())
    }

    /// Those that we answer for, our own first.
    fn realms(&self) -> Vec<Arc<Realm>> {
        let others = route::reachable(&self.realm).into_iter();
        let others = others.map(|reached| reached.realm);
        [self.realm.clone()].into_iter().chain(others).collect()
    }

    /// The KRB-ERROR for a message whose contents nobody has looked at.
    fn refuse(&self, code: ErrorCode, text: &'static str, now: SystemTime) -> Vec<u8> {
        Refusal::new(code, text).encode_unread(&self.realm.krbtgt(), Time::of(now))
    }
}
