//! [`CacheFile`]: a credential cache that was written.

use crate::CacheName;
use core::fmt;
use rustix::fd::OwnedFd;
use rustix::fs::AtFlags;
use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A credential cache that was written. The file stays when this is dropped, unless
/// [`CacheFile::unlink_on_drop`] says otherwise.
#[must_use = "dropping this forgets where the file is"]
pub struct CacheFile {
    directory: Arc<OwnedFd>,
    path: PathBuf,
    name: CacheName,
    /// Held open, so that its number stays its own: by that it is told from one in its place.
    file: File,
    goes_with_this: bool,
}

impl CacheFile {
    pub(crate) fn new(
        directory: Arc<OwnedFd>,
        directory_path: &Path,
        name: CacheName,
        file: File,
    ) -> Self {
        Self {
            path: directory_path.join(name.as_str()),
            file,
            directory,
            name,
            goes_with_this: false,
        }
    }

    /// Where it is, by the path with which the directory was opened.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What programs want to find in the environment variable `KRB5CCNAME`: `FILE:` and the path.
    #[must_use]
    pub fn krb5ccname(&self) -> OsString {
        let mut value = OsString::from("FILE:");
        value.push(&self.path);
        value
    }

    /// Removes the file when this is dropped, unless another has taken its place by then.
    pub fn unlink_on_drop(mut self) -> Self {
        self.goes_with_this = true;
        self
    }

    /// Whether the name still is that of this file.
    fn is_there(&self) -> bool {
        let (name, flags) = (self.name.as_str(), AtFlags::SYMLINK_NOFOLLOW);
        let there = rustix::fs::statat(&*self.directory, name, flags);
        match (there, rustix::fs::fstat(&self.file)) {
            (Ok(there), Ok(ours)) => (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino),
            _ => false,
        }
    }
}

impl Drop for CacheFile {
    fn drop(&mut self) {
        let name = self.name.as_str();
        if self.goes_with_this && self.is_there() {
            // There is nobody to tell.
            let _ = rustix::fs::unlinkat(&*self.directory, name, AtFlags::empty());
        }
    }
}

impl fmt::Debug for CacheFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CacheFile")
            .field("path", &self.path)
            .field("goes_with_this", &self.goes_with_this)
            .finish_non_exhaustive()
    }
}
