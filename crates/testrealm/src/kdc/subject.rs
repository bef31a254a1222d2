//! [`Subject`]: whom a ticket of the TGS exchange is about.

use super::exchange::Exchange;
use super::krb_error::Refusal;
use super::open_ticket::OpenTicket;
use super::pac::{Pacs, VerifiedPac};
use super::presented::Presented;
use super::s4u2self::ForUser;
use super::target::Target;
use super::{Account, pac, s4u2proxy};
use crate::pac::PacDraft;
use portcullis::Principal;
use portcullis_formats::der::SequenceOfBuf;
use portcullis_formats::messages::{AuthorizationData, KdcOptions, KerberosTime};
use portcullis_formats::registry::ErrorCode;
use std::sync::Arc;

/// Whom a ticket is about, and how it came about.
pub(super) struct Subject {
    pub(super) client: Principal,
    pub(super) authtime: KerberosTime,
    /// Whether the ticket may be forwardable, if it was asked for.
    pub(super) forwardable: bool,
    /// What the reply says beside it, open and sealed.
    pub(super) padata: [SequenceOfBuf; 2],
    way: Way,
}

enum Way {
    /// The client of the ticket-granting ticket asked for itself.
    Itself,
    /// A service asked on behalf of a user (S4U2Self), who has an account if it is of our realm.
    OnBehalf(Principal, Option<Arc<Account>>),
    /// A service showed its client's ticket (S4U2Proxy).
    Evidence(Box<OpenTicket>),
}

impl Subject {
    pub(super) fn find(
        exchange: &Exchange<'_>,
        presented: &Presented,
        target: &Target,
    ) -> Result<Self, Refusal> {
        if let Some(user) = ForUser::read(exchange, presented)? {
            return Self::on_behalf(exchange, presented, target, &user);
        }
        refuse_strange_client(exchange, &presented.tgt)?;
        if exchange.asks(KdcOptions::CNAME_IN_ADDL_TKT) {
            let evidence = s4u2proxy::evidence(exchange, presented, target)?;
            return Self::of(&evidence).map(|subject| Self {
                way: Way::Evidence(Box::new(evidence)),
                ..subject
            });
        }
        Self::of(&presented.tgt)
    }

    /// The client of this ticket.
    fn of(ticket: &OpenTicket) -> Result<Self, Refusal> {
        let part = ticket.part()?;
        Ok(Self {
            client: ticket.client()?,
            authtime: part.authtime,
            forwardable: true,
            padata: [SequenceOfBuf::default(), SequenceOfBuf::default()],
            way: Way::Itself,
        })
    }

    fn on_behalf(
        exchange: &Exchange<'_>,
        presented: &Presented,
        target: &Target,
        user: &ForUser<'_>,
    ) -> Result<Self, Refusal> {
        let account = user.permit(exchange, presented, target)?;
        let named = user.principal(account.as_deref())?;
        let client = if target.is_referral {
            presented.tgt.client()? // on the way back to where the service is
        } else {
            named.clone()
        };
        Ok(Self {
            client,
            authtime: presented.tgt.part()?.authtime,
            forwardable: forwardable(account.as_deref(), target),
            padata: user.answer(presented, &named)?,
            way: Way::OnBehalf(named, account),
        })
    }

    /// The PAC of the new ticket: of what the one that it comes from says, or of the user.
    pub(super) fn pac(
        &self,
        exchange: &Exchange<'_>,
        presented: &Presented,
        target: &Target,
    ) -> Result<Option<PacDraft>, Refusal> {
        let wanted = exchange.realm.database.pacs() != Pacs::None;
        let pac = match &self.way {
            Way::Itself => self.pac_of_itself(presented, target)?,
            Way::OnBehalf(user, account) => {
                self.pac_of_user(exchange, presented, target, user, account.as_deref())?
            }
            Way::Evidence(evidence) if wanted => {
                Some(self.pac_of_evidence(exchange, presented, target, evidence)?)
            }
            Way::Evidence(_) => None,
        };
        Ok(pac.filter(|_| wanted))
    }

    fn pac_of_itself(
        &self,
        presented: &Presented,
        target: &Target,
    ) -> Result<Option<PacDraft>, Refusal> {
        let Some(pac) = &presented.pac else {
            return Ok(None);
        };
        pac.is_of(&self.client, self.authtime)?;
        pac::for_ticket(pac, &target.account, None).map(Some)
    }

    /// What another realm says of its user is believed for the PAC's sake alone.
    fn pac_of_user(
        &self,
        exchange: &Exchange<'_>,
        presented: &Presented,
        target: &Target,
        user: &Principal,
        account: Option<&Account>,
    ) -> Result<Option<PacDraft>, Refusal> {
        if account.is_some() && exchange.realm.database.pacs() == Pacs::None {
            return Ok(None);
        }
        let none = Refusal::new(ErrorCode::TGT_REVOKED, "S4U2SELF_NO_PAC");
        let shown = presented.pac.as_ref().ok_or(none)?;
        let draft = if let Some(account) = account {
            shown.is_of(&presented.tgt.client()?, self.authtime)?;
            pac::on_behalf(exchange, user, account, self.authtime)
        } else {
            shown.is_of_foreign(user, self.authtime)?;
            Some(pac::for_ticket(shown, &target.account, None)?)
        };
        Ok(draft.map(|draft| pac::named(draft, user, self.authtime, target.is_referral)))
    }

    fn pac_of_evidence(
        &self,
        exchange: &Exchange<'_>,
        presented: &Presented,
        target: &Target,
        evidence: &OpenTicket,
    ) -> Result<PacDraft, Refusal> {
        let none = Refusal::new(ErrorCode::TGT_REVOKED, "S4U2PROXY_NO_HEADER_PAC");
        let shown = presented.pac.as_ref().ok_or(none)?;
        shown.is_of(&presented.tgt.client()?, presented.tgt.part()?.authtime)?;
        let pac = VerifiedPac::of_evidence(evidence, &exchange.kdc_key())?;
        let none = Refusal::new(ErrorCode::MODIFIED, "S4U2PROXY_NO_STKT_PAC");
        let pac = pac.ok_or(none)?;
        pac.is_of(&self.client, self.authtime)?;
        let through = Some((&evidence.service, target.principal()));
        pac::for_ticket(&pac, &target.account, through)
    }

    /// The authorization data that the new ticket inherits.
    pub(super) fn inherited<'p>(
        &'p self,
        presented: &'p Presented,
    ) -> Result<Option<AuthorizationData<'p>>, Refusal> {
        let ticket = match &self.way {
            Way::Itself => &presented.tgt,
            Way::Evidence(evidence) => evidence,
            Way::OnBehalf(..) => return Ok(None), // what is said there is said of the service
        };
        Ok(ticket.part()?.authorization_data)
    }
}

/// Whether a service may hand on what it gets on behalf of a user (`[MS-SFU]` §3.2.5.1.2).
fn forwardable(user: Option<&Account>, target: &Target) -> bool {
    let rights = target.account.delegation();
    let free = rights.ok_to_auth_as_delegate || rights.may_delegate_to.is_empty();
    let sensitive = user.is_some_and(|user| user.delegation().not_delegated);
    (free || target.is_referral) && !sensitive
}

/// Another realm says nothing about our own clients.
fn refuse_strange_client(exchange: &Exchange<'_>, tgt: &OpenTicket) -> Result<(), Refusal> {
    let us = exchange.realm.name.as_bytes();
    if tgt.service.realm().0 != us && tgt.part()?.crealm.0 == us {
        return Err(Refusal::new(ErrorCode::POLICY, "INVALID LINEAGE"));
    }
    Ok(())
}
