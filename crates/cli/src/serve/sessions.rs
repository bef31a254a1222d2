//! [`SessionFile`]: sessions whose keys are in a file, shared by all nodes of the site.

use super::Intent;
use super::config::{Config, Places, Problem, SameSiteRule};
use super::reload::Seen;
use portcullis::entropy::EntropyError;
use portcullis_http::session::{SameSite, SessionKeys, SessionKeysError, Sessions};
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

/// Sessions, and the file that their keys are from.
#[derive(Clone, Debug)]
pub(super) struct SessionFile {
    pub(super) sessions: Sessions,
    path: PathBuf,
    seen: Seen,
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
    #[error("others may read {}; take that from them: chmod 600", .0.display())]
    Open(PathBuf),
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

impl SessionFile {
    /// Sessions as the configuration has them, if it has any. A file that is not there is made, with
    /// a new key that nobody else may read.
    pub(super) fn open(
        config: &Config,
        places: &Places<'_>,
        intent: Intent,
    ) -> Result<Option<Self>, Problem> {
        let rules = &config.sessions;
        let Some(path) = &rules.key_file else {
            return Ok(None);
        };
        let problem = |error| places.problem("sessions.key_file", error);
        if intent == Intent::Serve {
            make(path).map_err(problem)?;
        }
        let seen = Seen::look(vec![path.clone()]);
        let keys = match intent {
            Intent::Check if !path.exists() => would_make(path),
            Intent::Check | Intent::Serve => read(path),
        };
        let keys = keys.map_err(problem)?;
        let mut sessions = Sessions::new(&*rules.name, keys)
            .cookie(&rules.cookie)
            .lifetime(rules.lifetime.duration())
            .same_site(match rules.same_site {
                SameSiteRule::Strict => SameSite::Strict,
                SameSiteRule::Lax => SameSite::Lax,
                SameSiteRule::None => SameSite::None,
            });
        if let Some(path) = &rules.logout {
            if path.as_str().is_empty() {
                let what = "the whole site cannot be where sessions end";
                return Err(places.problem("sessions.logout", what));
            }
            sessions = sessions.logout_path(path.as_str());
        }
        let path = path.clone();
        Ok(Some(Self {
            sessions,
            path,
            seen,
        }))
    }

    /// Reads the keys again; the old ones stay when the new ones do not do.
    pub(super) fn renew(&self) -> Result<(), SessionProblem> {
        self.sessions.replace_keys(read(&self.path)?);
        Ok(())
    }

    /// The file as it was before it was read.
    pub(super) fn seen(&self) -> Seen {
        self.seen.clone()
    }
}

/// Makes the file, if it is not there, whole at once: of several that begin together, all use what
/// the first of them made.
fn make(path: &Path) -> Result<(), SessionProblem> {
    let failed = |error| SessionProblem::Make {
        path: path.to_owned(),
        error,
    };
    if path.exists() {
        return Ok(());
    }
    let line = SessionKeys::new_line()?;
    // For nobody else to read, which is how these files are made.
    let mut file = NamedTempFile::new_in(directory(path)).map_err(failed)?;
    writeln!(file, "{}", *line).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    match file.persist_noclobber(path) {
        Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => {
            Err(failed(error.error))
        }
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Keys such as would be made there.
fn would_make(path: &Path) -> Result<SessionKeys, SessionProblem> {
    let failed = |error| SessionProblem::Make {
        path: path.to_owned(),
        error,
    };
    std::fs::read_dir(directory(path)).map_err(failed)?;
    SessionKeys::parse(&SessionKeys::new_line()?).map_err(|error| SessionProblem::Keys {
        path: path.to_owned(),
        error,
    })
}

fn directory(path: &Path) -> &Path {
    let parent = path.parent().filter(|parent| *parent != Path::new(""));
    parent.unwrap_or_else(|| Path::new("."))
}

fn read(path: &Path) -> Result<SessionKeys, SessionProblem> {
    let unreadable = |error| SessionProblem::Read {
        path: path.to_owned(),
        error,
    };
    let mut file = File::open(path).map_err(unreadable)?;
    let facts = file.metadata().map_err(unreadable)?;
    if facts.permissions().mode() & 0o077 != 0 {
        return Err(SessionProblem::Open(path.to_owned()));
    }
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text).map_err(unreadable)?;
    SessionKeys::parse(&text).map_err(|error| SessionProblem::Keys {
        path: path.to_owned(),
        error,
    })
}
