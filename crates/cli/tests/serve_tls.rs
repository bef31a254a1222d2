//! `portcullis serve` with TLS of its own: logins are bound to the connection.
#![cfg(target_os = "linux")]
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "test code")]

mod daemon;
mod program;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use daemon::{Answer, Daemon, Realm, authorization};
use portcullis::ChannelBindings;
use portcullis::channel_bindings::tls_server_end_point;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::io::Write;
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;

/// Those of the tests of `portcullis-http`.
const WEB: (&[u8], &[u8]) = (
    include_bytes!("../../http/tests/tls_server/web.cert.der"),
    include_bytes!("../../http/tests/tls_server/web.key.der"),
);
const WIKI: (&[u8], &[u8]) = (
    include_bytes!("../../http/tests/tls_server/wiki.cert.der"),
    include_bytes!("../../http/tests/tls_server/wiki.key.der"),
);

fn pem(kind: &str, octets: &[u8]) -> String {
    let text = STANDARD.encode(octets);
    format!("-----BEGIN {kind}-----\n{text}\n-----END {kind}-----\n")
}

fn write((chain, key): (&Path, &Path), (certificate, private): (&[u8], &[u8])) {
    std::fs::write(chain, pem("CERTIFICATE", certificate)).unwrap();
    std::fs::write(key, pem("PRIVATE KEY", private)).unwrap();
}

/// `GET /auth` by somebody who trusts this certificate; `None` if it is another.
fn get(daemon: &Daemon, name: &'static str, trusted: &'static [u8], field: &str) -> Option<Answer> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(trusted)).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(name).unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let socket = TcpStream::connect(&daemon.address).unwrap();
    let mut stream = StreamOwned::new(connection, socket);
    let request = format!("GET /auth HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{field}\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    Some(Answer::read(&mut stream))
}

fn start(realm: &Realm, more: &str) -> (Daemon, [std::path::PathBuf; 2]) {
    let files = [
        program::file("chain.pem", b""),
        program::file("key.pem", b""),
    ];
    write((&files[0], &files[1]), WEB);
    let tls = format!(
        "[tls]\ncertificate = '{}'\nkey = '{}'\n[limits]\nreload = 1\n{more}",
        files[0].display(),
        files[1].display()
    );
    (Daemon::start(&realm.keytab(), &tls), files)
}

#[test]
fn a_login_is_bound_to_the_certificate() {
    let realm = Realm::new();
    let (daemon, _) = start(&realm, "[kerberos]\nchannel_bindings = 'required'");
    let bound_to = |certificate: &[u8]| {
        let bindings = tls_server_end_point(certificate).unwrap();
        authorization(&realm.token_of("alice", |token| token.channel_bindings(&bindings)))
    };
    let get = |field: &str| get(&daemon, "web.example.test", WEB.0, field).unwrap();

    assert_eq!(get(&bound_to(WEB.0)).status, 200);
    assert_eq!(get(&bound_to(WIKI.0)).status, 401);
    daemon.logged(&["kind=channel-bindings"]);
    assert_eq!(get(&realm.authorization("alice")).status, 401);
}

#[test]
fn a_new_certificate_is_used_when_it_fits_its_key() {
    let realm = Realm::new();
    let (daemon, [chain, key]) = start(&realm, "");
    let trusts = |name, certificate| get(&daemon, name, certificate, "").is_some();
    assert!(trusts("web.example.test", WEB.0));

    std::fs::write(&chain, pem("CERTIFICATE", WIKI.0)).unwrap();
    daemon.logged(&["event=certificate", "level=error", "the old one stays"]);
    assert!(trusts("web.example.test", WEB.0));

    write((&chain, &key), WIKI);
    daemon.logged(&["event=certificate", "read again"]);
    assert!(trusts("wiki.example.test", WIKI.0));
    assert!(!trusts("web.example.test", WEB.0));
}

/// A proxy ends TLS, and clients are bound to what it shows; it reads a new certificate when it does.
#[test]
fn a_login_is_bound_to_the_proxys_certificate_and_for_a_while_to_the_one_before() {
    let realm = Realm::new();
    let proxy = program::file("proxy.pem", pem("CERTIFICATE", WEB.0).as_bytes());
    let more = format!(
        "[kerberos]\nchannel_bindings = 'required'\nproxy_certificates = ['{}']\n\
         [limits]\nreload = 1",
        proxy.display()
    );
    let daemon = Daemon::start(&realm.keytab(), &more);
    let status = |bindings: &ChannelBindings| {
        let token = realm.token_of("alice", |token| token.channel_bindings(bindings));
        daemon.get("/auth", &[&authorization(&token)]).status
    };
    let [web, wiki] = [WEB.0, WIKI.0].map(|it| tls_server_end_point(it).unwrap());
    let other = ChannelBindings::from_application_data(*b"tls-server-end-point:other");
    assert_eq!([&web, &wiki, &other].map(status), [200, 401, 401]);

    std::fs::write(&proxy, "-----BEGIN CERTIFICATE-----\n!").unwrap();
    daemon.logged(&["event=\"proxy certificates\"", "the old one stays"]);
    assert_eq!([&web, &wiki, &other].map(status), [200, 401, 401]);

    std::fs::write(&proxy, pem("CERTIFICATE", WIKI.0)).unwrap();
    daemon.logged(&["event=\"proxy certificates\"", "read again"]);
    assert_eq!([&web, &wiki, &other].map(status), [200, 200, 401]);
}

#[test]
fn what_does_not_fit_is_said_at_once() {
    let realm = Realm::new();
    let chain = program::file("chain.pem", pem("CERTIFICATE", WEB.0).as_bytes());
    for (key, line) in [
        ("/no/such/key.pem", "line 3: tls: /no/such/key.pem: "),
        ("", "line 3: tls"),
    ] {
        let key = match key {
            "" => String::new(),
            path => format!("key = '{path}'"),
        };
        let tls = format!("[tls]\ncertificate = '{}'\n{key}", chain.display());
        let config = daemon::config(&realm.keytab(), &tls);
        let said = program::run(&["serve", "--check", config.to_str().unwrap()]);
        assert_eq!(said.status, 2);
        assert!(said.error.contains(line), "{}", said.error);
    }
}
