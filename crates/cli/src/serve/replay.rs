//! [`ReplayMemory`]: where authenticators are remembered, so that none lets in twice.

use super::Intent;
use super::config::{Config, Places, Problem};
use core::time::Duration;
use portcullis::AcceptorBuilder;
use portcullis::replay::MemoryReplayCache;
use portcullis_http::NegotiateLayer;
use portcullis_store::{File2ReplayCache, RedisReplayStore, RedisSettings};
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;
use zeroize::Zeroizing;

/// Where authenticators are remembered.
#[derive(Clone, Debug)]
pub(super) enum ReplayMemory {
    /// Here; what came before the start is refused.
    Own(Arc<MemoryReplayCache>),
    /// In a file that all processes of this host share, those of MIT krb5, too.
    File(Arc<File2ReplayCache>),
    /// In Redis or Valkey, for several hosts.
    Redis(RedisReplayStore),
}

impl ReplayMemory {
    /// As the configuration has it, for acceptors with this clock skew.
    pub(super) fn open(
        config: &Config,
        places: &Places<'_>,
        skew: Duration,
        intent: Intent,
    ) -> Result<Self, Problem> {
        let rules = &config.replay;
        match (&rules.file, &rules.redis) {
            (Some(_), Some(_)) => {
                Err(places.problem("replay.redis", "there is replay.file already"))
            }
            (Some(path), None) if intent == Intent::Check => {
                let facts = std::fs::metadata(path);
                match facts.map_or_else(|_| is_missing_only(path), |facts| facts.is_file()) {
                    true => Ok(Self::Own(Arc::new(MemoryReplayCache::new(rules.records)))),
                    false => Err(places.problem("replay.file", "it is no file and cannot be made")),
                }
            }
            (Some(path), None) => {
                let opened = File2ReplayCache::open(path, skew);
                let file = opened.map_err(|error| places.problem("replay.file", error))?;
                Ok(Self::File(Arc::new(file)))
            }
            (None, Some(address)) => {
                let mut settings = RedisSettings::new(address).clock_skew(skew);
                if let Some(path) = &rules.redis_password_file {
                    let password = std::fs::read_to_string(path).map(Zeroizing::new);
                    let password = password.map_err(|error| {
                        let what = format_args!("cannot read {}: {error}", path.display());
                        places.problem("replay.redis_password_file", what)
                    })?;
                    settings = settings.password(password.trim_end());
                }
                Ok(Self::Redis(RedisReplayStore::new(settings)))
            }
            (None, None) => Ok(Self::Own(Arc::new(MemoryReplayCache::new(rules.records)))),
        }
    }

    /// Has the acceptor ask it. `started`: tokens that were stamped before could have been accepted
    /// by who was here then, and our own memory begins with us.
    pub(super) fn of_acceptor(
        &self,
        builder: AcceptorBuilder,
        started: SystemTime,
    ) -> AcceptorBuilder {
        match self {
            Self::Own(cache) => builder
                .replay_cache(cache.clone())
                .refuse_stamped_before(started),
            Self::File(cache) => builder.replay_cache(cache.clone()),
            Self::Redis(_) => builder,
        }
    }

    /// Has the layer ask it, where that has to be awaited.
    pub(super) fn of_layer(&self, layer: NegotiateLayer) -> NegotiateLayer {
        match self {
            Self::Own(_) | Self::File(_) => layer,
            Self::Redis(store) => layer.replay_store(store.clone()),
        }
    }

    /// How many records there are, and how many there can be, where that is known.
    pub(super) fn fill(&self) -> Option<(usize, usize)> {
        match self {
            Self::Own(cache) => Some((cache.records(), cache.capacity())),
            Self::File(_) | Self::Redis(_) => None,
        }
    }

    /// What it is called on a page.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Own(_) => "in memory",
            Self::File(_) => "in a file",
            Self::Redis(_) => "in Redis",
        }
    }

    /// Whether it has yet to begin: no token can have been stamped in its time.
    pub(super) const fn begins_with_us(&self) -> bool {
        matches!(self, Self::Own(_))
    }
}

/// Whether there is a directory for it.
fn is_missing_only(path: &Path) -> bool {
    path.parent()
        .is_some_and(|parent| parent == Path::new("") || parent.is_dir())
}
