//! [`TestGroup`], and the identifiers of users and groups: they follow from names.

use crate::random::Octets;
use crate::realm::Realm;
use portcullis::Principal;
use portcullis_formats::pac::Sid;

/// A group of a realm. Whether anybody is in it is for users to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestGroup {
    name: String,
    sid: Sid,
}

impl TestGroup {
    pub(crate) fn new(name: &str, sids: &Sids<'_>) -> Self {
        Self {
            name: name.to_owned(),
            sid: sids.of(Kind::Group, name),
        }
    }

    /// Its name, which no PAC has.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its SID, by which a service knows it.
    #[must_use]
    pub const fn sid(&self) -> Sid {
        self.sid
    }

    /// What its domain calls it: the last number of its SID.
    #[must_use]
    pub fn rid(&self) -> u32 {
        self.sid.rid().unwrap_or_default()
    }
}

/// The groups that every domain has, by the number that all domains give them ([MS-DTYP] §2.4.2.4).
const WELL_KNOWN: [(&str, u32); 9] = [
    ("Domain Admins", 512),
    ("Domain Users", DOMAIN_USERS),
    ("Domain Guests", 514),
    ("Domain Computers", 515),
    ("Domain Controllers", 516),
    ("Schema Admins", 518),
    ("Enterprise Admins", 519),
    ("Group Policy Creator Owners", 520),
    ("Protected Users", 525),
];

/// The primary group of nearly everybody.
pub(super) const DOMAIN_USERS: u32 = 513;

/// What a name is that of.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    User,
    Group,
}

/// The identifiers that a realm gives: the same for the same name.
pub(crate) struct Sids<'r> {
    random: &'r Octets,
}

impl<'r> Sids<'r> {
    pub(crate) const fn new(random: &'r Octets) -> Self {
        Self { random }
    }

    /// Those of the principal's realm: of another one than `realm` what that has without a seed.
    pub(crate) fn of_realm<T>(
        realm: &'r Realm,
        principal: &Principal,
        tell: impl FnOnce(&Sids<'_>) -> T,
    ) -> T {
        match principal.realm().0 == realm.name.as_bytes() {
            true => tell(&Self::new(&realm.random)),
            false => {
                let name = String::from_utf8_lossy(principal.realm().0);
                tell(&Sids::new(&Octets::of(&name)))
            }
        }
    }

    /// That of the realm: `S-1-5-21-` and three numbers.
    pub(crate) fn domain(&self) -> Sid {
        let octets = self.random.fixed(&[b"domain"]);
        let mut numbers = octets.as_chunks::<4>().0.iter().copied();
        let mut next = || numbers.next().map_or(0, u32::from_be_bytes);
        Sid::new(5, &[21, next(), next(), next()]).unwrap_or(Sid::NULL)
    }

    pub(crate) fn of(&self, kind: Kind, name: &str) -> Sid {
        let domain = self.domain();
        domain.with_rid(self.rid(kind, name)).unwrap_or(domain)
    }

    /// At least 1000, as all that a domain gives to its own.
    pub(crate) fn rid(&self, kind: Kind, name: &str) -> u32 {
        let label: &[u8] = match kind {
            Kind::User => b"user",
            Kind::Group => b"group",
        };
        let well_known = WELL_KNOWN.iter().find(|(known, _)| *known == name);
        match (kind, well_known) {
            (Kind::Group, Some((_, rid))) => *rid,
            _ => {
                let octets = self.random.fixed(&[b"RID", label, name.as_bytes()]);
                let number = octets.first_chunk().copied().map_or(0, u32::from_be_bytes);
                (number & 0x3fff_ffff).saturating_add(1000)
            }
        }
    }
}
