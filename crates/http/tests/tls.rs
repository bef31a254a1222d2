//! Logins over real TLS connections of rustls: each is bound to the one that it was made for.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "test code"
)]

use core::convert::Infallible;
use http::{Request, Response, StatusCode, header};
use portcullis::channel_bindings::{tls_exporter, tls_server_end_point, tls_unique};
use portcullis::{Acceptor, ChannelBindings};
use portcullis_http::header::challenge;
use portcullis_http::tls::{TlsAcceptor, TlsError, TlsIdentity};
use portcullis_http::{Authenticated, NegotiateLayer};
use portcullis_testrealm::TestRealm;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::version::{TLS12, TLS13};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, ServerConfig, SupportedProtocolVersion,
};
use std::sync::Arc;
use std::time::SystemTime;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio_rustls::TlsConnector;
use tower::{Layer as _, ServiceExt as _, service_fn};

/// Made with openssl for these tests, valid for a hundred years: P-256 signed with SHA-256, P-384
/// with SHA-384.
const WEB: (&[u8], &[u8]) = (
    include_bytes!("tls_server/web.cert.der"),
    include_bytes!("tls_server/web.key.der"),
);
const WIKI: (&[u8], &[u8]) = (
    include_bytes!("tls_server/wiki.cert.der"),
    include_bytes!("tls_server/wiki.key.der"),
);

fn identity((certificate, key): (&'static [u8], &'static [u8])) -> TlsIdentity {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider);
    let builder = builder
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth();
    let key = PrivateKeyDer::try_from(key).unwrap();
    TlsIdentity::new(builder, vec![CertificateDer::from(certificate)], key).unwrap()
}

/// Both certificates, each for its name.
fn acceptor() -> TlsAcceptor {
    let (web, wiki) = (identity(WEB), identity(WIKI));
    TlsAcceptor::by_server_name(move |name| match name {
        Some("web.example.test") => Some(web.clone()),
        Some("wiki.example.test") => Some(wiki.clone()),
        _ => None,
    })
}

/// A client's end of a connection.
type Client = tokio_rustls::client::TlsStream<DuplexStream>;

async fn connect(
    stream: DuplexStream,
    name: &'static str,
    version: &'static SupportedProtocolVersion,
) -> std::io::Result<Client> {
    let mut roots = RootCertStore::empty();
    for (certificate, _) in [WEB, WIKI] {
        roots.add(CertificateDer::from(certificate)).unwrap();
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider);
    let config = config.with_protocol_versions(&[version]).unwrap();
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let name = ServerName::try_from(name).unwrap();
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
}

/// What a client finds to bind itself to.
fn seen(client: &Client) -> Seen {
    let connection: &ClientConnection = client.get_ref().1;
    let certificate = connection.peer_certificates().unwrap().first().unwrap();
    let exported = connection
        .export_keying_material([0; 32], b"EXPORTER-Channel-Binding", Some(&[]))
        .unwrap();
    Seen {
        end_point: tls_server_end_point(certificate).unwrap(),
        exporter: tls_exporter(&exported),
    }
}

struct Seen {
    end_point: ChannelBindings,
    exporter: ChannelBindings,
}

/// The answer to a login with these bindings, as the client of one connection after the other.
async fn login(
    name: &'static str,
    version: &'static SupportedProtocolVersion,
    bindings: impl Fn(&Seen) -> Option<ChannelBindings>,
) -> StatusCode {
    let (ours, theirs) = tokio::io::duplex(65_536);
    let tls = acceptor();
    let server = tokio::spawn(async move { tls.accept(ours).await.unwrap() });
    let client = connect(theirs, name, version).await.unwrap();
    let (_stream, connection) = server.await.unwrap();

    let realm = TestRealm::new("EXAMPLE.TEST");
    let web = realm.service("HTTP/web.example.test");
    let settings = Acceptor::builder(web.keytab()).require_channel_bindings();
    let layer = NegotiateLayer::new(settings.build().unwrap()).now(now);
    let guarded = layer.layer(service_fn(|request: Request<()>| async move {
        let client = request.extensions().get::<Authenticated>().unwrap();
        assert!(client.0.channel_bound());
        Ok::<_, Infallible>(Response::new(String::new()))
    }));

    let token = realm.user("alice").token_for(&web);
    let token = match bindings(&seen(&client)) {
        Some(bindings) => token.channel_bindings(&bindings),
        None => token,
    };
    let request = Request::builder()
        .header(
            header::AUTHORIZATION,
            challenge(Some(token.build().token())),
        )
        .body(())
        .unwrap();
    let answer = connection.layer(guarded).oneshot(request).await.unwrap();
    answer.status()
}

/// The time of a realm that nobody has advanced.
fn now() -> SystemTime {
    TestRealm::new("EXAMPLE.TEST").now()
}

#[tokio::test]
async fn a_login_that_is_bound_to_the_certificate_of_its_connection_is_accepted() {
    for name in ["web.example.test", "wiki.example.test"] {
        for version in [&TLS12, &TLS13] {
            let status = login(name, version, |seen| Some(seen.end_point.clone())).await;
            assert_eq!(status, StatusCode::OK, "{name} {version:?}");
        }
    }
}

#[tokio::test]
async fn a_login_that_is_bound_to_its_connection_alone_is_accepted_where_tls_1_3_is_spoken() {
    let bindings = |seen: &Seen| Some(seen.exporter.clone());
    assert_eq!(
        login("web.example.test", &TLS13, bindings).await,
        StatusCode::OK
    );
    assert_eq!(
        login("web.example.test", &TLS12, bindings).await,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_login_that_was_made_for_another_connection_is_refused() {
    let wiki = tls_server_end_point(WIKI.0).unwrap();
    let other = tls_exporter(&[7; 32]);
    let unique = tls_unique(&[7; 12]);
    for bindings in [Some(wiki), Some(other), Some(unique), None] {
        let status = login("web.example.test", &TLS13, |_| bindings.clone()).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{bindings:?}");
    }
}

#[tokio::test]
async fn a_name_without_a_certificate_ends_the_connection() {
    let (ours, theirs) = tokio::io::duplex(65_536);
    let tls = acceptor();
    let server = tokio::spawn(async move { tls.accept(ours).await.map(drop) });
    assert!(connect(theirs, "other.example.test", &TLS13).await.is_err());
    let error = server.await.unwrap().unwrap_err();
    assert_eq!(error.to_string(), "no certificate for this server name");
}

#[tokio::test]
async fn octets_that_are_no_tls_are_an_error() {
    let (ours, mut theirs) = tokio::io::duplex(65_536);
    let tls = TlsAcceptor::new(identity(WEB));
    let server = tokio::spawn(async move { tls.accept(ours).await.map(drop) });
    theirs.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    assert!(server.await.unwrap().is_err());
}

#[tokio::test]
async fn the_stream_carries_what_is_sent_and_the_version_of_http_is_agreed_on() {
    let (ours, theirs) = tokio::io::duplex(65_536);
    let tls = TlsAcceptor::new(identity(WEB).alpn(["h2", "http/1.1"]));
    let server = tokio::spawn(async move {
        let (mut stream, _) = tls.accept(ours).await.unwrap();
        assert_eq!(
            stream.get_ref().1.alpn_protocol(),
            Some(b"http/1.1".as_slice())
        );
        stream.write_all(b"hello").await.unwrap();
        stream.shutdown().await.unwrap();
    });
    let mut client = connect(theirs, "web.example.test", &TLS13).await.unwrap();
    let mut heard = String::new();
    client.read_to_string(&mut heard).await.unwrap();
    assert_eq!(heard, "hello");
    server.await.unwrap();
}

#[test]
fn without_a_certificate_or_with_one_that_nothing_binds_to_there_is_no_identity() {
    let new = |chain: Vec<CertificateDer<'static>>, key: &'static [u8]| {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider);
        let builder = builder.with_safe_default_protocol_versions().unwrap();
        let key = PrivateKeyDer::try_from(key).unwrap();
        TlsIdentity::new(builder.with_no_client_auth(), chain, key).unwrap_err()
    };
    assert!(matches!(new(Vec::new(), WEB.1), TlsError::NoCertificate));
    let broken = CertificateDer::from(b"\x30\x00".as_slice());
    assert!(matches!(new(vec![broken], WEB.1), TlsError::Certificate(_)));
    let other = new(vec![CertificateDer::from(WEB.0)], WIKI.1);
    assert!(matches!(other, TlsError::Config(_)), "{other}");
}
