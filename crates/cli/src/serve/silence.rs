//! [`Requests`]: how long nothing has moved on a connection: nobody has asked for anything, nor taken
//! what was answered.
//!
//! What reads requests has limits of its own, but not until it knows which version of HTTP they
//! are, nor between those of HTTP/2; and what writes answers has none.

use core::future::pending;
use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use core::time::Duration;
use std::sync::Arc;
use tokio::time::{Instant, sleep_until};

/// Counts a connection's requests. Clones count the same. Nobody is woken when one begins or ends: who waits for silence
/// looks when there could be one.
#[derive(Clone, Debug)]
pub(super) struct Requests(Arc<Counts>);

#[derive(Debug)]
struct Counts {
    connected: Instant,
    under_way: AtomicUsize,
    all: AtomicUsize,
    /// When the last one ended, or a part of an answer was taken, in milliseconds of the connection.
    moved: AtomicU64,
}

/// A request that has yet to be answered, or an answer that has yet to go on: its client waits for us.
#[derive(Debug)]
pub(super) struct UnderWay(Requests);

impl Requests {
    /// Of a connection that begins.
    pub(super) fn new() -> Self {
        Self(Arc::new(Counts {
            connected: Instant::now(),
            under_way: AtomicUsize::new(0),
            all: AtomicUsize::new(0),
            moved: AtomicU64::new(0),
        }))
    }

    pub(super) fn begin(&self) -> UnderWay {
        self.0.all.fetch_add(1, Ordering::Relaxed);
        self.0.under_way.fetch_add(1, Ordering::Relaxed);
        UnderWay(self.clone())
    }

    /// A client has taken a part of an answer.
    pub(super) fn moved(&self) {
        self.0.moves();
    }

    /// Returns when from now on for so long nobody has waited for us, and nothing has moved.
    pub(super) async fn are_over_for(&self, patience: Duration) {
        let asked = Instant::now();
        loop {
            let over = self.0.under_way.load(Ordering::Acquire) == 0;
            let now = Instant::now();
            let since = if over {
                self.0.last_move().max(asked)
            } else {
                now
            };
            let Some(end) = since.checked_add(patience) else {
                return pending().await;
            };
            if over && end <= now {
                return;
            }
            sleep_until(end).await;
        }
    }

    /// Whether there has been none at all.
    pub(super) fn are_none(&self) -> bool {
        self.0.all.load(Ordering::Relaxed) == 0
    }
}

impl Counts {
    fn moves(&self) {
        let now = self.connected.elapsed().as_millis();
        let now = u64::try_from(now).unwrap_or(u64::MAX);
        self.moved.store(now, Ordering::Relaxed);
    }

    fn last_move(&self) -> Instant {
        let moved = Duration::from_millis(self.moved.load(Ordering::Relaxed));
        self.connected.checked_add(moved).unwrap_or(self.connected)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let counts = &self.0.0;
        counts.moves();
        // Who sees that there is none sees when the last one ended.
        counts.under_way.fetch_sub(1, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::{sleep, timeout};

    const PATIENCE: Duration = Duration::from_millis(200);

    #[tokio::test]
    async fn nobody_says_anything() {
        let requests = Requests::new();
        requests.are_over_for(PATIENCE).await;
        assert!(requests.are_none());
    }

    #[tokio::test]
    async fn a_request_may_take_its_time() {
        let requests = Requests::new();
        let silence = || requests.are_over_for(PATIENCE);
        let request = requests.begin();
        assert!(timeout(PATIENCE * 4, silence()).await.is_err());
        drop(request);
        sleep(PATIENCE / 2).await;
        drop(requests.begin());
        assert!(timeout(PATIENCE / 2, silence()).await.is_err());
        silence().await;
        assert!(!requests.are_none());
    }

    #[tokio::test]
    async fn silence_begins_when_the_last_of_several_has_ended() {
        let requests = Requests::new();
        let (one, another) = (requests.begin(), requests.begin());
        drop(one);
        let silence = requests.are_over_for(PATIENCE);
        assert!(timeout(PATIENCE * 2, silence).await.is_err());
        drop(another);
        requests.are_over_for(PATIENCE).await;
    }

    #[tokio::test]
    async fn what_is_taken_breaks_the_silence() {
        let requests = Requests::new();
        let reader = async {
            sleep(PATIENCE / 2).await;
            requests.moved();
        };
        let begun = Instant::now();
        tokio::join!(requests.are_over_for(PATIENCE), reader);
        assert!(begun.elapsed() > Duration::from_millis(250));
    }
}
