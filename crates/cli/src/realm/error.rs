//! [`RealmError`]: why there is no realm.

use portcullis::Principal;
use portcullis::formats::principal::PrincipalError;
use std::io;
use std::path::PathBuf;

/// Why there is no realm.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RealmError {
    #[error("realm file {}: {}", .path.display(), .error.to_string().trim_end())]
    File {
        path: PathBuf,
        error: Box<toml::de::Error>,
    },
    #[error("{text:?}: {error}")]
    Principal { text: String, error: PrincipalError },
    #[error("{0} is of another realm than the one that is to be served")]
    Abroad(Principal),
    #[error("{0} is the KDC itself, which is there without being asked for")]
    Krbtgt(Principal),
    #[error("{0} is there twice")]
    Twice(Principal),
    #[error("the keytab of {user} would be {file}, and that is another's")]
    KeytabTwice { user: Principal, file: String },
    #[error("cannot make a directory for the realm: {0}")]
    Directory(io::Error),
    #[error("{}: KRB5_CONFIG is a list with : between its files, so no directory can have one", .0.display())]
    Colon(PathBuf),
    #[error(
        "port {0} of 127.0.0.1 is taken (another realm?); without --port, any free one is used"
    )]
    PortTaken(u16),
    #[error("cannot serve the realm (port {port}, files in {}): {error}", .directory.display())]
    Serve {
        port: u16,
        directory: PathBuf,
        error: io::Error,
    },
    #[error("no random keys: {0}")]
    Entropy(portcullis::entropy::EntropyError),
    #[error("cannot wait for a signal: {0}")]
    Signals(io::Error),
}
