//! Which realms' directories may speak of which SIDs, as the configuration has it.

use super::config::{Config, Places, Problem, RealmRules};
use portcullis::Keytab;
use portcullis::pac::SidFilter;

/// What the realms may say; `None` where the configuration names none, and all may say all.
pub(super) fn sid_filter(config: &Config) -> Option<SidFilter> {
    if config.realms.is_empty() {
        return None;
    }
    let local = config.kerberos.local_groups.iter();
    let filter = local.fold(SidFilter::new(), |filter, domain| {
        filter.resource_groups_of(domain.0)
    });
    let realms = config.realms.iter();
    Some(realms.fold(
        filter,
        |filter, (realm, RealmRules { sids })| match sids.domains() {
            None => filter.trust(realm),
            Some(domains) => filter.confine(realm, domains),
        },
    ))
}

/// Refuses a configuration that names others' realms and forgets our own: with a single SID, all of
/// its users would be refused.
pub(super) fn names_our_own(
    config: &Config,
    places: &Places<'_>,
    keytab: &Keytab,
) -> Result<(), Problem> {
    let mut ours = keytab.keys().map(|key| key.principal.realm().0.to_vec());
    let is_named = |realm: &[u8]| config.realms.keys().any(|named| named.as_bytes() == realm);
    match config.realms.is_empty() || ours.any(|realm| is_named(&realm)) {
        true => Ok(()),
        false => Err(places.problem("realms", "no realm of the keytab is among them")),
    }
}
