//! [`CacheDirectory`]: where credential caches are written, whole or not at all.

mod leftovers;

use crate::file::CacheFile;
use crate::{CacheName, StoreError};
use portcullis::DelegatedCredential;
use portcullis::entropy::{Entropy, SystemEntropy};
use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, Mode, OFlags};
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// The permissions of group and others to write.
const OTHERS_WRITE: u32 = 0o022;
/// The permissions of a cache.
const OWNER_ALONE: Mode = Mode::RUSR.union(Mode::WUSR);

/// A directory of credential caches that is nobody else's. Cheap to clone.
#[derive(Clone, Debug)]
pub struct CacheDirectory {
    handle: Arc<OwnedFd>,
    path: PathBuf,
}

impl CacheDirectory {
    /// Opens a directory that is there already, and removes what a writer that was killed an hour
    /// ago or earlier has left in it. A path that is relative is so to the current directory of
    /// this moment.
    ///
    /// # Errors
    /// [`StoreError::Directory`], also for a link to one; [`StoreError::Owner`] and
    /// [`StoreError::Writable`] when somebody else could put files in its place.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let path = path.into();
        // The programs that get the path may run elsewhere.
        let path =
            std::path::absolute(&path).map_err(|error| StoreError::Directory { path, error })?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let opened = rustix::fs::open(&path, flags, Mode::empty())
            .and_then(|handle| Ok((rustix::fs::fstat(&handle)?, handle)));
        let (facts, handle) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                let error = error.into();
                return Err(StoreError::Directory { path, error });
            }
        };
        let user = rustix::process::geteuid().as_raw();
        if facts.st_uid != user {
            let owner = facts.st_uid;
            return Err(StoreError::Owner { path, owner, user });
        }
        let mode = Mode::from_raw_mode(facts.st_mode).bits();
        if mode & OTHERS_WRITE != 0 {
            return Err(StoreError::Writable { path, mode });
        }
        leftovers::sweep(&handle, SystemTime::now());
        Ok(Self {
            handle: Arc::new(handle),
            path,
        })
    }

    /// Writes `credential` to the file `name`, in the place of one that has this name. Readers see
    /// the old one or the new one, never a part, also when the process or the host dies meanwhile.
    /// It stays until somebody removes it.
    ///
    /// # Errors
    /// [`StoreError`]; there is then no new file.
    pub fn write(
        &self,
        name: &CacheName,
        credential: &DelegatedCredential,
    ) -> Result<CacheFile, StoreError> {
        let octets = credential.to_ccache().ok_or(StoreError::Credential)?;
        let temporary = CacheName::temporary(random()?);
        let file = self
            .place(&temporary, name.as_str(), &octets)
            .map_err(|error| StoreError::Write {
                path: self.path.join(name.as_str()),
                error,
            })?;
        Ok(CacheFile::new(
            self.handle.clone(),
            &self.path,
            name.clone(),
            file,
        ))
    }

    /// Writes `credential` to a file whose name begins with `name` and is that of no other: for one
    /// login among others of the same client.
    ///
    /// # Errors
    /// [`StoreError`]; there is then no new file.
    pub fn write_unique(
        &self,
        name: &CacheName,
        credential: &DelegatedCredential,
    ) -> Result<CacheFile, StoreError> {
        self.write(&name.with_suffix(random()?), credential)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file of its own and gives it its name when it is whole.
    fn place(&self, temporary: &str, name: &str, octets: &[u8]) -> io::Result<File> {
        let file = self.create(temporary)?;
        let written = self.fill(file, temporary, name, octets);
        if written.is_err() {
            // What matters has failed already.
            let _ = rustix::fs::unlinkat(&*self.handle, temporary, AtFlags::empty());
        }
        written
    }

    /// A new file that nobody else may read from its first moment on.
    fn create(&self, temporary: &str) -> io::Result<File> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
        let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = rustix::fs::openat(&*self.handle, temporary, flags, OWNER_ALONE)?;
        Ok(file.into())
    }

    fn fill(&self, mut file: File, temporary: &str, name: &str, octets: &[u8]) -> io::Result<File> {
        // The process' umask may have taken the owner's own permissions away.
        rustix::fs::fchmod(&file, OWNER_ALONE)?;
        file.write_all(octets)?;
        // Else a host that dies could keep the name and lose what is in the file.
        file.sync_all()?;
        rustix::fs::renameat(&*self.handle, temporary, &*self.handle, name)?;
        Ok(file)
    }
}

fn random() -> Result<u64, StoreError> {
    let mut octets = [0; 8];
    let filled = SystemEntropy::default().fill(&mut octets);
    filled.map_err(|_| StoreError::Entropy)?;
    Ok(u64::from_ne_bytes(octets))
}

#[cfg(test)]
mod tests;
