//! [`Directory`]: where the files of a realm go.

use super::error::RealmError;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Where the files of a realm go.
#[derive(Debug)]
pub(crate) enum Directory {
    /// Somebody's own, which stays.
    Named(PathBuf),
    /// One below the system's directory for temporary files, which goes with this value.
    Fresh(TempDir),
}

impl Directory {
    /// This directory, which need not be there yet.
    pub(super) fn named(path: &Path) -> Result<Self, RealmError> {
        let path = std::path::absolute(path).map_err(RealmError::Directory)?;
        sound(&path)?;
        Ok(Self::Named(path))
    }

    /// A new directory that only its owner can look into.
    pub(crate) fn fresh() -> Result<Self, RealmError> {
        let mut builder = tempfile::Builder::new();
        builder.prefix("portcullis-");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            builder.permissions(std::fs::Permissions::from_mode(0o700));
        }
        let directory = builder.tempdir().map_err(RealmError::Directory)?;
        sound(directory.path())?;
        Ok(Self::Fresh(directory))
    }

    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Named(path) => path,
            Self::Fresh(directory) => directory.path(),
        }
    }

    /// Whether it goes with the realm.
    pub(super) const fn goes(&self) -> bool {
        matches!(self, Self::Fresh(_))
    }
}

/// Whether `KRB5_CONFIG` can name a file in it.
fn sound(path: &Path) -> Result<(), RealmError> {
    match cfg!(unix) && path.as_os_str().as_encoded_bytes().contains(&b':') {
        true => Err(RealmError::Colon(path.to_owned())),
        false => Ok(()),
    }
}
