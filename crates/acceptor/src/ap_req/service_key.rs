//! Which keys of the keytab may open a ticket, in which order, and what to say when none does.

use crate::error::{Error, NoKey, NoKeyReason, TicketError, WantedKey};
use crate::identity::KeySelected;
use crate::keytab::ServiceKey;
use crate::rules::Rules;
use crate::settings::Settings;
use core::ops::ControlFlow;
use portcullis_crypto::Enctype;
use portcullis_formats::messages::{PrincipalName, Realm, Ticket};
use portcullis_formats::principal::{Principal, PrincipalError};
use portcullis_formats::registry::{EtypeNumber, Kvno};

/// The most keys that one ticket may cost; an account in Active Directory has one or two.
const MAX_TRIALS: usize = 64;
/// The most octets that are decrypted to find the key of one ticket: a stranger's junk of 64 KiB
/// must not cost 64 times what it weighs.
const MAX_TRIED_OCTETS: usize = 512 * 1024;
/// The most keys that an error lists.
const MAX_LISTED: usize = 8;

/// The first key that `opens` the ticket: of those that may, likeliest first, none twice, at most as
/// many as its size allows.
pub(super) fn first<'s>(
    ticket: &Ticket<'_>,
    enctype: Enctype,
    settings: &'s Settings,
    opens: &mut dyn FnMut(&ServiceKey) -> bool,
) -> Option<(&'s ServiceKey, KeySelected)> {
    let mut left = trials(ticket);
    let mut found = None;
    rank(ticket, enctype, settings, &mut |key, how| {
        if opens(key) {
            found = Some((key, how));
            return ControlFlow::Break(());
        }
        left = left.saturating_sub(1);
        match left {
            0 => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    });
    found
}

/// How many keys may be tried on a ticket of this size.
fn trials(ticket: &Ticket<'_>) -> usize {
    let affordable = MAX_TRIED_OCTETS.checked_div(ticket.enc_part.cipher.len());
    affordable.unwrap_or(MAX_TRIALS).clamp(1, MAX_TRIALS)
}

/// Shows all keys that may open `ticket`, likeliest first, and of those that are equal only the
/// first.
///
/// First the principal and version that the ticket names; then that principal's other versions;
/// then any key of the encryption type: first of principals that differ in case, then those of the
/// same version, then the rest.
fn rank<'s>(
    ticket: &Ticket<'_>,
    enctype: Enctype,
    settings: &'s Settings,
    show: &mut dyn FnMut(&'s ServiceKey, KeySelected) -> ControlFlow<()>,
) {
    let rules = &settings.rules;
    let wanted = Wanted::by(ticket, enctype, settings);
    let mut shown = Shown::default();
    for rank in Rank::ALL.iter().filter(|rank| rank.is_on(rules)) {
        for key in settings.keytab.service_keys() {
            if key.enctype == enctype
                && Rank::of(key, &wanted) == *rank
                && rules.service.matches(&key.principal)
                && !shown.contains(key)
            {
                if show(key, rank.selected()).is_break() {
                    return;
                }
                shown.add(key);
            }
        }
    }
}

/// Which keys were shown, as many as are ever tried.
struct Shown {
    identical_to: [usize; MAX_TRIALS],
    count: usize,
}

impl Default for Shown {
    fn default() -> Self {
        Self {
            identical_to: [usize::MAX; _],
            count: 0,
        }
    }
}

impl Shown {
    fn contains(&self, key: &ServiceKey) -> bool {
        let shown = self.identical_to.get(..self.count).unwrap_or_default();
        shown.contains(&key.identical_to)
    }

    fn add(&mut self, key: &ServiceKey) {
        if let Some(slot) = self.identical_to.get_mut(self.count) {
            *slot = key.identical_to;
            self.count = self.count.saturating_add(1);
        }
    }
}

/// The key that a ticket asks for.
#[derive(Clone, Copy)]
struct Wanted<'t> {
    realm: Realm<'t>,
    sname: PrincipalName<'t>,
    /// The newest when the ticket names none, or names 0 (RFC 4120 §5.2.9 wants it left out then).
    kvno: Option<Kvno>,
}

impl<'t> Wanted<'t> {
    fn by(ticket: &Ticket<'t>, enctype: Enctype, settings: &Settings) -> Self {
        let Ticket { realm, sname, .. } = *ticket;
        let named = || {
            let keys = settings.keytab.service_keys().iter();
            keys.filter(move |key| key.enctype == enctype && key.principal.is(realm, sname))
        };
        let newest = || named().map(|key| key.kvno).max_by_key(|kvno| kvno.0);
        let kvno = ticket
            .enc_part
            .kvno
            .filter(|kvno| *kvno != Kvno(0))
            .or_else(newest);
        Self { realm, sname, kvno }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Rank {
    Exact,
    OtherKvno,
    /// Windows' names are one whatever their case, and a ticket shows the case that the client
    /// used.
    AliasOtherCase,
    AliasSameKvno,
    Alias,
}

impl Rank {
    const ALL: [Self; 5] = [
        Self::Exact,
        Self::OtherKvno,
        Self::AliasOtherCase,
        Self::AliasSameKvno,
        Self::Alias,
    ];

    fn of(key: &ServiceKey, wanted: &Wanted<'_>) -> Self {
        let same_version = wanted.kvno.is_some_and(|kvno| key.is_version(kvno));
        if key.principal.is(wanted.realm, wanted.sname) {
            return if same_version {
                Self::Exact
            } else {
                Self::OtherKvno
            };
        }
        let ours = key.principal.name().name_string.encoded_elements();
        let theirs = wanted.sname.name_string.encoded_elements();
        match (ours.eq_ignore_ascii_case(theirs), same_version) {
            (true, _) => Self::AliasOtherCase,
            (false, true) => Self::AliasSameKvno,
            (false, false) => Self::Alias,
        }
    }

    const fn is_on(self, rules: &Rules) -> bool {
        let selection = &rules.key_selection;
        match self {
            Self::Exact => true,
            Self::OtherKvno => selection.other_kvnos,
            Self::AliasSameKvno => selection.aliases,
            Self::AliasOtherCase | Self::Alias => selection.aliases && selection.other_kvnos,
        }
    }

    const fn selected(self) -> KeySelected {
        match self {
            Self::Exact => KeySelected::Exact,
            Self::OtherKvno => KeySelected::OtherKvno,
            Self::AliasOtherCase | Self::AliasSameKvno | Self::Alias => KeySelected::Alias,
        }
    }
}

/// The session key that a client knows of does not open its ticket.
#[cold]
pub(super) fn wrong_session_key(ticket: &Ticket<'_>) -> Error {
    match Principal::from_wire(ticket.realm, ticket.sname) {
        Ok(service) => TicketError::Integrity(Box::new(wanted(ticket, service))).into(),
        Err(error) => TicketError::ServiceName(error).into(),
    }
}

/// The key of `service` that a ticket says it was sealed with.
fn wanted(ticket: &Ticket<'_>, service: Principal) -> WantedKey {
    WantedKey {
        service,
        etype: ticket.enc_part.etype,
        kvno: ticket.enc_part.kvno.filter(|kvno| *kvno != Kvno(0)),
    }
}

/// Whom `ticket` says it is for: names of the keytab are shared, not copied, as junk under a name of ours
/// must cost little.
fn service(ticket: &Ticket<'_>, settings: &Settings) -> Result<Principal, PrincipalError> {
    let (realm, name) = (ticket.realm, ticket.sname);
    let mut keys = settings.keytab.service_keys().iter();
    match keys.find(|key| key.principal.is(realm, name)) {
        Some(key) => Ok(key.principal.clone().with_name_type(name.name_type)),
        None => Principal::from_wire(realm, name),
    }
}

/// Why no key opened `ticket`: what it wants, what the keytab lacks, what is nearest.
#[cold]
pub(super) fn diagnosis(ticket: &Ticket<'_>, settings: &Settings) -> Error {
    let wanted = match service(ticket, settings) {
        Ok(service) => wanted(ticket, service),
        Err(error) => return TicketError::ServiceName(error).into(),
    };
    let Some(reason) = what_is_missing(&wanted, settings) else {
        return TicketError::Integrity(Box::new(wanted)).into();
    };
    let nearest = nearest(&wanted, &reason, settings);
    let untried = Enctype::try_from(wanted.etype.0).map_or(0, |enctype| {
        let mut eligible: usize = 0;
        rank(ticket, enctype, settings, &mut |_, _| {
            eligible = eligible.saturating_add(1);
            ControlFlow::Continue(())
        });
        eligible.saturating_sub(trials(ticket))
    });
    Error::NoKey(Box::new(NoKey {
        wanted,
        reason,
        nearest,
        untried,
    }))
}

/// `None`: there is a key of that name, version and type, and it does not fit.
fn what_is_missing(wanted: &WantedKey, settings: &Settings) -> Option<NoKeyReason> {
    let pattern = &settings.rules.service;
    let keys = settings.keytab.service_keys();
    let named = |key: &&ServiceKey| key.principal == wanted.service;
    let right_version = |key: &&ServiceKey| wanted.kvno.is_none_or(|kvno| key.is_version(kvno));
    if !keys.iter().any(|key| pattern.matches(&key.principal)) {
        return Some(NoKeyReason::NothingForExpectedService {
            expected: pattern.to_string(),
        });
    }
    if !keys.iter().any(|key| named(&key)) {
        return Some(NoKeyReason::Principal);
    }
    if !pattern.matches(&wanted.service) {
        return Some(NoKeyReason::OtherService {
            expected: pattern.to_string(),
        });
    }
    let mut versions = keys.iter().filter(named).filter(right_version).peekable();
    if versions.peek().is_none() {
        return Some(NoKeyReason::Kvno);
    }
    let of_type = |key: &ServiceKey| EtypeNumber(key.enctype.number()) == wanted.etype;
    (!versions.any(of_type)).then_some(NoKeyReason::Enctype)
}

fn nearest(
    wanted: &WantedKey,
    reason: &NoKeyReason,
    settings: &Settings,
) -> Vec<crate::keytab::KeytabKey> {
    let pattern = &settings.rules.service;
    let near = |key: &&ServiceKey| match reason {
        NoKeyReason::Kvno | NoKeyReason::Enctype => key.principal == wanted.service,
        NoKeyReason::Principal | NoKeyReason::OtherService { .. } => {
            pattern.matches(&key.principal)
        }
        NoKeyReason::NothingForExpectedService { .. } => true,
    };
    let keys = settings.keytab.service_keys().iter();
    keys.filter(near)
        .take(MAX_LISTED)
        .map(ServiceKey::summary)
        .collect()
}
