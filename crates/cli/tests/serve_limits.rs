//! `portcullis serve`: nobody holds a place for ever.
#![cfg(target_os = "linux")]
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "test code")]

mod application;
mod daemon;
mod program;

use application::{application, head};
use core::time::Duration;
use daemon::{Answer, Daemon, Realm};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::time::Instant;

const ASKED: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

/// Connections that say this and no more.
fn silent<const N: usize>(daemon: &Daemon, said: &[u8]) -> [TcpStream; N] {
    core::array::from_fn(|_| {
        let mut stream = TcpStream::connect(&daemon.address).unwrap();
        stream.write_all(said).unwrap();
        stream
    })
}

/// Whether somebody is answered within this time.
fn is_answered(daemon: &Daemon, within: Duration) -> bool {
    let mut stream = TcpStream::connect(&daemon.address).unwrap();
    stream.write_all(ASKED).unwrap();
    stream.set_read_timeout(Some(within)).unwrap();
    let mut octets = [0; 12];
    stream.read_exact(&mut octets).is_ok() && octets == *b"HTTP/1.1 200"
}

#[test]
fn who_says_nothing_or_not_enough_goes() {
    let realm = Realm::new();
    let limits = "[limits]\nconnections = 2\nheader_timeout = 1";
    let daemon = Daemon::start(&realm.keytab(), limits);
    for said in [
        &b""[..],
        b"PRI * HT",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: ",
        b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
    ] {
        let begun = Instant::now();
        let _held: [_; 2] = silent(&daemon, said);
        std::thread::sleep(Duration::from_millis(100));
        let answered = is_answered(&daemon, Duration::from_secs(5));
        assert!(answered, "{:?}", said.escape_ascii().to_string());
        // They had the time that is theirs, and nobody else came in.
        assert!(begun.elapsed() > Duration::from_millis(900), "{said:?}");
    }
}

#[test]
fn probes_come_in_however_many_there_are() {
    let realm = Realm::new();
    let ours = program::directory().join("own");
    let more = format!(
        "[limits]\nconnections = 1\n[own]\nlisten = ['unix:{}']",
        ours.display()
    );
    let daemon = Daemon::start(&realm.keytab(), &more);
    let _held: [_; 1] = silent(&daemon, b"");
    std::thread::sleep(Duration::from_millis(100));
    assert!(!is_answered(&daemon, Duration::from_millis(500)));

    let mut stream = UnixStream::connect(&ours).unwrap();
    stream.write_all(ASKED).unwrap();
    assert_eq!(Answer::read(&mut stream).body, "ok\n");
}

#[test]
fn a_web_socket_has_a_place_and_ends_with_the_daemon() {
    let realm = Realm::new();
    let more = format!(
        "[limits]\nconnections = 1\nshutdown = 5\n[proxy]\nupstream = 'http://{}'",
        application()
    );
    let mut daemon = Daemon::start(&realm.keytab(), &more);
    let field = realm.authorization("alice");
    let request = format!(
        "GET /upgrade HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n{field}\r\n\r\n"
    );
    let [stream] = silent(&daemon, request.as_bytes());
    let mut stream = BufReader::new(stream);
    assert!(head(&mut stream).starts_with("HTTP/1.1 101 "));

    let mut another = TcpStream::connect(&daemon.address).unwrap();
    another.write_all(ASKED).unwrap();
    let patience = Duration::from_millis(500);
    another.set_read_timeout(Some(patience)).unwrap();
    assert!(another.read(&mut [0]).is_err());
    drop(another);

    daemon.signal("TERM");
    let mut said = String::new();
    // The daemon ends it; without a word, or with an error.
    let _ = stream.read_line(&mut said);
    assert_eq!(said, "");
    assert_eq!(daemon.wait(), Some(0));
    daemon.logged(&["event=gone", "everybody was answered"]);
}
