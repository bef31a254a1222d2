//! [`AsyncReplayStore`]: the same question where the answer has to be awaited.

use super::{Freshness, ReplayCacheError, ReplayTag};
use std::time::SystemTime;

/// Remembers authenticators outside of this process, where several of them share a service key.
///
/// Nothing in here awaits anything: a caller of
/// [`step_unrecorded`](crate::Negotiation::step_unrecorded) does, between
/// [`Unrecorded::tag`](crate::Unrecorded::tag) and [`Unrecorded::settle`](crate::Unrecorded::settle),
/// or [`Unrecorded::refuse`](crate::Unrecorded::refuse) when the store fails. The layer of
/// `portcullis-http` is such a caller.
pub trait AsyncReplayStore: Send + Sync {
    /// Records `tag` if it is new: look-up and insertion are one atomic act, so that of any number
    /// of callers on any number of hosts exactly one learns [`Freshness::Fresh`].
    ///
    /// `now` is the time of the request; `expires` is the first instant at which the authenticator
    /// can no longer pass the time check. The record must last until then.
    ///
    /// A store bounds by itself how long it takes. Whoever drops the future before its end has to
    /// refuse the client: the record may have been made or not.
    ///
    /// # Errors
    /// [`ReplayCacheError`], as a rule `Unreachable`, when the tag could not be recorded; the
    /// authenticator is then refused.
    fn record(
        &self,
        tag: &ReplayTag,
        now: SystemTime,
        expires: SystemTime,
    ) -> impl Future<Output = Result<Freshness, ReplayCacheError>> + Send;
}
