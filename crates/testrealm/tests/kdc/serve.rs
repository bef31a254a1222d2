//! The KDC on sockets (RFC 4120 §7.2).

use crate::client::{
    Presenting, Wish, as_req, credential, error, key_of_password, principal, seal,
};
use crate::scene;
use core::net::SocketAddr;
use core::time::Duration;
use portcullis_crypto::KeyUsage;
use portcullis_formats::der::{Encode, SequenceOfBuf};
use portcullis_formats::keytab::KeytabFile;
use portcullis_formats::messages::{AuthorizationData, AuthorizationDataElement};
use portcullis_formats::registry::{AuthDataType, ErrorCode, EtypeNumber};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::time::SystemTime;

fn by_udp(address: SocketAddr, request: &[u8]) -> Vec<u8> {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    socket.send_to(request, address).unwrap();
    let mut reply = vec![0; 65_536];
    let length = socket.recv(&mut reply).unwrap();
    reply.truncate(length);
    reply
}

fn send(connection: &mut TcpStream, request: &[u8]) {
    let length = u32::try_from(request.len()).unwrap().to_be_bytes();
    connection.write_all(&length).unwrap();
    connection.write_all(request).unwrap();
}

fn receive(connection: &mut TcpStream) -> Vec<u8> {
    let mut length = [0; 4];
    connection.read_exact(&mut length).unwrap();
    let mut reply = vec![0; usize::try_from(u32::from_be_bytes(length)).unwrap()];
    connection.read_exact(&mut reply).unwrap();
    reply
}

fn by_tcp(address: SocketAddr, request: &[u8]) -> Vec<u8> {
    let mut connection = TcpStream::connect(address).unwrap();
    send(&mut connection, request);
    receive(&mut connection)
}

#[test]
fn writes_what_clients_and_services_need() {
    let scene = scene();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("realm");
    let kdc = scene.kdc.serve(&path, 0).unwrap();
    let configuration = std::fs::read_to_string(path.join("krb5.conf")).unwrap();
    assert!(configuration.contains("default_realm = EXAMPLE.TEST"));
    assert!(configuration.contains(&format!("kdc = {}", kdc.address())));
    assert!(configuration.contains(".example.test = EXAMPLE.TEST"));
    assert!(configuration.contains("allow_rc4 = false"));
    let services = std::fs::read(path.join("services.keytab")).unwrap();
    assert_eq!(services, scene.web.keytab_octets());
    let alice = std::fs::read(path.join("alice.keytab")).unwrap();
    let keys: Vec<_> = KeytabFile::open(&alice).unwrap().records().collect();
    let keys: Vec<_> = keys.into_iter().map(Result::unwrap).collect();
    let etypes: Vec<_> = keys.iter().map(|entry| entry.etype).collect();
    assert_eq!(etypes, [EtypeNumber::AES256_SHA1, EtypeNumber::AES128_SHA1]);
    assert_eq!(keys[0].principal, principal("alice"));
    let key = key_of_password(&principal("alice"), crate::client::AES256, "secret");
    assert_eq!(keys[0].key, key.expose_octets());
    let passwords = std::fs::read_to_string(path.join("passwords.txt")).unwrap();
    assert_eq!(
        passwords,
        "alice@EXAMPLE.TEST\tsecret\nbob@EXAMPLE.TEST\tsecret\n"
    );
}

#[cfg(unix)]
#[test]
fn keys_and_passwords_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let scene = scene();
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    // As an earlier program left it.
    std::fs::write(path("services.keytab"), "longer than what is written now").unwrap();
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(path("services.keytab"), open).unwrap();
    let _kdc = scene.kdc.serve(directory.path(), 0).unwrap();
    for name in ["services.keytab", "alice.keytab", "passwords.txt"] {
        let mode = std::fs::metadata(path(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn answers_datagrams_and_connections_by_the_clock_of_the_machine() {
    let scene = scene();
    let directory = tempfile::tempdir().unwrap();
    let kdc = scene.kdc.serve(directory.path(), 0).unwrap();
    let (request, key) = as_req(&Wish::tgt("alice"), "secret", SystemTime::now());
    let one = credential(&by_udp(kdc.address(), &request), &key, KeyUsage::AS_REP);
    let two = credential(&by_tcp(kdc.address(), &request), &key, KeyUsage::AS_REP);
    // Nothing here follows from the name of the realm.
    assert!(one.session_key != two.session_key);

    let mut connection = TcpStream::connect(kdc.address()).unwrap();
    for _ in 0..2 {
        send(&mut connection, &request);
        credential(&receive(&mut connection), &key, KeyUsage::AS_REP);
    }
    // What is no request ends the connection.
    send(&mut connection, b"hello");
    assert_eq!(connection.read(&mut [0]).unwrap(), 0);
}

#[test]
fn a_reply_that_is_too_long_for_a_datagram_is_asked_for_by_tcp() {
    let scene = scene();
    let directory = tempfile::tempdir().unwrap();
    let kdc = scene.kdc.serve(directory.path(), 0).unwrap();
    let now = SystemTime::now();
    let (request, key) = as_req(&Wish::tgt("alice"), "secret", now);
    let alice = credential(&by_udp(kdc.address(), &request), &key, KeyUsage::AS_REP);
    let element = AuthorizationDataElement {
        ad_type: AuthDataType::LOOPBACK,
        ad_data: &[0; 4096],
    };
    let data = AuthorizationData::to_der(&SequenceOfBuf::of([&element]).borrow());
    let usage = KeyUsage::TGS_REQ_AUTHDATA_SESSION;
    let mut wish = Wish::new("HTTP/web.example.test");
    let sealed = seal(&alice.session_key, usage, &data);
    wish.authorization_data = Some((EtypeNumber::AES256_SHA1, sealed));
    let request = Presenting::new(&alice, now).request(&wish);
    let reply = by_udp(kdc.address(), &request);
    assert_eq!(error(&reply).error_code, ErrorCode::RESPONSE_TOO_BIG);
    let reply = by_tcp(kdc.address(), &request);
    credential(&reply, &alice.session_key, KeyUsage::TGS_REP_SESSION);
}

#[test]
fn a_request_that_is_too_long_is_refused() {
    let scene = scene();
    let directory = tempfile::tempdir().unwrap();
    let kdc = scene.kdc.serve(directory.path(), 0).unwrap();
    // RFC 4120 §7.2.2: also what sets the highest bit.
    for length in [65_537_u32, 0x8000_0010] {
        let mut connection = TcpStream::connect(kdc.address()).unwrap();
        connection.write_all(&length.to_be_bytes()).unwrap();
        let reply = receive(&mut connection);
        assert_eq!(error(&reply).error_code, ErrorCode::FIELD_TOOLONG);
    }
}

#[test]
fn ends_when_it_is_dropped() {
    let scene = scene();
    let directory = tempfile::tempdir().unwrap();
    let kdc = scene.kdc.serve(directory.path(), 0).unwrap();
    let address = kdc.address();
    assert!(scene.kdc.serve(directory.path(), address.port()).is_err());
    drop(kdc);
    assert!(TcpListener::bind(address).is_ok());
    assert!(UdpSocket::bind(address).is_ok());
}

#[test]
fn many_clients_at_once_all_get_their_tickets() {
    let scene = scene();
    let directory = tempfile::tempdir().unwrap();
    let kdc = scene.kdc.serve(directory.path(), 0).unwrap();
    let (request, key) = as_req(&Wish::tgt("alice"), "secret", SystemTime::now());
    std::thread::scope(|scope| {
        for _ in 0..100 {
            scope.spawn(|| {
                for _ in 0..10 {
                    let reply = by_tcp(kdc.address(), &request);
                    credential(&reply, &key, KeyUsage::AS_REP);
                }
            });
        }
    });
}
