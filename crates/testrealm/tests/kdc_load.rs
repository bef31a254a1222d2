//! Many realms, and many clients at once: no reply is lost, and nothing stays behind.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "test code"
)]

use core::net::SocketAddr;
use core::time::Duration;
use portcullis::Acceptor;
use portcullis_testrealm::{TestClient, TestRealm, ask_over_tcp};
use std::net::UdpSocket;
use std::path::Path;
use std::sync::Barrier;
use std::time::{Instant, SystemTime};
use std::{fs, io, thread};

/// EMFILE.
const TOO_MANY_FILES: i32 = 24;
const WEB: &str = "HTTP/web.example.test@EXAMPLE.TEST";

fn ask_over_udp(address: SocketAddr, request: &[u8]) -> io::Result<Vec<u8>> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    // No request is repeated: a reply that is lost would be missed.
    socket.set_read_timeout(Some(Duration::from_secs(60)))?;
    socket.send_to(request, address)?;
    let mut reply = vec![0; 65_536];
    let length = socket.recv(&mut reply)?;
    reply.truncate(length);
    Ok(reply)
}

/// A realm with this many users.
fn realm_of(users: u32) -> TestRealm {
    let realm = TestRealm::new("EXAMPLE.TEST");
    realm.service("HTTP/web.example.test");
    for user in 0..users {
        realm.user_with_password(&format!("user{user}"), "secret");
    }
    realm
}

/// A user with the keytab that the KDC wrote.
fn client(user: u32, directory: &Path) -> TestClient {
    let keytab = fs::read(directory.join(format!("user{user}.keytab"))).unwrap();
    let name = format!("user{user}@EXAMPLE.TEST");
    TestClient::with_keytab(&name, &keytab).unwrap()
}

/// A ticket-granting ticket and a ticket, and a token of them.
fn log_in(mut client: TestClient, over_udp: bool, address: SocketAddr) -> Vec<u8> {
    let ask = if over_udp { ask_over_udp } else { ask_over_tcp };
    let mut kdc = |_: &str, request: &[u8]| loop {
        match ask(address, request) {
            // Where a process may have 1024 files, not all sockets are open at once.
            Err(error) if error.raw_os_error() == Some(TOO_MANY_FILES) => {
                thread::sleep(Duration::from_millis(5));
            }
            asked => return asked,
        }
    };
    let token = client.token_for(WEB, SystemTime::now(), &mut kdc);
    token.unwrap().build().token().to_vec()
}

#[test]
fn a_thousand_logins_at_once_all_get_in() {
    let realm = realm_of(8);
    let acceptor = Acceptor::new(realm.service("HTTP/web.example.test").keytab()).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let kdc = realm.kdc().serve(directory.path(), 0).unwrap();
    let clients: Vec<_> = (0..8).map(|user| client(user, directory.path())).collect();
    let all_are_there = Barrier::new(1000);
    thread::scope(|scope| {
        for number in 0..1000_u32 {
            let (acceptor, all_are_there) = (&acceptor, &all_are_there);
            let (user, address) = (
                clients[usize::try_from(number % 8).unwrap()].clone(),
                kdc.address(),
            );
            scope.spawn(move || {
                all_are_there.wait();
                let token = log_in(user, number % 16 < 8, address);
                let now = SystemTime::now();
                assert!(acceptor.begin().step(&token, now).is_ok());
            });
        }
    });
}

#[cfg(target_os = "linux")]
fn entries(directory: &str) -> usize {
    fs::read_dir(directory).unwrap().count()
}

/// The memory of this process, in KiB.
#[cfg(target_os = "linux")]
fn resident() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let size = line.unwrap().split_whitespace().nth(1);
    size.unwrap().parse().unwrap()
}

/// Alone in its process, as nextest runs it, this counts exactly; beside the other tests here it
/// allows for them.
#[cfg(target_os = "linux")]
#[test]
fn a_kdc_that_is_dropped_leaves_no_thread_and_no_socket() {
    let before = (entries("/proc/self/task"), entries("/proc/self/fd"));
    let alone = std::env::var_os("NEXTEST").is_some();
    for _ in 0..10 {
        let realm = realm_of(1);
        let directory = tempfile::tempdir().unwrap();
        let kdc = realm.kdc().serve(directory.path(), 0).unwrap();
        log_in(client(0, directory.path()), true, kdc.address());
        log_in(client(0, directory.path()), false, kdc.address());
        // Somebody who connects, says nothing and stays.
        let silent = std::net::TcpStream::connect(kdc.address()).unwrap();
        let dropped = Instant::now();
        drop(kdc);
        assert!(dropped.elapsed() < Duration::from_secs(4));
        drop(silent);
    }
    let after = || (entries("/proc/self/task"), entries("/proc/self/fd"));
    let deadline = Instant::now() + Duration::from_secs(5);
    while alone && after() != before && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(10)); // a thread that has ended is still listed
    }
    assert!(!alone || after() == before, "{before:?} {:?}", after());
}

#[cfg(target_os = "linux")]
#[test]
fn a_thousand_realms_leave_no_memory_behind() {
    let make_and_drop = |number: u32| {
        let realm = TestRealm::new(&format!("R{number}.TEST"));
        let other = TestRealm::new("OTHER.TEST");
        realm.trust(&other);
        other.trust(&realm);
        let web = realm.service("HTTP/web.example.test");
        let token = realm.user("alice").token_for(&web).build();
        let acceptor = Acceptor::new(web.keytab()).unwrap();
        let step = acceptor.begin().step(token.token(), realm.now());
        assert!(step.is_ok());
    };
    (0..200).for_each(make_and_drop);
    let before = resident();
    (0..1000).for_each(make_and_drop);
    let grown = resident().saturating_sub(before);
    let alone = std::env::var_os("NEXTEST").is_some();
    assert!(!alone || grown < 1024, "{grown} KiB more");
}

/// The keytabs in this directory.
fn keytabs(directory: &Path) -> usize {
    let files = fs::read_dir(directory).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.ends_with(".keytab")).count()
}

/// Two keys of each would take seconds, and so would it to wait for them at the end.
#[test]
fn five_hundred_users_do_not_delay_the_start_nor_the_end() {
    let realm = realm_of(500);
    let directory = tempfile::tempdir().unwrap();
    let kdc = realm.kdc().serve(directory.path(), 0).unwrap();
    let at_start = keytabs(directory.path());
    assert!((9..400).contains(&at_start), "{at_start}"); // that of the services, too
    drop(kdc);
    let at_end = keytabs(directory.path());
    assert!(at_end < 500, "{at_end}");
}

#[test]
fn the_other_keytabs_come_while_the_kdc_serves() {
    let realm = realm_of(24);
    let directory = tempfile::tempdir().unwrap();
    let kdc = realm.kdc().serve(directory.path(), 0).unwrap();
    kdc.wait_for_keytabs().unwrap();
    log_in(client(23, directory.path()), false, kdc.address());
    assert_eq!(keytabs(directory.path()), 25);
}
