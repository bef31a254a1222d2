//! Which realms can be reached from one, and through which first.

use crate::realm::Realm;
use std::collections::VecDeque;
use std::sync::Arc;

/// A realm that can be reached by trust.
pub(super) struct Reached {
    pub(super) realm: Arc<Realm>,
    /// The realm that the way begins with.
    pub(super) first_hop: Arc<Realm>,
}

/// Every other realm that can be reached from `start`, the nearest first.
pub(super) fn reachable(start: &Arc<Realm>) -> Vec<Reached> {
    let mut found: Vec<Reached> = Vec::new();
    let mut open = VecDeque::from([(start.clone(), None)]);
    while let Some((from, first_hop)) = open.pop_front() {
        for realm in from.database.trusted() {
            let known = found.iter().map(|reached| &reached.realm).chain([start]);
            if known.into_iter().any(|known| Arc::ptr_eq(known, &realm)) {
                continue;
            }
            let first_hop: Arc<Realm> = first_hop.clone().unwrap_or_else(|| realm.clone());
            open.push_back((realm.clone(), Some(first_hop.clone())));
            found.push(Reached { realm, first_hop });
        }
    }
    found
}
