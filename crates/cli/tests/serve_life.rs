//! `portcullis serve` under load, and under a service manager: nobody is cut off.
#![cfg(target_os = "linux")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "test code"
)]

mod daemon;
mod program;

use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use core::time::Duration;
use daemon::{Daemon, Realm};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixDatagram;
use std::process::Command;
use std::sync::{Arc, Mutex};

/// Clients that ask on and on, each on a connection of its own for as long as that lasts.
struct Load {
    realm: Arc<Mutex<Realm>>,
    ends: AtomicBool,
    answered: AtomicUsize,
}

impl Load {
    /// Asks until told to end, by the test or by the daemon; no request may be without answer.
    fn run(&self, address: &str) {
        let mut stream = BufReader::new(TcpStream::connect(address).unwrap());
        while !self.ends.load(Ordering::SeqCst) {
            let field = self.realm.lock().unwrap().authorization("alice");
            let request = format!("GET /auth HTTP/1.1\r\nHost: a\r\n{field}\r\n\r\n");
            stream.get_mut().write_all(request.as_bytes()).unwrap();
            let head = head(&mut stream);
            assert!(head.starts_with("HTTP/1.1 200 "), "{head:?}");
            self.answered.fetch_add(1, Ordering::SeqCst);
            if head.contains("connection: close") {
                return;
            }
        }
    }
}

fn head(stream: &mut impl BufRead) -> String {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert_ne!(stream.read_line(&mut head).unwrap(), 0, "cut off: {head:?}");
    }
    head
}

/// Runs four clients beside `what`.
fn under_load(realm: Realm, address: &str, what: impl FnOnce(&Load)) -> usize {
    let load = Load {
        realm: Arc::new(Mutex::new(realm)),
        ends: AtomicBool::new(false),
        answered: AtomicUsize::new(0),
    };
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..4).map(|_| scope.spawn(|| load.run(address))).collect();
        what(&load);
        load.ends.store(true, Ordering::SeqCst);
        for client in clients {
            client.join().unwrap();
        }
    });
    load.answered.into_inner()
}

#[test]
fn a_new_keytab_fails_no_request() {
    let realm = Realm::new();
    let keytab = realm.keytab();
    let octets = realm.service.keytab_octets();
    let daemon = Daemon::start(&keytab, "[limits]\nreload = 1\n[log]\nverdicts = 'refused'");

    let answered = under_load(realm, &daemon.address, |load| {
        while load.answered.load(Ordering::SeqCst) < 1000 {
            // Half-written for a moment, as by who does not rename.
            std::fs::write(&keytab, &octets[..octets.len() / 2]).unwrap();
            daemon.signal("HUP");
            std::fs::write(&keytab, &octets).unwrap();
            daemon.signal("HUP");
            std::thread::sleep(Duration::from_millis(50));
        }
    });

    assert!(answered >= 1000);
    assert!(
        daemon
            .get("/metrics", &[])
            .body
            .contains("portcullis_reloads_total{result=\"ok\"} ")
    );
}

#[test]
fn nobody_is_cut_off_at_the_end() {
    let realm = Realm::new();
    let mut daemon = Daemon::start(&realm.keytab(), "[log]\nverdicts = 'refused'");
    let address = daemon.address.clone();

    under_load(realm, &address, |load| {
        while load.answered.load(Ordering::SeqCst) < 200 {
            std::thread::sleep(Duration::from_millis(10));
        }
        // Who has come, and has yet to say anything.
        let mut late = BufReader::new(TcpStream::connect(&address).unwrap());
        daemon.signal("TERM");
        daemon.logged(&["event=leaving"]);
        let late = late.get_mut();
        late.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            .unwrap();
        let answer = daemon::Answer::read(late);
        assert_eq!((answer.status, answer.body.as_str()), (503, "leaving\n"));
        assert_eq!(daemon.wait(), Some(0));
    });

    daemon.logged(&["event=gone", "everybody was answered"]);
}

#[test]
fn the_service_manager_learns_how_it_is() {
    let realm = Realm::new();
    let path = program::directory().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    let said = || {
        let mut octets = [0; 64];
        let length = socket.recv(&mut octets).unwrap();
        String::from_utf8_lossy(&octets[..length]).into_owned()
    };
    let mut daemon = Daemon::of(
        Command::new(env!("CARGO_BIN_EXE_portcullis"))
            .env("NOTIFY_SOCKET", &path)
            .arg("serve")
            .arg(daemon::config(&realm.keytab(), "")),
    );

    assert_eq!(said(), "READY=1");
    daemon.signal("TERM");
    assert_eq!(said(), "STOPPING=1");
    assert_eq!(daemon.wait(), Some(0));
}

#[test]
fn sockets_are_handed_over() {
    let activate = "systemd-socket-activate";
    if Command::new(activate).arg("--version").output().is_err() {
        println!("skipped: {activate} is not installed");
        assert!(std::env::var_os("CI").is_none());
        return;
    }
    let realm = Realm::new();
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let config = daemon::config(&realm.keytab(), "listen = []");
    // The configuration's own address would be taken for the second of the two keys.
    let text =
        std::fs::read_to_string(&config)
            .unwrap()
            .replacen("listen = ['127.0.0.1:0']\n", "", 1);
    std::fs::write(&config, text).unwrap();
    let mut command = Command::new(activate);
    command
        .args([
            "-l",
            &port.to_string(),
            env!("CARGO_BIN_EXE_portcullis"),
            "serve",
        ])
        .arg(config);
    // It starts the daemon when somebody comes, who waits until it is there.
    let visitor = std::thread::spawn(move || {
        loop {
            if let Ok(mut stream) = TcpStream::connect(port) {
                stream
                    .write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                    .unwrap();
                return daemon::Answer::read(&mut stream);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    let daemon = Daemon::of(&mut command);
    assert_eq!(daemon.address, port.to_string());
    assert_eq!(visitor.join().unwrap().body, "ok\n");
}
