//! [`SidFilter`]: whose word counts about which SIDs ([MS-PAC] §4.1.2.2).

use super::Sid;
use std::sync::Arc;

/// Which realm may give which SIDs. A domain controller of another realm can write any SID into a
/// PAC, ours too, and only what stands here keeps it from making its users our administrators.
///
/// With a filter, clients of realms that it does not name are refused if they have SIDs at all; of
/// the others an account of another domain is refused, and groups of other domains are left out, and
/// so is what the directory claims of client and machine. Names are not filtered.
///
/// The groups that a domain controller adds for this service are filtered like any: our KDC may
/// have copied them from the other realm's PAC as they came. [`SidFilter::resource_groups_of`] lets
/// those of our own domain pass.
#[derive(Clone, Debug, Default)]
pub struct SidFilter {
    realms: Vec<RealmSids>,
    resource_domains: Arc<[Sid]>,
}

#[derive(Clone, Debug)]
struct RealmSids {
    realm: Vec<u8>,
    /// The domains whose SIDs it may give; `None` for all.
    domains: Option<Arc<[Sid]>>,
}

/// What a realm may give that may not give all.
#[derive(Clone, Debug)]
pub(crate) struct Confines {
    domains: Arc<[Sid]>,
    resource_domains: Arc<[Sid]>,
}

impl SidFilter {
    /// No realm may give any SID.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A realm that may give all SIDs: our own.
    #[must_use]
    pub fn trust(self, realm: impl AsRef<[u8]>) -> Self {
        self.with(realm.as_ref(), None)
    }

    /// A realm that may give the SIDs of these domains, `S-1-5-21-x-y-z`, and those of no domain
    /// that tell how the client logged on (`S-1-18-…`).
    #[must_use]
    pub fn confine(self, realm: impl AsRef<[u8]>, domains: impl IntoIterator<Item = Sid>) -> Self {
        self.with(realm.as_ref(), Some(domains.into_iter().collect()))
    }

    /// Groups of `domain` that were added for this service count for clients of confined realms,
    /// too: only where every domain controller that makes tickets for this service composes these
    /// groups anew, as those of Windows do, and copies none from another realm's PAC.
    #[must_use]
    pub fn resource_groups_of(mut self, domain: Sid) -> Self {
        let known = self.resource_domains.iter().copied();
        self.resource_domains = known.chain([domain]).collect();
        self
    }

    /// What a realm may give; `None` when it may give all SIDs.
    pub(super) fn confines_of(&self, realm: &[u8]) -> Option<Confines> {
        let domains = match self.realms.iter().find(|named| named.realm == realm) {
            Some(named) => named.domains.clone()?,
            None => Arc::default(),
        };
        let resource_domains = self.resource_domains.clone();
        Some(Confines {
            domains,
            resource_domains,
        })
    }

    fn with(mut self, realm: &[u8], domains: Option<Arc<[Sid]>>) -> Self {
        let realm = realm.to_vec();
        self.realms.push(RealmSids { realm, domains });
        self
    }
}

impl Confines {
    /// Whether the realm may vouch for the account with this SID.
    pub(super) fn pass_account(&self, sid: &Sid) -> bool {
        self.domains.iter().any(|domain| sid.is_in(domain))
    }

    /// Whether it may make its accounts members of this group.
    pub(super) fn pass_group(&self, sid: &Sid) -> bool {
        match sid.authority() {
            18 => !self.domains.is_empty(), // how the client logged on
            _ => self.pass_account(sid),
        }
    }

    /// Whether it, or our own domain controller, may: the group was added for this service.
    pub(super) fn pass_resource_group(&self, sid: &Sid) -> bool {
        let added = self.resource_domains.iter().any(|domain| sid.is_in(domain));
        added || self.pass_account(sid)
    }
}

/// Whether a domain controller may send the SID at all. Those of the machine (`S-1-5-32-…`) and
/// those that tell how somebody logged on to it are the machine's to give.
pub(crate) fn may_be_sent(sid: &Sid) -> bool {
    match (sid.authority(), sid.sub_authorities()) {
        (0..=4, _) | (5, [] | [0..=8 | 10..=20] | [32, ..]) => false,
        (5, [21, rest @ ..]) => rest.len() == 4,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sid(text: &str) -> Sid {
        text.parse().unwrap()
    }

    #[test]
    fn what_the_machine_gives_may_not_be_sent() {
        for text in [
            "S-1-1-0",
            "S-1-3-0",
            "S-1-5",
            "S-1-5-2",
            "S-1-5-11",
            "S-1-5-18",
            "S-1-5-32-544",
            "S-1-5-21-1-2-3",
            "S-1-5-21-1-2-500",
            "S-1-5-21-1-2-3-4-5",
        ] {
            assert!(!may_be_sent(&sid(text)), "{text}");
        }
        for text in ["S-1-5-9", "S-1-5-21-1-2-3-500", "S-1-18-1", "S-1-5-1000"] {
            assert!(may_be_sent(&sid(text)), "{text}");
        }
    }

    #[test]
    fn a_confined_realm_gives_the_sids_of_its_domains() {
        let filter = SidFilter::new()
            .trust("EXAMPLE.TEST")
            .confine("PARTNER.TEST", [sid("S-1-5-21-7-8-9")]);
        assert!(filter.confines_of(b"EXAMPLE.TEST").is_none());
        let partner = filter.confines_of(b"PARTNER.TEST").unwrap();
        let may = |text| partner.pass_group(&sid(text));
        assert!(may("S-1-5-21-7-8-9-1104") && may("S-1-18-1"));
        assert!(!may("S-1-5-21-1-2-3-512") && !may("S-1-5-9") && !may("S-1-5-21-7-8-9"));
        assert!(!may("S-1-5-21-0-0-0-496") && !may("S-1-5-21-0-0-0-497"));
        assert!(partner.pass_account(&sid("S-1-5-21-7-8-9-1103")));
        assert!(!partner.pass_account(&sid("S-1-18-1")));
    }

    #[test]
    fn a_domain_whose_controllers_add_groups_gives_those_and_no_others() {
        let filter = SidFilter::new()
            .resource_groups_of(sid("S-1-5-21-1-2-3"))
            .confine("PARTNER.TEST", [sid("S-1-5-21-7-8-9")])
            .resource_groups_of(sid("S-1-5-21-4-5-6"));
        let partner = filter.confines_of(b"PARTNER.TEST").unwrap();
        for ours in ["S-1-5-21-1-2-3-1200", "S-1-5-21-4-5-6-1200"] {
            assert!(partner.pass_resource_group(&sid(ours)), "{ours}");
            assert!(!partner.pass_group(&sid(ours)) && !partner.pass_account(&sid(ours)));
        }
        assert!(partner.pass_resource_group(&sid("S-1-5-21-7-8-9-1200")));
        assert!(!partner.pass_resource_group(&sid("S-1-5-21-0-1-2-1200")));
    }

    #[test]
    fn a_realm_that_nobody_named_gives_no_sid() {
        let filter = SidFilter::new().trust("EXAMPLE.TEST");
        let stranger = filter.confines_of(b"example.test").unwrap();
        for text in ["S-1-5-21-1-2-3-512", "S-1-18-1", "S-1-5-21-0-0-0-497"] {
            assert!(!stranger.pass_account(&sid(text)), "{text}");
            assert!(!stranger.pass_group(&sid(text)), "{text}");
            assert!(!stranger.pass_resource_group(&sid(text)), "{text}");
        }
    }
}
