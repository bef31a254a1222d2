//! Our examples that listen on loopback and say so, and what else they say.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, Stdio};

use crate::portcullis::from_profile;
use crate::process::Daemon;

/// Where the example `ldap_bind` is: `PORTCULLIS_LDAP_BIND`, or in this profile's `examples`.
#[must_use]
pub fn ldap_bind() -> PathBuf {
    from_profile("PORTCULLIS_LDAP_BIND", "examples/ldap_bind")
}

/// Where the example `postgres` is: `PORTCULLIS_POSTGRES`, or in this profile's `examples`.
#[must_use]
pub fn postgres() -> PathBuf {
    from_profile("PORTCULLIS_POSTGRES", "examples/postgres")
}

/// An example that listens, until it is dropped.
#[derive(Debug)]
pub struct Listener {
    /// The port on loopback.
    pub port: u16,
    lines: BufReader<ChildStdout>,
    _daemon: Daemon,
}

impl Listener {
    /// Starts it with a keytab and more options.
    ///
    /// # Panics
    /// When it does not say `listening on ADDRESS`.
    #[must_use]
    pub fn start(program: &Path, keytab: &Path, options: &[&str]) -> Self {
        let mut command = Command::new(program);
        command.arg("--keytab").arg(keytab);
        command.args(["--listen", "127.0.0.1:0"]).args(options);
        let mut daemon = Daemon::start(&command, Stdio::piped());
        let mut lines = BufReader::new(daemon.stdout().expect("piped"));
        let line = next_line(&mut lines);
        let address = line.strip_prefix("listening on 127.0.0.1:");
        let port = address.and_then(|port| port.parse().ok());
        Self {
            port: port.unwrap_or_else(|| panic!("the example said: {line}")),
            lines,
            _daemon: daemon,
        }
    }

    /// The next line that it says; empty when it has ended.
    ///
    /// # Panics
    /// When its output cannot be read.
    pub fn line(&mut self) -> String {
        next_line(&mut self.lines)
    }
}

fn next_line(lines: &mut BufReader<ChildStdout>) -> String {
    let mut line = String::new();
    lines.read_line(&mut line).expect("a line");
    line.trim_end().to_owned()
}
