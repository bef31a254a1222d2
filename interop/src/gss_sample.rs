//! The example `gss_server` of `portcullis`, and `gss-client`, the sample client of MIT krb5, that talks to it.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, Stdio};

use crate::login::Login;
use crate::portcullis::from_profile;
use crate::process::{Daemon, said, try_run};

/// Where the example is: `PORTCULLIS_GSS_SERVER`, or in this profile's `examples`.
#[must_use]
pub fn example() -> PathBuf {
    from_profile("PORTCULLIS_GSS_SERVER", "examples/gss_server")
}

/// The server, and what it says.
#[derive(Debug)]
pub struct GssServer {
    port: String,
    lines: BufReader<ChildStdout>,
    _daemon: Daemon,
}

impl GssServer {
    /// Starts it with a keytab.
    ///
    /// # Panics
    /// When it does not say `listening on ADDRESS`.
    #[must_use]
    pub fn start(program: &Path, keytab: &Path) -> Self {
        Self::start_with(program, keytab, &[])
    }

    /// The same with more options.
    ///
    /// # Panics
    /// When it does not say `listening on ADDRESS`.
    #[must_use]
    pub fn start_with(program: &Path, keytab: &Path, options: &[&str]) -> Self {
        let mut command = Command::new(program);
        command.arg("--keytab").arg(keytab).args(options);
        let mut daemon = Daemon::start(&command, Stdio::piped());
        let mut server = Self {
            port: String::new(),
            lines: BufReader::new(daemon.stdout().expect("piped")),
            _daemon: daemon,
        };
        let line = server.line();
        let address = line.strip_prefix("listening on ");
        let port = address.and_then(|address| address.rsplit(':').next());
        server.port = port
            .unwrap_or_else(|| panic!("the example said: {line}"))
            .to_owned();
        server
    }

    /// The next line that it says; empty when it has ended.
    ///
    /// # Panics
    /// When its output cannot be read.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).expect("a line");
        line.trim_end().to_owned()
    }

    /// Runs `gss-client` with options, for `HTTP` at a host, with one message; returns all that it said if it
    /// succeeded.
    ///
    /// # Errors
    /// All that it said, if it failed.
    pub fn client(
        &self,
        login: &Login<'_>,
        options: &[&str],
        host: &str,
        message: &str,
    ) -> Result<String, String> {
        let mut client = login.command("/usr/bin/gss-client");
        client.args(["-port", &self.port]).args(options);
        let output = try_run(client.args(["127.0.0.1", &format!("HTTP@{host}"), message]));
        match output.status.success() {
            true => Ok(said(&output)),
            false => Err(said(&output)),
        }
    }
}
