//! The site `clients/guarded_site`, which shows who its user is by Django's `RemoteUserMiddleware`.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::answers_in;
use crate::initiator::clients;
use crate::process::Daemon;
use crate::realm::free_port;

/// The application below gunicorn: its user is whom the field `Remote-User` names.
#[derive(Debug)]
pub struct Django {
    directory: TempDir,
    port: u16,
    _daemon: Daemon,
}

/// Where the site's modules are.
#[must_use]
pub fn modules() -> PathBuf {
    clients().join("guarded_site")
}

impl Django {
    /// Starts it.
    #[must_use]
    pub fn start() -> Self {
        Self::with::<&str>(&[])
    }

    /// Starts it with more in its environment.
    ///
    /// # Panics
    /// When it does not come up.
    #[must_use]
    pub fn with<V: AsRef<OsStr>>(environment: &[(&str, V)]) -> Self {
        let directory = tempfile::Builder::new().prefix("portcullis-").tempdir();
        let directory = directory.expect("a directory");
        let (log, port) = (directory.path().join("log"), free_port());
        let mut command = Command::new("/usr/bin/gunicorn");
        for (name, value) in environment {
            command.env(name, value);
        }
        command
            .env("GUARDED_SITE", directory.path())
            .env("REMOTE_USER_BY_FIELD", "yes")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .current_dir(directory.path())
            .arg("--bind")
            .arg(unix(&socket(directory.path())))
            .arg("--bind")
            .arg(format!("127.0.0.1:{port}"))
            .arg("--pythonpath")
            .arg(modules())
            .arg("--error-logfile")
            .arg(&log)
            .arg("guarded_site:application");
        let mut daemon = Daemon::start(&command, Stdio::null());
        answers_in(&mut daemon, &socket(directory.path()), &log);
        Self {
            directory,
            port,
            _daemon: daemon,
        }
    }

    /// Where it listens on loopback, too.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Where it listens, as `unix:/a/path`.
    #[must_use]
    pub fn address(&self) -> String {
        unix(&socket(self.directory.path()))
    }
}

fn socket(directory: &Path) -> PathBuf {
    directory.join("socket")
}

fn unix(path: &Path) -> String {
    format!("unix:{}", path.display())
}
