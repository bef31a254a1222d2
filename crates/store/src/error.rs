//! [`StoreError`]: why a cache could not be written.

use std::io;
use std::path::PathBuf;

/// Why a cache could not be written.
#[non_exhaustive]
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The directory cannot be opened: it is not there, or it is a link or no directory.
    #[error("cannot open the directory {}: {error}", .path.display())]
    Directory {
        /// Its path.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The directory belongs to another user than this process runs as.
    #[error("{} belongs to user {owner}, and this process runs as {user}", .path.display())]
    Owner {
        /// Its path.
        path: PathBuf,
        /// The number of its owner.
        owner: u32,
        /// The number of the process' user.
        user: u32,
    },
    /// Others than its owner may write to the directory.
    #[error("others may write to {} (mode {mode:04o})", .path.display())]
    Writable {
        /// Its path.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// A name that cannot be that of a file here: empty, too long, with a `/` or a NUL, or with a
    /// dot in front.
    #[error("{0:?} is no name for a credential cache")]
    Name(String),
    /// A part of the credential is too long for the format.
    #[error("the credential does not fit into a credential cache")]
    Credential,
    /// There was no randomness for a name.
    #[error("no randomness for the name of a file")]
    Entropy,
    /// The file cannot be written.
    #[error("cannot write the credential cache {}: {error}", .path.display())]
    Write {
        /// Its path.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}
