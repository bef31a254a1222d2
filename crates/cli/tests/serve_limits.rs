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

/// A daemon with one place, and a client's request for something of its application.
fn one_place(realm: &Realm, path: &str) -> (Daemon, String) {
    let limits = "[limits]\nconnections = 1\nheader_timeout = 1\nsend_timeout = 1";
    let more = format!("{limits}\n[proxy]\nupstream = 'http://{}'", application());
    let daemon = Daemon::start(&realm.keytab(), &more);
    let field = realm.authorization("alice");
    (
        daemon,
        format!("GET {path} HTTP/1.1\r\nHost: a\r\n{field}\r\n\r\n"),
    )
}

/// Whether anybody is answered, by us or by whatever is behind us, within this time.
fn somebody_comes_in(daemon: &Daemon, within: Duration) -> bool {
    let mut stream = TcpStream::connect(&daemon.address).unwrap();
    stream.write_all(ASKED).unwrap();
    stream.set_read_timeout(Some(within)).unwrap();
    stream.read_exact(&mut [0; 12]).is_ok()
}

#[test]
fn who_does_not_read_the_answer_goes() {
    let realm = Realm::new();
    let (daemon, request) = one_place(&realm, "/large");
    let [mut held] = silent(&daemon, request.as_bytes());
    held.read_exact(&mut [0; 12]).unwrap();
    let begun = Instant::now();
    assert!(somebody_comes_in(&daemon, Duration::from_secs(8)));
    assert!(begun.elapsed() > Duration::from_secs(1));
}

#[test]
fn who_reads_slowly_gets_all_of_the_answer() {
    let realm = Realm::new();
    let (daemon, request) = one_place(&realm, "/large");
    let [mut stream] = silent(&daemon, request.as_bytes());
    let (mut octets, mut total) = (vec![0; 1 << 22], 0_usize);
    for _ in 0..8 {
        stream.read_exact(&mut octets).unwrap();
        total = total.saturating_add(octets.len());
        std::thread::sleep(Duration::from_millis(700));
    }
    // The head is longer than what is left.
    let left = stream.read_to_end(&mut octets).unwrap();
    assert!(total.saturating_add(left) > 1 << 25, "{left}");
}

#[test]
fn who_waits_for_the_application_may_wait() {
    let realm = Realm::new();
    let (daemon, request) = one_place(&realm, "/events");
    let [mut stream] = silent(&daemon, request.as_bytes());
    let mut said = String::new();
    stream.read_to_string(&mut said).unwrap();
    let (_, body) = said.split_once("\r\n\r\n").unwrap();
    assert!(body.contains("one") && body.contains("two"), "{said}");
}

/// A frame of HTTP/2 (RFC 9113 §4.1).
fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags, 0, 0, 0, stream], payload].concat()
}

/// A string of HPACK, longer than 126 octets (RFC 7541 §5.1, §5.2).
fn long_string(text: &str) -> Vec<u8> {
    let mut rest = text.len().checked_sub(127).unwrap();
    let mut octets = vec![127];
    while rest >= 128 {
        octets.push(u8::try_from(rest % 128).unwrap() | 128);
        rest /= 128;
    }
    octets.push(u8::try_from(rest).unwrap());
    octets.extend(text.as_bytes());
    octets
}

/// What somebody says over HTTP/2 who asks for this path, and lets nothing of the answer come.
fn greedy(path: &str, authorization: &str) -> Vec<u8> {
    let value = authorization.strip_prefix("Authorization: ").unwrap();
    let length = u8::try_from(path.len()).unwrap();
    // Of the static table: GET, http, a path, an authority, and the field itself.
    let fields = [
        &[0x82, 0x86, 0x04, length],
        path.as_bytes(),
        b"\x01\x01a\x0f\x08",
        &long_string(value),
    ];
    let no_window = [0, 4, 0, 0, 0, 0];
    let headers = frame(1, 5, 1, &fields.concat());
    [
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
        frame(4, 0, 0, &no_window),
        headers,
    ]
    .concat()
}

#[test]
fn who_lets_nothing_come_over_http_2_goes() {
    let realm = Realm::new();
    for path in ["/large", "/short"] {
        let (daemon, _) = one_place(&realm, path);
        let [held] = silent(&daemon, &greedy(path, &realm.authorization("alice")));
        daemon.logged(&["outcome=accepted", path]);
        let begun = Instant::now();
        assert!(somebody_comes_in(&daemon, Duration::from_secs(8)), "{path}");
        assert!(begun.elapsed() > Duration::from_secs(1), "{path}");
        drop(held);
    }
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
