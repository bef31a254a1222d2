//! [`ServeError`]: why the daemon does not run.

use super::config::Problem;
use std::io;
use std::path::PathBuf;

/// Why the daemon does not run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServeError {
    #[error("{}: {}", .path.display(), .error.to_string().trim_end())]
    File {
        path: PathBuf,
        error: Box<toml::de::Error>,
    },
    #[error("{0}")]
    Config(Problem),
    #[error("cannot listen at {at}: {error}")]
    Listen { at: String, error: io::Error },
    #[error("cannot start: {0}")]
    Start(io::Error),
}
