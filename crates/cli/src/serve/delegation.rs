//! [`Delegation`]: credentials that clients delegate, as files by which the application acts as they.
//!
//! A client has one file; the login that delegates last counts. It is swept when its credential has
//! ended, and what an earlier run left behind when the next one starts.

use super::log::{Level, Line, Log};
use portcullis::formats::messages::KerberosTime;
use portcullis::{DelegatedCredential, Identity, Principal};
use portcullis_store::{CacheDirectory, CacheName, StoreError};
use std::collections::HashMap;
use std::fs::{DirBuilder, File};
use std::io::{self, Read as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// Files of clients' credentials.
#[derive(Debug)]
pub(super) struct Delegation {
    directory: CacheDirectory,
    files: Mutex<HashMap<Principal, Cache>>,
    log: Log,
}

/// A client's file.
#[derive(Debug)]
struct Cache {
    path: PathBuf,
    /// What programs want to find in `KRB5CCNAME`.
    name: String,
    /// The same credential need not be written again.
    ends: KerberosTime,
}

/// How a credential cache of the version that is written begins.
const MAGIC: [u8; 2] = [5, 4];

impl Delegation {
    /// Opens the directory, which is made if it is not there, and removes the caches in it.
    pub(super) fn open(path: &Path, log: Log) -> Result<Self, StoreError> {
        let made = DirBuilder::new().mode(0o700).create(path);
        if let Err(error) = made
            && error.kind() != io::ErrorKind::AlreadyExists
        {
            let path = path.to_owned();
            return Err(StoreError::Directory { path, error });
        }
        Ok(Self {
            directory: CacheDirectory::open(path)?,
            files: Mutex::default(),
            log,
        })
    }

    /// Removes what an earlier run left behind.
    pub(super) fn clear(&self) -> io::Result<()> {
        for entry in std::fs::read_dir(self.directory.path())? {
            let entry = entry?;
            if entry.file_type()?.is_file() && is_cache(&entry.path()) {
                std::fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Writes what the client delegates, if it does.
    pub(super) fn keep(&self, identity: &Identity) {
        let Some(credential) = identity.delegated() else {
            return;
        };
        // Whose it is it says itself; another one's would have the application act as somebody else.
        let written = match credential.client() == identity.client() {
            true => self.write(identity.client(), credential),
            false => return,
        };
        if let Err(error) = written {
            let line = Line::new(Level::Error, "delegation")
                .text_field("client", identity.client())
                .text_field("reason", error);
            self.log.write(&line);
        }
    }

    fn write(
        &self,
        client: &Principal,
        credential: &DelegatedCredential,
    ) -> Result<(), StoreError> {
        // Kept until the file has its name, so that of two logins at once the later one is known.
        let mut files = self.files();
        // Somebody may have removed it.
        let is_there = |cache: &Cache| cache.ends == credential.endtime() && cache.path.exists();
        if files.get(client).is_some_and(is_there) {
            return Ok(());
        }
        let file = self.directory.write(&CacheName::of(client)?, credential)?;
        let cache = Cache {
            path: file.path().to_owned(),
            name: file.krb5ccname().to_string_lossy().into_owned(),
            ends: credential.endtime(),
        };
        files.insert(client.clone(), cache);
        Ok(())
    }

    /// What `KRB5CCNAME` has to be for the application to act as this client.
    pub(super) fn name_of(&self, client: &Principal, now: KerberosTime) -> Option<String> {
        let files = self.files();
        let cache = files.get(client).filter(|cache| now < cache.ends);
        cache.map(|cache| cache.name.clone())
    }

    /// Removes what has ended.
    pub(super) fn sweep(&self, now: KerberosTime) {
        self.files().retain(|_, cache| {
            let lasts = now < cache.ends;
            if !lasts {
                // Somebody may have been faster.
                let _ = std::fs::remove_file(&cache.path);
            }
            lasts
        });
    }

    /// Removes all.
    pub(super) fn end(&self) {
        for (_, cache) in self.files().drain() {
            let _ = std::fs::remove_file(&cache.path);
        }
    }

    fn files(&self) -> MutexGuard<'_, HashMap<Principal, Cache>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The time, as tickets count it.
pub(super) fn now() -> KerberosTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = i64::try_from(since.unwrap_or_default().as_secs());
    KerberosTime::from_unix(seconds.unwrap_or(i64::MAX))
}

fn is_cache(path: &Path) -> bool {
    let mut octets = [0; 2];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut octets));
    read.is_ok() && octets == MAGIC
}
