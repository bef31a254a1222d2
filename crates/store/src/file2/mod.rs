//! [`File2ReplayCache`]: the replay cache of one host, in a file of MIT krb5's type `file2`.
//!
//! | file | what it does |
//! | --- | --- |
//! | `tables` | where a record stands, and which place is free |
//! | `lock` | the lock that MIT krb5 takes |
//! | `error` | why the file will not do |

mod error;
mod lock;
mod tables;

pub use error::ReplayFileError;

use core::time::Duration;
use lock::Locked;
use portcullis::entropy::{Entropy as _, SystemEntropy};
use portcullis::replay::{ClockSkewDiffers, Freshness, ReplayCache, ReplayCacheError, ReplayTag};
use rustix::fs::{FileType, Mode, OFlags};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};
use tables::{Lookup, Search};

/// The permission of everybody to write.
const ALL_WRITE: u32 = 0o002;

/// A replay cache in a file, shared by all processes of a host that name the same file; by those
/// with MIT krb5 1.18 or later, too, if their `KRB5RCACHENAME` is `file2:` and the path.
///
/// A record says when it was made, and MIT krb5 overwrites it when the clock skew has passed since.
/// As an authenticator may be stamped up to the clock skew ahead, and is then good for twice that,
/// what is recorded here bears the later of both times; and nobody's record is overwritten here
/// before twice the skew has passed. What MIT krb5 accepts itself, and forgets too soon, is beyond
/// our power.
///
/// Recording waits for the lock on the file, which each co-user holds for some microseconds. The
/// file is opened anew each time: it may be removed while nobody is to be kept out.
///
/// ```no_run
/// use core::time::Duration;
/// use portcullis::Acceptor;
/// use portcullis_store::File2ReplayCache;
/// use std::sync::Arc;
///
/// # fn start(keytab: portcullis::Keytab) -> Result<(), Box<dyn std::error::Error>> {
/// let skew = Duration::from_secs(300);
/// let cache = File2ReplayCache::open("/var/lib/web/krb5.rcache2", skew)?;
/// let acceptor = Acceptor::builder(keytab).replay_cache(Arc::new(cache)).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct File2ReplayCache {
    path: PathBuf,
    clock_skew: Duration,
}

impl File2ReplayCache {
    /// Opens the file, or makes one that nobody else may read, to see that it will do.
    ///
    /// `clock_skew` is that of the acceptors, and should be that of the co-users.
    ///
    /// # Errors
    /// [`ReplayFileError`].
    pub fn open(path: impl Into<PathBuf>, clock_skew: Duration) -> Result<Self, ReplayFileError> {
        let cache = Self {
            path: path.into(),
            clock_skew,
        };
        cache.file()?;
        Ok(cache)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file, which somebody may have put in another's place.
    fn file(&self) -> Result<File, ReplayFileError> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        // A FIFO would keep us waiting.
        let flags = flags | OFlags::NONBLOCK;
        let opened = rustix::fs::open(&self.path, flags, Mode::RUSR | Mode::WUSR)
            .and_then(|file| Ok((rustix::fs::fstat(&file)?, file)));
        let path = || self.path.clone();
        let (facts, file) = opened.map_err(|error| ReplayFileError::Open {
            path: path(),
            error: error.into(),
        })?;
        if FileType::from_raw_mode(facts.st_mode) != FileType::RegularFile {
            return Err(ReplayFileError::NoFile { path: path() });
        }
        let user = rustix::process::geteuid().as_raw();
        if facts.st_uid != user && facts.st_uid != 0 {
            return Err(ReplayFileError::Owner {
                path: path(),
                owner: facts.st_uid,
                user,
            });
        }
        let mode = Mode::from_raw_mode(facts.st_mode).bits();
        if mode & ALL_WRITE != 0 {
            return Err(ReplayFileError::Writable { path: path(), mode });
        }
        Ok(file.into())
    }

    fn look_up(&self, tag: &ReplayTag, now: u32, stamp: u32) -> Result<Lookup, ReplayFileError> {
        let file = self.file()?;
        let failed = |error| ReplayFileError::Use {
            path: self.path.clone(),
            error,
        };
        let locked = Locked::exclusive(&file).map_err(failed)?;
        let mut key = [0; tables::KEY_LENGTH];
        if !tables::read_key(locked.file(), &mut key).map_err(failed)? {
            let filled = SystemEntropy::default().fill(&mut key);
            filled.map_err(|_| ReplayFileError::Entropy)?;
            tables::write_key(locked.file(), &key).map_err(failed)?;
        }
        let search = Search {
            tag: tables::truncated(tag.as_ref()),
            now,
            stamp,
            retention: self.clock_skew.as_secs().saturating_mul(2),
        };
        search.record(locked.file(), key).map_err(failed)
    }
}

impl ReplayCache for File2ReplayCache {
    fn record(
        &self,
        tag: &ReplayTag,
        now: SystemTime,
        expires: SystemTime,
    ) -> Result<Freshness, ReplayCacheError> {
        if let Ok(ago) = now.duration_since(expires) {
            return Err(ReplayCacheError::Expired { ago });
        }
        // One second after the last in which it is good, which others may round away.
        let good_until = seconds(expires);
        let stamped = good_until.saturating_sub(u32_of(self.clock_skew.as_secs()));
        let now = seconds(now);
        match self.look_up(tag, now, now.max(stamped)) {
            Ok(Lookup::Recorded) => Ok(Freshness::Fresh),
            Ok(Lookup::Found) => Ok(Freshness::Replayed),
            Ok(Lookup::Full { capacity }) => Err(ReplayCacheError::Full { capacity }),
            Err(error) => Err(ReplayCacheError::Unreachable(error.to_string())),
        }
    }

    fn serves(&self, clock_skew: Duration) -> Result<(), ClockSkewDiffers> {
        match self.clock_skew {
            ours if ours == clock_skew => Ok(()),
            first => Err(ClockSkewDiffers { first }),
        }
    }
}

/// Since 1970. The format ends in 2106; from then on nothing expires, and the file fills up.
fn seconds(time: SystemTime) -> u32 {
    let since = time.duration_since(UNIX_EPOCH);
    u32_of(since.unwrap_or(Duration::ZERO).as_secs())
}

fn u32_of(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
