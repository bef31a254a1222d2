//! [`Policy`]: who of those that have proven themselves may come in.
//!
//! An [`Identity`] is true; whether it may do something is for the service to say. A policy is a list
//! of conditions, all of which must hold, and a refusal says which does not. Where groups have names,
//! a directory or a file says who is in them: [`Groups`].
//!
//! ```
//! use portcullis::policy::{Group, Policy};
//!
//! let staff = "S-1-5-21-1004336348-1177238915-682003330-1104".parse()?;
//! let contractors = "S-1-5-21-1004336348-1177238915-682003330-1190".parse()?;
//! let policy = Policy::new()
//!     .realm("EXAMPLE.TEST")
//!     .member_of_any([Group::named("staff", staff)])
//!     .not_member_of(Group::named("contractors", contractors))
//!     .in_person();
//! # let check = |identity: &portcullis::Identity| {
//! if let Err(refusal) = policy.permit(identity) {
//!     println!("no: {refusal}"); // alice@EXAMPLE.TEST is in none of: staff (S-1-5-21-…-1104)
//! }
//! # };
//! # Ok::<(), portcullis::pac::SidError>(())
//! ```

mod groups;
mod refusal;

pub use groups::{Groups, GroupsError, PacGroups};
pub use refusal::Refusal;

use crate::identity::Identity;
use crate::pac::{Pac, Sid, SidAndAttributes, may_be_sent};
use core::fmt;
use portcullis_formats::gss::ContextFlags;
use portcullis_formats::messages::TicketFlags;

/// Conditions, all of which a client must meet. Without any, everybody is permitted.
#[derive(Clone, Debug, Default)]
#[must_use = "a policy does nothing until somebody is held against it"]
pub struct Policy {
    realms: Vec<Vec<u8>>,
    /// Of each of these lists one.
    groups: Vec<Vec<Group>>,
    excluded: Vec<Group>,
    indicators: Vec<String>,
    ticket_flags: TicketFlags,
    context_flags: ContextFlags,
    channel_bound: bool,
    in_person: bool,
}

/// A group, or an account, by its SID; and what to call it in a refusal. PACs have no names of
/// groups: whoever has names maps them, from a directory or a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    sid: Sid,
    name: Option<String>,
}

impl Group {
    /// A group, with a name.
    #[must_use]
    pub fn named(name: impl Into<String>, sid: Sid) -> Self {
        let name = Some(name.into());
        Self { sid, name }
    }

    /// Its SID.
    #[must_use]
    pub const fn sid(&self) -> &Sid {
        &self.sid
    }

    /// Whether a client is it, or is in it so that it grants something.
    fn grants_to(&self, pac: &Pac) -> bool {
        pac.user_sid() == Some(self.sid) || pac.is_member_of(&self.sid)
    }

    /// Whether a client is it, or is in it at all: a membership that only denies denies here, and so
    /// does one that the client's realm may not give.
    fn has(&self, pac: &Pac) -> bool {
        let is_it = |membership: SidAndAttributes| membership.sid == self.sid;
        pac.user_sid() == Some(self.sid) || pac.sent_groups().any(is_it)
    }
}

impl From<Sid> for Group {
    fn from(sid: Sid) -> Self {
        Self { sid, name: None }
    }
}

/// `staff (S-1-5-21-…)`, or the SID alone.
impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name} ({})", self.sid),
            None => self.sid.fmt(f),
        }
    }
}

impl Policy {
    /// Everybody is permitted.
    pub fn new() -> Self {
        Self::default()
    }

    /// The client is of this realm, or of another that is named so.
    pub fn realm(mut self, realm: impl AsRef<[u8]>) -> Self {
        self.realms.push(realm.as_ref().to_vec());
        self
    }

    /// The client is in one of these groups, or is one of these accounts. Said again, it must meet
    /// each. Whoever has no PAC with SIDs is in no group.
    pub fn member_of_any<G: Into<Group>>(mut self, groups: impl IntoIterator<Item = G>) -> Self {
        self.groups
            .push(groups.into_iter().map(Into::into).collect());
        self
    }

    /// The client is not in this group, not even so that it only denies or that a
    /// [`SidFilter`](crate::pac::SidFilter) leaves it out, and is not this account. Whoever has no
    /// PAC with SIDs is refused: nobody can tell. So is everybody when the group is one of those of
    /// which no PAC tells, `S-1-5-32-544` or `S-1-5-11`.
    pub fn not_member_of(mut self, group: impl Into<Group>) -> Self {
        self.excluded.push(group.into());
        self
    }

    /// The client proved itself to the KDC in this way, or in another that is named so
    /// ([`Identity::authentication_indicators`]).
    pub fn indicator(mut self, indicator: impl Into<String>) -> Self {
        self.indicators.push(indicator.into());
        self
    }

    /// The ticket has these flags: `PRE_AUTHENT`, `HW_AUTHENT`, `INITIAL`.
    pub fn ticket_flags(mut self, flags: TicketFlags) -> Self {
        self.ticket_flags = self.ticket_flags | flags;
        self
    }

    /// The client asked for these flags of the context.
    pub fn context_flags(mut self, flags: ContextFlags) -> Self {
        self.context_flags = self.context_flags | flags;
        self
    }

    /// The client sees the same channel as we do.
    pub fn channel_bound(mut self) -> Self {
        self.channel_bound = true;
        self
    }

    /// The client came itself: no service came for it (S4U2proxy), and none said who it is
    /// (S4U2self). What the PAC says; whoever has none, or none that was looked at, is refused:
    /// nobody can tell. A PAC without SIDs, as MIT krb5's KDC makes them, tells of services that
    /// came for the client and not of those that said who it is.
    pub fn in_person(mut self) -> Self {
        self.in_person = true;
        self
    }

    /// Whether the client meets every condition.
    ///
    /// # Errors
    /// The first that it does not meet.
    pub fn permit(&self, identity: &Identity) -> Result<(), Refusal> {
        let client = || Box::new(identity.client().clone());
        self.permit_realm(identity, client)?;
        self.permit_flags(identity, client)?;
        let meant = |indicator: &String| self.indicators.contains(indicator);
        if !self.indicators.is_empty() && !identity.authentication_indicators().iter().any(meant) {
            return Err(Refusal::Indicator {
                client: client(),
                wanted: self.indicators.clone(),
                found: identity.authentication_indicators().to_vec(),
            });
        }
        if self.in_person {
            permit_in_person(identity.pac(), client)?;
        }
        match identity.pac().filter(|pac| pac.user_sid().is_some()) {
            Some(pac) => self.permit_account(pac, client),
            None if self.groups.is_empty() && self.excluded.is_empty() => Ok(()),
            None => Err(Refusal::NoSids { client: client() }),
        }
    }

    fn permit_realm(
        &self,
        identity: &Identity,
        client: impl Fn() -> Box<crate::Principal>,
    ) -> Result<(), Refusal> {
        let realm = identity.client().realm().0;
        if self.realms.is_empty() || self.realms.iter().any(|permitted| permitted == realm) {
            return Ok(());
        }
        Err(Refusal::Realm { client: client() })
    }

    fn permit_flags(
        &self,
        identity: &Identity,
        client: impl Fn() -> Box<crate::Principal>,
    ) -> Result<(), Refusal> {
        let missing = TicketFlags(self.ticket_flags.0 & !identity.ticket_flags().0);
        if missing != TicketFlags::default() {
            let client = client();
            return Err(Refusal::TicketFlags { client, missing });
        }
        let missing = ContextFlags(self.context_flags.0 & !identity.flags().0);
        if missing != ContextFlags::default() {
            let client = client();
            return Err(Refusal::ContextFlags { client, missing });
        }
        if self.channel_bound && !identity.channel_bound() {
            return Err(Refusal::ChannelBindings { client: client() });
        }
        Ok(())
    }

    fn permit_account(
        &self,
        pac: &Pac,
        client: impl Fn() -> Box<crate::Principal>,
    ) -> Result<(), Refusal> {
        if let Some(group) = self.excluded.iter().find(|group| !may_be_sent(&group.sid)) {
            return Err(Refusal::Untold {
                client: client(),
                group: group.clone(),
            });
        }
        if let Some(group) = self.excluded.iter().find(|group| group.has(pac)) {
            return Err(Refusal::Excluded {
                client: client(),
                group: group.clone(),
            });
        }
        let unmet = |groups: &&Vec<Group>| !groups.iter().any(|group| group.grants_to(pac));
        match self.groups.iter().find(unmet) {
            None => Ok(()),
            Some(wanted) => Err(Refusal::Groups {
                client: client(),
                wanted: wanted.clone(),
            }),
        }
    }
}

fn permit_in_person(
    pac: Option<&Pac>,
    client: impl Fn() -> Box<crate::Principal>,
) -> Result<(), Refusal> {
    match pac {
        None => Err(Refusal::NoPac { client: client() }),
        Some(pac) if pac.delegation().is_some() || pac.is_asserted_by_service() => {
            Err(Refusal::NotInPerson { client: client() })
        }
        Some(_) => Ok(()),
    }
}
