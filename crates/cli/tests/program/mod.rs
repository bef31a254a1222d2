//! The program under test, run as a user runs it.
#![allow(dead_code, reason = "each test file uses a part")]

use portcullis::Principal;
use portcullis::formats::keytab::{KeytabVersion, KeytabWriter};
use portcullis::formats::registry::{EtypeNumber, Kvno};
use portcullis_testdata::{hex, vectors};
use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a run said.
pub(crate) struct Said {
    pub(crate) status: i32,
    pub(crate) output: String,
    pub(crate) error: String,
}

/// Runs `portcullis` with these arguments and nothing on standard input.
pub(crate) fn run<A: AsRef<std::ffi::OsStr>>(arguments: &[A]) -> Said {
    run_with_input(arguments, b"")
}

/// Runs `portcullis` with these arguments and this standard input.
pub(crate) fn run_with_input<A: AsRef<std::ffi::OsStr>>(arguments: &[A], input: &[u8]) -> Said {
    let mut child = Command::new(env!("CARGO_BIN_EXE_portcullis"))
        .args(arguments)
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
