//! [`Silence`]: how long nothing has moved on a connection: nobody has asked for anything, nor taken
//! what was answered.
//!
//! What reads requests has limits of its own, but not until it knows which version of HTTP they
//! are, nor between those of HTTP/2; and what writes answers has none.

use core::time::Duration;
use tokio::sync::watch;
use tokio::time::timeout;

/// Counts a connection's requests. Clones count the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Requests {
    under_way: watch::Sender<usize>,
}

/// A request that has yet to be answered, or an answer that has yet to go on: its client waits for us.
#[derive(Debug)]
pub(super) struct UnderWay {
    requests: watch::Sender<usize>,
}

/// The time in which there are none.
#[derive(Debug)]
pub(super) struct Silence {
    under_way: watch::Receiver<usize>,
    /// Whether there has been none at all.
    whole: bool,
}

impl Requests {
    pub(super) fn begin(&self) -> UnderWay {
        let requests = self.under_way.clone();
        requests.send_modify(|count| *count = count.saturating_add(1));
        UnderWay { requests }
    }

    /// A client has taken a part of an answer.
    pub(super) fn moved(&self) {
        self.under_way.send_modify(|_| {});
    }

    pub(super) fn silence(&self) -> Silence {
        Silence {
            under_way: self.under_way.subscribe(),
            whole: true,
        }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.requests
            .send_modify(|count| *count = count.saturating_sub(1));
    }
}

impl Silence {
    /// Returns when for so long nobody has waited for us, and nothing has moved.
    pub(super) async fn lasts(&mut self, patience: Duration) {
        loop {
            match timeout(patience, self.under_way.changed()).await {
                Ok(Ok(())) => self.whole = false,
                Err(_) if *self.under_way.borrow() > 0 => {}
                // Without a connection, silence is for ever.
                Err(_) | Ok(Err(_)) => return,
            }
        }
    }

    pub(super) const fn is_whole(&self) -> bool {
        self.whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::sleep;

    const PATIENCE: Duration = Duration::from_millis(200);

    #[tokio::test]
    async fn nobody_says_anything() {
        let requests = Requests::default();
        let mut silence = requests.silence();
        silence.lasts(PATIENCE).await;
        assert!(silence.is_whole());
    }

    #[tokio::test]
    async fn a_request_may_take_its_time() {
        let requests = Requests::default();
        let mut silence = requests.silence();
        let request = requests.begin();
        assert!(
            timeout(PATIENCE * 4, silence.lasts(PATIENCE))
                .await
                .is_err()
        );
        drop(request);
        sleep(PATIENCE / 2).await;
        drop(requests.begin());
        assert!(
            timeout(PATIENCE / 2, silence.lasts(PATIENCE))
                .await
                .is_err()
        );
        silence.lasts(PATIENCE).await;
        assert!(!silence.is_whole());
    }
}
