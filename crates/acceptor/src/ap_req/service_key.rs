//! Which keys of the keytab may open a ticket, in which order, and what to say when none does.

use crate::acceptor::Settings;
use crate::error::{Error, NoKey, NoKeyReason, TicketError, WantedKey};
use crate::identity::KeySelected;
use crate::keytab::ServiceKey;
use crate::rules::Rules;
use portcullis_crypto::Enctype;
use portcullis_formats::messages::Ticket;
use portcullis_formats::principal::Principal;
use portcullis_formats::registry::EtypeNumber;

/// The most keys that one ticket may cost; an account in Active Directory has one or two.
const MAX_TRIALS: usize = 64;
/// The most keys that an error lists.
const MAX_LISTED: usize = 8;

/// The keys that may open `ticket`, likeliest first, none twice.
///
/// First the principal and version that the ticket names; then that principal's other versions;
/// then any key of the encryption type, those of the same version first. A ticket without a
/// version wants the newest.
pub(super) fn candidates<'s>(
    ticket: &Ticket<'_>,
    enctype: Enctype,
    settings: &'s Settings,
) -> impl Iterator<Item = (&'s ServiceKey, KeySelected)> {
    let rules = &settings.rules;
    let keys = settings.keytab.service_keys();
    let mut tried = [usize::MAX; MAX_TRIALS];
    let mut trials = tried.len();
    let newest = newest_version(ticket, enctype, settings);
    let ticket = *ticket;
    [
        Rank::Exact,
        Rank::OtherKvno,
        Rank::AliasSameKvno,
        Rank::Alias,
    ]
    .into_iter()
    .filter(move |rank| rank.is_on(rules))
    .flat_map(move |rank| keys.iter().map(move |key| (rank, key)))
    .filter(move |(rank, key)| {
        key.enctype == enctype
            && rules.service.matches(&key.principal)
            && Rank::of(key, &ticket, newest) == *rank
    })
    .filter(move |(_, key)| {
        if tried.contains(&key.identical_to) {
            return false;
        }
        trials = trials.saturating_sub(1);
        match tried.get_mut(trials) {
            Some(slot) => *slot = key.identical_to,
            None => return false,
        }
        true
    })
    .take(MAX_TRIALS)
    .map(|(rank, key)| (key, rank.selected()))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Rank {
    Exact,
    OtherKvno,
    AliasSameKvno,
    Alias,
}

impl Rank {
    fn of(key: &ServiceKey, ticket: &Ticket<'_>, newest: Option<u32>) -> Self {
        let same_version = match ticket.enc_part.kvno {
            Some(kvno) => key.is_version(kvno),
            None => newest == Some(key.kvno.0),
        };
        match (key.principal.is(ticket.realm, ticket.sname), same_version) {
            (true, true) => Self::Exact,
            (true, false) => Self::OtherKvno,
            (false, true) => Self::AliasSameKvno,
            (false, false) => Self::Alias,
        }
    }

    const fn is_on(self, rules: &Rules) -> bool {
        match self {
            Self::Exact => true,
            Self::OtherKvno => rules.key_selection.other_kvnos,
            Self::AliasSameKvno => rules.key_selection.aliases,
            Self::Alias => rules.key_selection.aliases && rules.key_selection.other_kvnos,
        }
    }

    const fn selected(self) -> KeySelected {
        match self {
            Self::Exact => KeySelected::Exact,
            Self::OtherKvno => KeySelected::OtherKvno,
            Self::AliasSameKvno | Self::Alias => KeySelected::Alias,
        }
    }
}

fn newest_version(ticket: &Ticket<'_>, enctype: Enctype, settings: &Settings) -> Option<u32> {
    if ticket.enc_part.kvno.is_some() {
        return None;
    }
    let keys = settings.keytab.service_keys().iter();
    keys.filter(|key| key.enctype == enctype && key.principal.is(ticket.realm, ticket.sname))
        .map(|key| key.kvno.0)
        .max()
}

/// Why no key opened `ticket`: what it wants, what the keytab lacks, what is nearest.
#[cold]
pub(super) fn diagnosis(ticket: &Ticket<'_>, settings: &Settings) -> Error {
    let service = match Principal::from_wire(ticket.realm, ticket.sname) {
        Ok(service) => service,
        Err(error) => return TicketError::ServiceName(error).into(),
    };
    let wanted = WantedKey {
        service,
        etype: ticket.enc_part.etype,
        kvno: ticket.enc_part.kvno,
    };
    let Some(reason) = what_is_missing(&wanted, settings) else {
        return TicketError::Integrity(Box::new(wanted)).into();
    };
    let nearest = nearest(&wanted, &reason, settings);
    Error::NoKey(Box::new(NoKey {
        wanted,
        reason,
        nearest,
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
