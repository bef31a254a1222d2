//! [`RedisError`]: why there is no answer.

use core::time::Duration;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum RedisError {
    #[error("no runtime of tokio")]
    NoRuntime,
    /// What the system says.
    #[error("cannot connect: {0}")]
    Connect(String),
    #[error("connection lost: {0}")]
    Lost(String),
    #[error("connection closed")]
    Closed,
    #[error("no answer within {0:?}")]
    Silent(Duration),
    #[error("too many questions wait for an answer")]
    Queue,
    /// The server's own text.
    #[error("{0}")]
    Refused(String),
    #[error("what answers there is no Redis")]
    Malformed,
    #[error(
        "maxmemory-policy is {0}, with which records of replays are forgotten; \
         set it to noeviction"
    )]
    Evicts(String),
    #[error("the server does not say {0} in INFO")]
    Untold(&'static str),
}
