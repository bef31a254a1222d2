//! A daemon under test, with a realm of its own, asked as a proxy asks.
#![allow(dead_code, reason = "each test file uses a part")]

use crate::program;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use core::time::Duration;
use portcullis_testrealm::{Initiation, TestRealm, TestService, TokenBuilder};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Instant, SystemTime};

/// The realm that tests log in to.
pub(crate) struct Realm {
    pub(crate) realm: TestRealm,
    pub(crate) service: TestService,
}

/// A daemon that runs until the test ends.
pub(crate) struct Daemon {
    child: Child,
    pub(crate) address: String,
    log: Arc<Mutex<Vec<String>>>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Realm {
    pub(crate) fn new() -> Self {
        let realm = TestRealm::new("EXAMPLE.TEST");
        let service = realm.service("HTTP/localhost");
        Self { realm, service }
    }

    /// A file with the service's keys.
    pub(crate) fn keytab(&self) -> PathBuf {
        program::file("keytab", &self.service.keytab_octets())
    }

    /// A token of this user that was not made before.
    pub(crate) fn token(&self, user: &str) -> Initiation {
        self.token_of(user, |token| token)
    }

    pub(crate) fn token_of(
        &self,
        user: &str,
        with: impl FnOnce(TokenBuilder) -> TokenBuilder,
    ) -> Initiation {
        self.wind();
        let user = self.realm.user(user);
        with(user.token_for(&self.service).mutual().spnego()).build()
    }

    /// Sets the realm's clock.
    pub(crate) fn wind(&self) {
        let passed = SystemTime::now().duration_since(self.realm.now());
        self.realm.advance(passed.unwrap());
    }

    /// The field with such a token.
    pub(crate) fn authorization(&self, user: &str) -> String {
        authorization(&self.token(user))
    }
}

/// The field with this token.
pub(crate) fn authorization(token: &Initiation) -> String {
    format!(
        "Authorization: Negotiate {}",
        STANDARD.encode(token.token())
    )
}

/// A file of configuration: the keytab, any free port, and this.
pub(crate) fn config(keytab: &Path, more: &str) -> PathBuf {
    let text = format!(
        "listen = ['127.0.0.1:0']\nkeytab = '{}'\n{more}",
        keytab.display()
    );
    program::file("serve.toml", text.as_bytes())
}

impl Daemon {
    /// Starts one with this configuration besides a keytab and any free port.
    pub(crate) fn start(keytab: &Path, more: &str) -> Self {
        Self::of(
            Command::new(env!("CARGO_BIN_EXE_portcullis"))
                .arg("serve")
                .arg(config(keytab, more)),
        )
    }

    /// Starts this command.
    pub(crate) fn of(command: &mut Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut errors = BufReader::new(child.stderr.take().unwrap());
        let (mut first, mut said) = (String::new(), Vec::new());
        while !first.contains("event=ready") {
            first.clear();
            let octets = errors.read_line(&mut first).unwrap();
            assert_ne!(octets, 0, "the daemon ended: {said:?}");
            said.push(first.clone());
        }
        let log = Arc::new(Mutex::new(said));
        let lines = log.clone();
        std::thread::spawn(move || {
            for line in errors.lines().map_while(Result::ok) {
                lines.lock().unwrap().push(line);
            }
        });
        let address = first.split("listen=").nth(1).unwrap();
        let address = address.split_whitespace().next().unwrap().to_owned();
        Self {
            child,
            address,
            log,
        }
    }

    /// The answer to `GET path` with these fields.
    pub(crate) fn get(&self, path: &str, fields: &[&str]) -> Answer {
        self.request(&format!("GET {path}"), fields, "")
    }

    /// The answer to a request with this first line.
    pub(crate) fn request(&self, line: &str, fields: &[&str], body: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let more: String = fields.iter().map(|field| format!("{field}\r\n")).collect();
        let length = match body.len() {
            0 => String::new(),
            octets => format!("Content-Length: {octets}\r\n"),
        };
        let request = format!(
            "{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{length}{more}\r\n{body}"
        );
        stream.write_all(request.as_bytes()).unwrap();
        Answer::read(&mut stream)
    }

    pub(crate) fn signal(&self, signal: &str) {
        let kill = format!("kill -{signal} {}", self.child.id());
        let kill = Command::new("/bin/sh").args(["-c", &kill]).status();
        assert!(kill.unwrap().success());
    }

    /// Waits until it has ended by itself; the exit status.
    pub(crate) fn wait(&mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }

    /// The first line of the log with all of these in it, which must come soon.
    pub(crate) fn logged(&self, parts: &[&str]) -> String {
        let begun = Instant::now();
        loop {
            let lines = self.log.lock().unwrap().clone();
            let with_all = |line: &&String| parts.iter().all(|part| line.contains(part));
            if let Some(line) = lines.iter().find(with_all) {
                return line.clone();
            }
            assert!(
                begun.elapsed() < Duration::from_secs(10),
                "{parts:?}: {lines:#?}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Answer {
    /// All that comes until the connection ends.
    pub(crate) fn read(stream: &mut impl Read) -> Self {
        let mut text = Vec::new();
        stream.read_to_end(&mut text).unwrap();
        let text = String::from_utf8_lossy(&text);
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap();
        let fields = lines.filter_map(|line| line.split_once(": "));
        Self {
            status: status.parse().unwrap(),
            fields: fields
                .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
                .collect(),
            body: body.to_owned(),
        }
    }

    /// The value of the one field of this name.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let mut all = self.fields.iter().filter(|(it, _)| it == name);
        let value = all.next().map(|(_, value)| value.as_str());
        assert!(all.next().is_none(), "{name} twice: {self:?}");
        value
    }
}
