//! [`SidFilter`]: whose word counts about which SIDs ([MS-PAC] §4.1.2.2).

use super::Sid;
use std::sync::Arc;

/// Which realm may give which SIDs. A domain controller of another realm can write any SID into a
/// PAC, ours too, and only what stands here keeps it from making its users our administrators.
///
/// With a filter, clients of realms that it does not name are refused if they have SIDs at all; of
/// the others an account of another domain is refused, and groups of other domains are left out.
/// Groups that our own domain controller adds for this service are not filtered.
#[derive(Clone, Debug, Default)]
pub struct SidFilter {
    realms: Vec<RealmSids>,
}

#[derive(Clone, Debug)]
struct RealmSids {
    realm: Vec<u8>,
    /// The domains whose SIDs it may give; `None` for all.
    domains: Option<Arc<[Sid]>>,
}

impl SidFilter {
    /// No realm may give any SID.
    #[must_use]
    pub const fn new() -> Self {
        Self { realms: Vec::new() }
    }

    /// A realm that may give all SIDs: our own.
    #[must_use]
    pub fn trust(self, realm: impl AsRef<[u8]>) -> Self {
        self.with(realm.as_ref(), None)
    }

    /// A realm that may give the SIDs of these domains, `S-1-5-21-x-y-z`, and those of no domain
    /// that tell how the client logged on.
    #[must_use]
    pub fn confine(self, realm: impl AsRef<[u8]>, domains: impl IntoIterator<Item = Sid>) -> Self {
        self.with(realm.as_ref(), Some(domains.into_iter().collect()))
    }

    /// The domains whose SIDs a realm may give; `None` when it may give all.
    pub(super) fn domains_of(&self, realm: &[u8]) -> Option<Arc<[Sid]>> {
        match self.realms.iter().find(|named| named.realm == realm) {
            Some(named) => named.domains.clone(),
            None => Some(Arc::default()),
        }
    }

    fn with(mut self, realm: &[u8], domains: Option<Arc<[Sid]>>) -> Self {
        let realm = realm.to_vec();
        self.realms.push(RealmSids { realm, domains });
        self
    }
}

/// Whether a domain controller may send the SID at all. Those of the machine (`S-1-5-32-…`) and
/// those that tell how somebody logged on to it are the machine's to give.
pub(super) fn may_be_sent(sid: &Sid) -> bool {
    match (sid.authority(), sid.sub_authorities()) {
        (0..=4, _) | (5, [] | [0..=8 | 10..=20] | [32, ..]) => false,
        (5, [21, rest @ ..]) => rest.len() == 4,
        _ => true,
    }
}

/// Whether a realm that may give the SIDs of `domains` may give this one.
pub(super) fn passes(sid: &Sid, domains: Option<&[Sid]>) -> bool {
    let Some(domains) = domains else {
        return true;
    };
    match (sid.authority(), sid.sub_authorities()) {
        (18, _) => true, // asserted identities
        (5, [21, 0, 0, 0, 496 | 497]) => true,
        _ => domains.iter().any(|domain| sid.is_in(domain)),
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
        assert_eq!(filter.domains_of(b"EXAMPLE.TEST"), None);
        let partner = filter.domains_of(b"PARTNER.TEST");
        let may = |text| passes(&sid(text), partner.as_deref());
        assert!(may("S-1-5-21-7-8-9-1104") && may("S-1-18-1") && may("S-1-5-21-0-0-0-497"));
        assert!(!may("S-1-5-21-1-2-3-512") && !may("S-1-5-9") && !may("S-1-5-21-7-8-9"));
    }

    #[test]
    fn a_realm_that_nobody_named_gives_no_sid() {
        let filter = SidFilter::new().trust("EXAMPLE.TEST");
        let stranger = filter.domains_of(b"example.test");
        assert!(!passes(&sid("S-1-5-21-1-2-3-512"), stranger.as_deref()));
    }
}
