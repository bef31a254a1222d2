//! A Redis server of the test's own.

use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::process::Daemon;
use crate::realm::free_port;

/// A Redis server on loopback, which keeps nothing on disk.
#[derive(Debug)]
pub struct RedisServer {
    port: u16,
    options: Vec<String>,
    daemon: Option<Daemon>,
    directory: TempDir,
}

impl RedisServer {
    /// Starts it with more options, as `--maxmemory 10mb`.
    ///
    /// # Panics
    /// When it does not come up within ten seconds.
    #[must_use]
    pub fn start(options: &[&str]) -> Self {
        let mut server = Self {
            port: free_port(),
            options: options.iter().map(|&option| option.to_owned()).collect(),
            daemon: None,
            directory: tempfile::tempdir().expect("a directory"),
        };
        server.restart();
        server
    }

    /// Ends it, without saving anything.
    pub fn kill(&mut self) {
        self.daemon = None;
    }

    /// Starts it again at the same address, empty.
    ///
    /// # Panics
    /// When it does not come up within ten seconds.
    pub fn restart(&mut self) {
        self.kill();
        let mut command = Command::new("/usr/bin/redis-server");
        command
            .args(["--port", &self.port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no"])
            .arg("--dir")
            .arg(self.directory.path())
            .arg("--unixsocket")
            .arg(self.socket())
            .args(&self.options);
        self.daemon = Some(Daemon::start(&command, Stdio::null()));
        let deadline = Instant::now() + Duration::from_secs(10);
        // It listens here last.
        while UnixStream::connect(self.socket()).is_err() {
            assert!(Instant::now() < deadline, "redis-server does not come up");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Its host and port.
    #[must_use]
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Its socket in the file system.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.directory.path().join("socket")
    }
}
