//! [`SessionFile`]: sessions whose keys are in a file, shared by all nodes of the site.

use super::config::{Config, Places, Problem, SameSiteRule};
use portcullis::entropy::EntropyError;
use portcullis_http::session::{SameSite, SessionKeys, SessionKeysError, Sessions};
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Sessions, and the file that their keys are from.
#[derive(Clone, Debug)]
pub(super) struct SessionFile {
    pub(super) sessions: Sessions,
    path: PathBuf,
}

/// Why there are no sessions with this file.
#[derive(Debug, thiserror::Error)]
pub(super) enum SessionProblem {
    #[error("cannot read {}: {error}", .path.display())]
    Read { path: PathBuf, error: io::Error },
    #[error("{} is not there and cannot be made: {error}", .path.display())]
    Make { path: PathBuf, error: io::Error },
    #[error("{}: {error}", .path.display())]
    Keys {
        path: PathBuf,
        error: SessionKeysError,
    },
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

impl SessionFile {
    /// Sessions as the configuration has them, if it has any. A file that is not there is made, with
    /// a new key that nobody else may read.
    pub(super) fn open(config: &Config, places: &Places<'_>) -> Result<Option<Self>, Problem> {
        let rules = &config.sessions;
        let Some(path) = &rules.key_file else {
            return Ok(None);
        };
        let keys = make(path).and_then(|()| read(path));
        let keys = keys.map_err(|error| places.problem("sessions.key_file", error))?;
        let mut sessions = Sessions::new(&*rules.name, keys)
            .cookie(&rules.cookie)
            .lifetime(rules.lifetime.duration())
            .same_site(match rules.same_site {
                SameSiteRule::Strict => SameSite::Strict,
                SameSiteRule::Lax => SameSite::Lax,
                SameSiteRule::None => SameSite::None,
            });
        if let Some(path) = &rules.logout {
            sessions = sessions.logout_path(path.as_str());
        }
        let path = path.clone();
        Ok(Some(Self { sessions, path }))
    }

    /// Reads the keys again; the old ones stay when the new ones do not do.
    pub(super) fn renew(&self) -> Result<(), SessionProblem> {
        self.sessions.replace_keys(read(&self.path)?);
        Ok(())
    }

    pub(super) fn path(&self) -> PathBuf {
        self.path.clone()
    }
}

fn make(path: &Path) -> Result<(), SessionProblem> {
    let failed = |error| SessionProblem::Make {
        path: path.to_owned(),
        error,
    };
    let line = SessionKeys::new_line()?;
    let mut options = OpenOptions::new();
    let made = options.write(true).create_new(true).mode(0o600).open(path);
    match made {
        Ok(mut file) => writeln!(file, "{}", *line).map_err(failed),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(failed(error)),
    }
}

fn read(path: &Path) -> Result<SessionKeys, SessionProblem> {
    let text = std::fs::read_to_string(path).map(Zeroizing::new);
    let text = text.map_err(|error| SessionProblem::Read {
        path: path.to_owned(),
        error,
    })?;
    SessionKeys::parse(&text).map_err(|error| SessionProblem::Keys {
        path: path.to_owned(),
        error,
    })
}
