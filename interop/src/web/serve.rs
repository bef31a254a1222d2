//! `portcullis serve`, the daemon under test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::http::Server;
use crate::portcullis::binary;
use crate::process::{Daemon, run, said, try_run};

/// The script that says who it is and then becomes the program, whose log goes to a file.
const WITH_LOG: &str = r#"echo $$ > "$1/pid"; log="$1/log"; shift; exec "$@" 2> "$log""#;

/// A running daemon.
#[derive(Debug)]
pub struct Serve {
    /// Where it listens.
    pub port: u16,
    daemon: Daemon,
    directory: TempDir,
}

impl Serve {
    /// Starts it with a keytab, any free port, and more of its configuration.
    ///
    /// # Panics
    /// When it does not say that it is ready; the message has its log.
    #[must_use]
    pub fn start(keytab: &Path, more: &str) -> Self {
        let listen = "listen = [\"127.0.0.1:0\"]";
        Self::configured(&format!("{listen}\nkeytab = {keytab:?}\n{more}\n"))
    }

    /// Starts it with this configuration.
    ///
    /// # Panics
    /// When it does not say that it is ready; the message has its log.
    #[must_use]
    pub fn configured(text: &str) -> Self {
        let directory = tempfile::Builder::new().prefix("portcullis-").tempdir();
        let directory = directory.expect("a directory");
        let file = directory.path().join("serve.toml");
        fs::write(&file, text).expect("a file");
        let mut command = Command::new("/bin/sh");
        command.args(["-c", WITH_LOG, "sh"]).arg(directory.path());
        command.arg(binary()).arg("serve").arg(&file);
        let mut serve = Self {
            port: 0,
            daemon: Daemon::start(&command, Stdio::null()),
            directory,
        };
        let ready = serve.logged(&["event=ready"]);
        let (_, address) = ready.split_once("listen=127.0.0.1:").expect("an address");
        let port = address.split_whitespace().next().expect("a port");
        serve.port = port.parse().expect("a port");
        serve
    }

    /// As clients see it.
    #[must_use]
    pub fn server(&self) -> Server {
        Server::at(self.port)
    }

    /// Sends it a signal, as `TERM`.
    pub fn signal(&self, signal: &str) {
        let pid = self.pid().to_string();
        run(Command::new("/bin/kill").args([&format!("-{signal}"), &pid]));
    }

    /// Its process.
    ///
    /// # Panics
    /// When it has none yet.
    #[must_use]
    pub fn pid(&self) -> u32 {
        let text = fs::read_to_string(self.path("pid")).expect("it has started");
        text.trim().parse().expect("a number")
    }

    /// All that it said so far.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    /// The first line of its log that has all of these in it, which must come soon.
    ///
    /// # Panics
    /// When it does not come; the message has the log.
    pub fn logged(&mut self, parts: &[&str]) -> String {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let ended = !self.daemon.runs();
            let log = self.log();
            let mut lines = log
                .split_inclusive('\n')
                .filter(|line| line.ends_with('\n'));
            if let Some(line) = lines.find(|line| parts.iter().all(|part| line.contains(part))) {
                return line.trim_end().to_owned();
            }
            assert!(!ended && Instant::now() < deadline, "no {parts:?}: {log}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }
}

impl Drop for Serve {
    /// At once: nobody waits for an answer any more.
    fn drop(&mut self) {
        if self.daemon.runs() && self.port != 0 {
            let _ = try_run(Command::new("/bin/kill").args(["-KILL", &self.pid().to_string()]));
        }
    }
}

/// What `portcullis migrate` makes of a web server's configuration.
///
/// # Panics
/// When it could not translate everything.
#[must_use]
pub fn migrated(server: &str, text: &str) -> String {
    let file = tempfile::NamedTempFile::new().expect("a file");
    fs::write(file.path(), text).expect("a file");
    let output = try_run(
        Command::new(binary())
            .args(["migrate", server])
            .arg(file.path()),
    );
    assert!(output.status.success(), "{}", said(&output));
    String::from_utf8_lossy(&output.stdout).into_owned()
}
