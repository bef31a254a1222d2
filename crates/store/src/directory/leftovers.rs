//! What writers left behind that were killed before their file had its name.

use crate::CacheName;
use core::time::Duration;
use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, Dir, Stat};
use std::time::{SystemTime, UNIX_EPOCH};

/// No writer takes so long: a younger file may be somebody's at work.
const ABANDONED: Duration = Duration::from_secs(3600);

/// Removes them. What cannot be removed stays: it keeps nobody from writing.
pub(super) fn sweep(directory: &OwnedFd, now: SystemTime) {
    let Ok(entries) = Dir::read_from(directory) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        if !name.to_str().is_ok_and(CacheName::is_temporary) {
            continue;
        }
        let facts = rustix::fs::statat(directory, name, AtFlags::SYMLINK_NOFOLLOW);
        if facts.is_ok_and(|facts| is_abandoned(&facts, now)) {
            let _ = rustix::fs::unlinkat(directory, name, AtFlags::empty());
        }
    }
}

fn is_abandoned(facts: &Stat, now: SystemTime) -> bool {
    let written = u64::try_from(facts.st_mtime).map(Duration::from_secs);
    let age = written.ok().and_then(|written| {
        let now = now.duration_since(UNIX_EPOCH).ok()?;
        now.checked_sub(written)
    });
    age.is_some_and(|age| age >= ABANDONED)
}
