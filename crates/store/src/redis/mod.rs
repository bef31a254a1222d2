//! [`RedisReplayStore`]: the replay store of several hosts, in Redis or Valkey.
//!
//! | file | what it does |
//! | --- | --- |
//! | `settings` | where the server is, and how we introduce ourselves |
//! | `connection` | one connection: many questions on their way at once, answered in order |
//! | `greeting` | what a server must say of itself before it is trusted with records |
//! | `resp` | the octets of commands and replies |
//! | `stream` | the socket |
//! | `error` | why there is no answer |

mod connection;
mod error;
mod greeting;
mod resp;
mod settings;
mod stream;

pub use settings::RedisSettings;

use connection::{Answer, Question};
use core::fmt;
use core::time::Duration;
use error::RedisError;
use portcullis::replay::{AsyncReplayStore, Freshness, ReplayCacheError, ReplayTag};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

/// A second for hosts whose clocks do not run alike.
const MARGIN: Duration = Duration::from_secs(1);

/// A replay store that all hosts with the same service key share: `SET … NX PX …` in Redis, from
/// version 2.6.12, or Valkey. Cheap to clone; clones share a connection.
///
/// It lets nobody in whose record it is not sure of:
///
/// - A server that does not answer in time is [unreachable](ReplayCacheError::Unreachable). The next
///   question connects again, so it is found as soon as it is back.
/// - A server that forgets records when its memory is used up (`maxmemory-policy` other than
///   `noeviction`) is refused: whoever floods it could replay.
/// - A server that was started after an authenticator was made may have lost its record: it is
///   [too young](ReplayCacheError::TooYoung). Clients try again with a new one.
///
/// A replica that takes over may not have the last records; Redis copies them later.
///
/// It needs a runtime of tokio with time and I/O when it is asked, and takes no TLS: between hosts,
/// put the server behind a tunnel.
///
/// ```no_run
/// use portcullis::replay::AsyncReplayStore;
/// use portcullis_store::{RedisReplayStore, RedisSettings};
///
/// let settings = RedisSettings::new("redis.example.test:6379").password("secret");
/// let store = RedisReplayStore::new(settings);
/// # fn guard(_: impl AsyncReplayStore) {}
/// guard(store);
/// ```
#[derive(Clone)]
pub struct RedisReplayStore {
    settings: Arc<RedisSettings>,
    /// To the task that has the connection; closed when that has ended.
    connection: Arc<Mutex<Option<mpsc::Sender<Question>>>>,
}

impl RedisReplayStore {
    /// A store that connects when it is first asked.
    #[must_use]
    pub fn new(settings: RedisSettings) -> Self {
        Self {
            settings: Arc::new(settings),
            connection: Arc::default(),
        }
    }

    /// Whether the server is there and will do: what a service wants to know when it starts.
    ///
    /// # Errors
    /// [`ReplayCacheError::Unreachable`].
    pub async fn ping(&self) -> Result<(), ReplayCacheError> {
        let answer = self.ask(resp::command(&[b"PING"])).await;
        answer.map(drop).map_err(|error| self.unreachable(&error))
    }

    async fn ask(&self, command: Vec<u8>) -> Result<Answer, RedisError> {
        let patience = self.settings.timeout;
        let (answer, awaited) = oneshot::channel();
        self.send(Question { command, answer })?;
        match tokio::time::timeout(patience, awaited).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(RedisError::Closed),
            Err(_) => Err(RedisError::Silent(patience)),
        }
    }

    /// Puts the question to the connection, or to a new one when that has ended.
    fn send(&self, question: Question) -> Result<(), RedisError> {
        let mut connection = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let question = match &*connection {
            None => question,
            Some(live) => match live.try_send(question) {
                Ok(()) => return Ok(()),
                Err(TrySendError::Full(_)) => return Err(RedisError::Queue),
                Err(TrySendError::Closed(question)) => question,
            },
        };
        *connection = Some(connection::open(self.settings.clone(), question)?);
        Ok(())
    }

    fn unreachable(&self, error: &RedisError) -> ReplayCacheError {
        ReplayCacheError::Unreachable(format!("Redis at {}: {error}", self.settings.address))
    }

    /// How long a record stays: a host whose clock is behind ours accepts the authenticator when it
    /// has long expired here, so never less than the whole time in which clocks may say that it is
    /// good.
    fn retention(&self, left: Duration) -> Duration {
        let good = self.settings.clock_skew.saturating_mul(2);
        left.max(good).saturating_add(MARGIN)
    }

    /// How long ago the authenticator was made, by its own account.
    fn age(&self, now: SystemTime, expires: SystemTime) -> Duration {
        let allowed = self.settings.clock_skew.saturating_add(MARGIN);
        let end = now.checked_add(allowed).unwrap_or(now);
        end.duration_since(expires).unwrap_or_default()
    }
}

impl AsyncReplayStore for RedisReplayStore {
    async fn record(
        &self,
        tag: &ReplayTag,
        now: SystemTime,
        expires: SystemTime,
    ) -> Result<Freshness, ReplayCacheError> {
        let left = match expires.duration_since(now) {
            Ok(left) if !left.is_zero() => left,
            Ok(_) => return Err(expired(Duration::ZERO)),
            Err(error) => return Err(expired(error.duration())),
        };
        let lasts = self.retention(left).as_millis().to_string();
        let key = format!("{}{tag}", self.settings.prefix);
        let set: [&[u8]; 6] = [b"SET", key.as_bytes(), b"1", b"NX", b"PX", lasts.as_bytes()];
        let answer = self.ask(resp::command(&set)).await;
        let answer = answer.map_err(|error| self.unreachable(&error))?;
        let older = self.age(now, expires).checked_sub(answer.uptime);
        match (answer.done, older.filter(|by| !by.is_zero())) {
            (false, _) => Ok(Freshness::Replayed),
            (true, None) => Ok(Freshness::Fresh),
            (true, Some(by)) => Err(ReplayCacheError::TooYoung { by }),
        }
    }
}

const fn expired(ago: Duration) -> ReplayCacheError {
    ReplayCacheError::Expired { ago }
}

impl fmt::Debug for RedisReplayStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisReplayStore")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
