//! [`SteadyReplay`]: a replay cache that remembers nothing.

use portcullis::replay::{Freshness, ReplayCache, ReplayCacheError, ReplayTag};
use std::time::SystemTime;

/// A replay cache that always answers the same: that everything is fresh, for tests that send a token more than
/// once, or why it cannot tell, for tests of an outage.
///
/// ```
/// # use portcullis::{Acceptor, Step, replay::{Freshness, ReplayCacheError}};
/// # use portcullis_testrealm::{SteadyReplay, TestRealm};
/// # use std::sync::Arc;
/// # let realm = TestRealm::new("EXAMPLE.TEST");
/// # let web = realm.service("HTTP/web.example.test");
/// # let login = realm.user("alice").token_for(&web).build();
/// let outage = SteadyReplay(Err(ReplayCacheError::Unreachable("no route".into())));
/// let acceptor = Acceptor::builder(web.keytab()).replay_cache(Arc::new(outage)).build()?;
/// assert!(acceptor.begin().step(login.token(), realm.now()).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[expect(clippy::exhaustive_structs, reason = "it is its answer")]
#[derive(Clone, Debug)]
pub struct SteadyReplay(pub Result<Freshness, ReplayCacheError>);

impl ReplayCache for SteadyReplay {
    fn record(
        &self,
        _: &ReplayTag,
        _: SystemTime,
        _: SystemTime,
    ) -> Result<Freshness, ReplayCacheError> {
        self.0.clone()
    }
}
