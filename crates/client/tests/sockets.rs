//! KDCs behind sockets: which is asked, how long, and what of an answer is taken.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "test code")]

use core::time::Duration;
use portcullis_client::KdcAddresses;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::thread;
use std::time::Instant;

/// A KDC on TCP that does so with its first connection.
fn tcp(play: impl FnOnce(TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || play(listener.accept().unwrap().0));
    address
}

fn nobody() -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().to_string()
}

fn answering(octets: &'static [u8]) -> String {
    tcp(move |mut stream| {
        let mut request = [0; 11];
        stream.read_exact(&mut request).unwrap();
        assert_eq!(&request, b"\0\0\0\x07request");
        stream.write_all(octets).unwrap();
        let _ = stream.read(&mut request);
    })
}

fn ask(addresses: &[String]) -> std::io::Result<Vec<u8>> {
    KdcAddresses::new()
        .realm("EXAMPLE.TEST", addresses)
        .timeout(Duration::from_millis(300))
        .ask("EXAMPLE.TEST", b"request")
}

#[test]
fn an_answer_has_its_length_in_front() {
    assert_eq!(ask(&[answering(b"\0\0\0\x06answer")]).unwrap(), b"answer");
}

#[test]
fn the_next_kdc_is_asked_when_one_is_gone_or_talks_nonsense() {
    let addresses = [
        nobody(),
        answering(b"\xff\xff\xff\xff"),
        answering(b"\0\0\0\x06answer"),
    ];
    assert_eq!(ask(&addresses).unwrap(), b"answer");
}

#[test]
fn a_kdc_that_nobody_knows_is_an_error_that_names_the_realm() {
    let error = KdcAddresses::new()
        .ask("OTHER.TEST", b"request")
        .unwrap_err();
    assert_eq!(error.to_string(), "no KDC of OTHER.TEST");
}

#[test]
fn an_endless_or_a_cut_answer_is_refused() {
    let endless = ask(&[answering(b"\0\x10\0\x01")]).unwrap_err();
    assert_eq!(endless.kind(), ErrorKind::InvalidData);
    let cut = ask(&[tcp(|mut stream| {
        stream.write_all(b"\0\0\0\x06ans").unwrap()
    })])
    .unwrap_err();
    assert!(
        matches!(
            cut.kind(),
            ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset
        ),
        "{cut}"
    );
}

/// One octet now and then does not prolong it.
#[test]
fn a_kdc_that_dawdles_costs_the_timeout_and_no_more() {
    let address = tcp(|mut stream| {
        let _ = stream.write_all(b"\0\0\0\x40");
        while stream.write_all(b"x").is_ok() {
            thread::sleep(Duration::from_millis(50));
        }
    });
    let start = Instant::now();
    let error = ask(&[address]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}");
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[test]
fn without_tcp_it_is_a_datagram_which_is_sent_again_when_it_is_lost() {
    let socket = UdpSocket::bind(("127.0.0.1", 0)).unwrap();
    let address = socket.local_addr().unwrap().to_string();
    thread::spawn(move || {
        let mut request = [0; 64];
        socket.recv_from(&mut request).unwrap();
        let (length, client) = socket.recv_from(&mut request).unwrap();
        assert_eq!(request.split_at(length).0, b"request");
        socket.send_to(b"answer", client).unwrap();
    });
    assert_eq!(ask(&[address]).unwrap(), b"answer");
}
