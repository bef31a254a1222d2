//! An application behind a daemon under test.
#![allow(dead_code, reason = "each test file uses a part")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;

/// An application that answers what it was asked, fields and all; as its paths say.
pub(crate) fn application() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            std::thread::spawn(move || answer(stream.unwrap()));
        }
    });
    address.to_string()
}

/// A head, as far as it comes.
pub(crate) fn head(reader: &mut impl BufRead) -> String {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).unwrap() == 0 {
            return head;
        }
    }
    head
}

/// Answers what this connection asks.
pub(crate) fn answer(stream: impl Read + Write) {
    let mut stream = BufReader::new(stream);
    let asked = head(&mut stream);
    if asked.contains(" /upgrade ") {
        let said = "HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
        stream.get_mut().write_all(said.as_bytes()).unwrap();
        let mut line = String::new();
        stream.read_line(&mut line).unwrap();
        let echo = format!("{}{line}", asked.contains("upgrade: websocket"));
        stream.get_mut().write_all(echo.as_bytes()).unwrap();
        return;
    }
    if asked.contains(" /large ") {
        let said = "HTTP/1.1 200 X\r\nContent-Length: 33554432\r\n\r\n";
        stream.get_mut().write_all(said.as_bytes()).unwrap();
        // Whoever asked may go before it is all.
        let _ = stream.get_mut().write_all(&vec![b'x'; 1 << 25]);
        return;
    }
    if asked.contains(" /events ") {
        let said = "HTTP/1.1 200 X\r\nConnection: close\r\n\r\n";
        stream.get_mut().write_all(said.as_bytes()).unwrap();
        for event in ["one", "two"] {
            std::thread::sleep(core::time::Duration::from_secs(4));
            stream.get_mut().write_all(event.as_bytes()).unwrap();
        }
        return;
    }
    let mut body = asked.clone();
    if let Some(length) = asked
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
    {
        let mut octets = vec![0; length.parse().unwrap()];
        stream.read_exact(&mut octets).unwrap();
        body.push_str(&format!("{} octets", octets.len()));
    }
    let version = if asked.contains(" /old ") {
        "1.0"
    } else {
        "1.1"
    };
    let said = format!(
        "HTTP/{version} 203 X\r\nX-Of-App: 1\r\nConnection: close, X-Near\r\nX-Near: 1\r\nKeep-Alive: \
         timeout=1\r\nWWW-Authenticate: Other\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.get_mut().write_all(said.as_bytes()).unwrap();
}
