//! The program under test, run as a user runs it.
#![allow(dead_code, reason = "each test file uses a part")]

use portcullis::Principal;
use portcullis::formats::keytab::{KeytabVersion, KeytabWriter};
use portcullis::formats::registry::{EtypeNumber, Kvno};
use portcullis_testdata::{hex, vectors};
use serde_json::Value;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

/// What a run said.
pub(crate) struct Said {
    pub(crate) status: i32,
    pub(crate) output: String,
    pub(crate) error: String,
}

/// A program that stays up until the test ends.
pub(crate) struct StaysUp {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl StaysUp {
    /// Starts `portcullis` with these arguments; directories of its own are below the tests'.
    pub(crate) fn start<A: AsRef<OsStr>>(command: &str, arguments: &[A]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_portcullis"))
            .arg(command)
            .args(arguments)
            .env("TMPDIR", env!("CARGO_TARGET_TMPDIR"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, output }
    }

    /// Its next line.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        let octets = self.output.read_line(&mut line).unwrap();
        assert_ne!(octets, 0, "the program ended");
        line
    }

    /// Sends a signal; the exit status.
    #[cfg(unix)]
    pub(crate) fn end(&mut self, signal: &str) -> Option<i32> {
        let kill = format!("kill -{signal} {}", self.child.id());
        let kill = Command::new("/bin/sh").args(["-c", &kill]).status();
        assert!(kill.unwrap().success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for StaysUp {
    fn drop(&mut self) {
        let runs = matches!(self.child.try_wait(), Ok(None));
        #[cfg(unix)]
        if runs {
            // So that it can clean up.
            self.end("TERM");
        }
        #[cfg(not(unix))]
        if runs {
            self.child.kill().unwrap();
            self.child.wait().unwrap();
        }
    }
}

/// Runs `portcullis` with these arguments and nothing on standard input.
pub(crate) fn run<A: AsRef<OsStr>>(arguments: &[A]) -> Said {
    run_with_input(arguments, b"")
}

/// Runs `portcullis` with these arguments and this standard input.
pub(crate) fn run_with_input<A: AsRef<OsStr>>(arguments: &[A], input: &[u8]) -> Said {
    let mut child = Command::new(env!("CARGO_BIN_EXE_portcullis"))
        .args(arguments)
        .env("TMPDIR", env!("CARGO_TARGET_TMPDIR"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that refuses its arguments does not read.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    Said {
        status: output.status.code().unwrap(),
        output: String::from_utf8(output.stdout).unwrap(),
        error: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Writes a file for one test; its path.
pub(crate) fn file(name: &str, octets: &[u8]) -> PathBuf {
    static NUMBER: core::sync::atomic::AtomicUsize = core::sync::atomic::AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, core::sync::atomic::Ordering::Relaxed);
    let process = std::process::id();
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{process}-{number}-{name}"));
    std::fs::write(&path, octets).unwrap();
    path
}

/// A directory for one test.
pub(crate) fn directory() -> PathBuf {
    let path = file("directory", b"");
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    path
}

/// An exchange that MIT krb5 made: its first token, and a file with the key that opens it.
pub(crate) struct Exchange {
    pub(crate) token: Vec<u8>,
    pub(crate) keytab: PathBuf,
    pub(crate) vector: Value,
}

/// 2026-11-22T03:48:55Z, the second in which the exchanges of enctype 18 took place.
pub(crate) const THEN: u64 = 1_795_319_335;

/// The exchange of this name in `mit_gss_exchanges`.
pub(crate) fn exchange(name: &str) -> Exchange {
    let vector = vectors("mit_gss_exchanges")
        .into_iter()
        .find(|it| it["name"] == name)
        .unwrap();
    Exchange {
        token: hex(&vector["tokens"][0]["token"]),
        keytab: file("keytab", &keytab(&[&vector])),
        vector,
    }
}

/// A token of `testdata/tokens`.
pub(crate) struct Recorded {
    pub(crate) token: Vec<u8>,
    pub(crate) keytab: PathBuf,
    /// When it arrived, as RFC 3339 has it.
    pub(crate) now: String,
}

/// The recorded token of this name.
pub(crate) fn recorded(name: &str) -> Recorded {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/tokens");
    let text = std::fs::read_to_string(format!("{directory}/{name}.txt")).unwrap();
    let field = |name: &str| {
        let mut lines = text.lines();
        let value = lines.find_map(|line| line.strip_prefix(name)).unwrap();
        value.trim().to_owned()
    };
    let octets = |name: &str| hex(&Value::String(field(name)));
    Recorded {
        token: octets("token:"),
        keytab: file("keytab", &octets("keytab:")),
        now: field("now:"),
    }
}

/// A keytab with the service keys of these exchanges.
pub(crate) fn keytab(exchanges: &[&Value]) -> Vec<u8> {
    let mut keytab = KeytabWriter::new(KeytabVersion::V2);
    for exchange in exchanges {
        let principal: Principal = exchange["service"].as_str().unwrap().parse().unwrap();
        let kvno = Kvno(exchange["kvno"].as_u64().unwrap().try_into().unwrap());
        let etype = exchange["service_key_etype"]
            .as_i64()
            .unwrap()
            .try_into()
            .unwrap();
        let key = hex(&exchange["service_key"]);
        keytab
            .add(&principal, 0, kvno, EtypeNumber(etype), &key)
            .unwrap();
    }
    keytab.into_vec()
}
