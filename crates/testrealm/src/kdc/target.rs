//! [`Target`]: whom the ticket of a TGS-REP is for, and in which keys.

use super::exchange::Exchange;
use super::issue::TicketKey;
use super::krb_error::Refusal;
use super::open_ticket::OpenTicket;
use super::route::reachable;
use super::{Account, client_name};
use crate::realm;
use portcullis::{Enctype, Principal};
use portcullis_formats::messages::{KdcOptions, PrincipalName, Realm};
use portcullis_formats::registry::{ErrorCode, EtypeNumber};
use std::sync::Arc;

/// What is done with a ticket that is there already, so that no other realm can do it.
const NO_REFERRAL: [KdcOptions; 5] = [
    KdcOptions::FORWARDED,
    KdcOptions::PROXY,
    KdcOptions::RENEW,
    KdcOptions::VALIDATE,
    KdcOptions::ENC_TKT_IN_SKEY,
];

/// Whom a ticket is for.
pub(super) struct Target {
    principal: Principal,
    pub(super) account: Arc<Account>,
    pub(super) ticket_key: TicketKey,
    pub(super) session_enctype: Enctype,
    /// It is another KDC to ask, not what was asked for.
    pub(super) is_referral: bool,
}

impl Target {
    /// The service that is asked for, or the KDC that knows it.
    pub(super) fn find(exchange: &Exchange<'_>, tgt: &OpenTicket) -> Result<Self, Refusal> {
        let unknown = || Refusal::new(ErrorCode::S_PRINCIPAL_UNKNOWN, "LOOKING_UP_SERVER");
        let asked = exchange.sname()?;
        let asked = client_name::principal(&exchange.realm, exchange.body.realm, asked);
        let asked = asked.map_err(|_| unknown())?;
        if exchange.asks(KdcOptions::RENEW) && asked != tgt.service {
            return Err(Refusal::new(ErrorCode::SERVER_NOMATCH, "PROCESS_TGS"));
        }
        if exchange.asks(KdcOptions::ENC_TKT_IN_SKEY) {
            return Self::user_to_user(exchange, asked);
        }
        let database = &exchange.realm.database;
        let found = database.find(&asked);
        let is_referral = found.is_none();
        let (principal, account) = match found {
            Some(account) => (asked, account),
            None => {
                let kdc = referral(exchange, &asked).ok_or_else(unknown)?;
                let account = database.find(&kdc).ok_or_else(unknown)?;
                (kdc, account)
            }
        };
        Ok(Self {
            ticket_key: TicketKey::of(&account)?,
            session_enctype: exchange.session_enctype(&account)?,
            principal,
            account,
            is_referral,
        })
    }

    /// Sealed with the session key of the ticket-granting ticket that came along (RFC 4120 §3.3.3).
    fn user_to_user(exchange: &Exchange<'_>, asked: Principal) -> Result<Self, Refusal> {
        let missing = Refusal::new(ErrorCode::BADOPTION, "NO_2ND_TKT");
        let second = exchange.second_ticket().ok_or(missing)?;
        let second = OpenTicket::open(&second, &exchange.realm)?;
        second.timely_at(exchange.now)?;
        let part = second.part()?;
        let mismatch = Refusal::new(ErrorCode::SERVER_NOMATCH, "2ND_TKT_MISMATCH");
        if !asked.is(part.crealm, part.cname) {
            return Err(mismatch);
        }
        let account = exchange.realm.database.find(&asked).ok_or(mismatch)?;
        let key = second.session_key;
        let session_enctype = key.enctype();
        let etype = EtypeNumber(session_enctype.number());
        if !exchange.body.etype.iter().any(|asked| asked == etype) {
            return Err(Refusal::new(
                ErrorCode::ETYPE_NOSUPP,
                "BAD_ETYPE_IN_2ND_TKT",
            ));
        }
        Ok(Self {
            principal: asked,
            account,
            ticket_key: TicketKey { kvno: None, key },
            session_enctype,
            is_referral: false,
        })
    }

    pub(super) const fn principal(&self) -> &Principal {
        &self.principal
    }

    pub(super) fn realm(&self) -> Realm<'_> {
        self.principal.realm()
    }

    pub(super) fn name(&self) -> PrincipalName<'_> {
        self.principal.name()
    }
}

/// The KDC to ask next: on the way to the realm whose KDC is asked for, or to the one that has this
/// service, whatever realm the client thought it in unless its name says one (RFC 4120 §3.3.1,
/// RFC 6806 §8).
fn referral(exchange: &Exchange<'_>, asked: &Principal) -> Option<Principal> {
    if NO_REFERRAL.iter().any(|option| exchange.asks(*option)) {
        return None;
    }
    let components: Vec<_> = asked.components().collect();
    let sought = |realm: &realm::Realm| match *components {
        [b"krbtgt", there] => realm.name.as_bytes() == there,
        _ => {
            let there = Principal::new(&realm.name, asked.components());
            let known = there.is_ok_and(|there| realm.database.find(&there).is_some());
            let anywhere = asked.realm().0 == exchange.realm.name.as_bytes();
            let there = anywhere || asked.realm().0 == realm.name.as_bytes();
            known && there && exchange.asks(KdcOptions::CANONICALIZE)
        }
    };
    let mut reached = reachable(&exchange.realm).into_iter();
    let next = reached.find(|reached| sought(&reached.realm))?.first_hop;
    Principal::new(&exchange.realm.name, ["krbtgt", &next.name]).ok()
}
