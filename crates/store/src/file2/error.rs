//! [`ReplayFileError`]: why a file cannot be the replay cache.

use std::io;
use std::path::PathBuf;

/// Why a file cannot be the replay cache.
#[non_exhaustive]
#[derive(Debug, thiserror::Error)]
pub enum ReplayFileError {
    /// It cannot be opened or made, or it is a link.
    #[error("cannot open the replay cache {}: {error}", .path.display())]
    Open {
        /// Its path.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// It is something else than a regular file.
    #[error("the replay cache {} is no regular file", .path.display())]
    NoFile {
        /// Its path.
        path: PathBuf,
    },
    /// It belongs neither to the user that this process runs as nor to root, so its owner could
    /// make us forget.
    #[error("the replay cache {} belongs to user {owner}, and this process runs as {user}", .path.display())]
    Owner {
        /// Its path.
        path: PathBuf,
        /// The number of its owner.
        owner: u32,
        /// The number of the process' user.
        user: u32,
    },
    /// Everybody may write to it.
    #[error("everybody may write to the replay cache {} (mode {mode:04o})", .path.display())]
    Writable {
        /// Its path.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// It cannot be locked, read or written.
    #[error("cannot use the replay cache {}: {error}", .path.display())]
    Use {
        /// Its path.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// There was no randomness for the key of a new file.
    #[error("no randomness for the key of the replay cache")]
    Entropy,
}
