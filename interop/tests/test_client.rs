//! The initiator of `portcullis-testrealm` at MIT's KDC and MIT's acceptors: what they grant and accept is the proof
//! that it does as initiators do.

use std::io;
use std::net::SocketAddr;
use std::time::SystemTime;

use portcullis::context::Protection;
use portcullis_interop::initiator::clients;
use portcullis_interop::mit_acceptor::MitAcceptor;
use portcullis_interop::mit_gss_server::MitGssServer;
use portcullis_interop::peer::{Peer, present};
use portcullis_interop::process::{LineServer, run};
use portcullis_interop::realm::MitRealm;
use portcullis_interop::{from_base64, to_base64};
use portcullis_testrealm::{InitiatorContext, TestClient, TokenBuilder, WrapShape, ask_over_tcp};
use serde_json::{Value, json};

const E18: &str = "HTTP/e18.example.test@EXAMPLE.TEST";
const BOTH: [Protection; 2] = [Protection::Integrity, Protection::Confidentiality];

/// Asks the realm's KDC.
fn asking(realm: &MitRealm) -> impl FnMut(&str, &[u8]) -> io::Result<Vec<u8>> {
    let address: SocketAddr = realm.kdc_address().parse().unwrap();
    move |_, request| ask_over_tcp(address, request)
}

/// A user with a keytab of MIT's.
fn client(realm: &MitRealm, name: &str) -> TestClient {
    let keytab = std::fs::read(realm.keytab(name.split('@').next().unwrap())).unwrap();
    TestClient::with_keytab(name, &keytab).unwrap()
}

fn token(realm: &MitRealm, client: &mut TestClient, service: &str) -> TokenBuilder {
    client
        .token_for(service, SystemTime::now(), &mut asking(realm))
        .unwrap_or_else(|error| panic!("{service}: {error}"))
}

/// MIT's acceptor, with a context.
struct Acceptor(LineServer);

impl Acceptor {
    /// Gives it a token with mutual authentication, and ends the initiator with the answer.
    fn start(realm: &MitRealm, service: &str, token: TokenBuilder) -> (Self, InitiatorContext) {
        let mut command = realm.command("/usr/bin/python3");
        command.arg(clients().join("mit_messages.py"));
        let mut acceptor = Self(LineServer::start(command));
        let keytab = realm.keytab(service.split('@').next().unwrap());
        let login = token.mutual().build();
        let reply = acceptor.ask(&json!({"keytab": keytab, "token": to_base64(login.token())}));
        (acceptor, login.finish(&reply).unwrap())
    }

    fn ask(&mut self, request: &Value) -> Vec<u8> {
        let answer: Value = serde_json::from_str(&self.0.ask(&request.to_string())).unwrap();
        assert_eq!(answer["error"], Value::Null, "{request}");
        from_base64(answer["octets"].as_str().unwrap())
    }
}

#[test]
fn tickets_of_mits_kdc_get_into_gss_server_with_wrap_and_mic() {
    if !present(&[Peer::MIT, Peer::GSS_CLIENT]) {
        return;
    }
    let realm = MitRealm::start();
    for number in [17, 18, 19, 20] {
        let name = format!("HTTP/e{number}.example.test");
        let host = format!("HTTP@e{number}.example.test");
        let server = MitGssServer::start(&realm, &realm.keytab(&name), &host);
        let mut alice = client(&realm, "alice@EXAMPLE.TEST");
        for vary in [TokenBuilder::mutual, |token: TokenBuilder| {
            token.mutual().spnego()
        }] {
            let login = vary(token(&realm, &mut alice, &name)).build();
            let mut connection = server.connect();
            let reply = connection.context(login.token(), true);
            let mut context = login.finish(&reply).unwrap();
            for protection in BOTH {
                let wrapped = context.wrap(b"hello, gss-server", protection).unwrap();
                let mic = connection.message(&wrapped, protection == BOTH[1]);
                context.verify_mic(b"hello, gss-server", &mic).unwrap();
            }
        }
    }
}

#[test]
fn messages_go_both_ways_between_mits_acceptor_and_the_initiator() {
    if !present(&[Peer::MIT, Peer::PYTHON_GSSAPI]) {
        return;
    }
    let realm = MitRealm::start();
    for service in ["s17", "s18", "s19", "s20"] {
        let service = format!("HTTP/{service}.example.test@EXAMPLE.TEST");
        let mut alice = client(&realm, "alice@EXAMPLE.TEST");
        let (mut mit, mut ours) =
            Acceptor::start(&realm, &service, token(&realm, &mut alice, &service));
        for message in [b"".as_slice(), b"one", &[7; 70_000]] {
            let text = to_base64(message);
            for (protection, seal) in BOTH.into_iter().zip([false, true]) {
                for shape in [WrapShape::MIT, WrapShape::WINDOWS] {
                    let there = ours.wrap_shaped(message, protection, shape).unwrap();
                    let read = mit.ask(&json!({ "unwrap": to_base64(&there) }));
                    assert!(read == message, "{service} {shape:?}");
                }
                let back = mit.ask(&json!({ "wrap": text, "seal": seal }));
                assert!(ours.unwrap(&back).unwrap() == (message.to_vec(), protection));
            }
            let mic = ours.mic(message).unwrap();
            mit.ask(&json!({ "verify": to_base64(&mic), "message": text }));
            let mic = mit.ask(&json!({ "mic": text }));
            ours.verify_mic(message, &mic).unwrap();
        }
    }
}

#[test]
fn a_ccache_of_mits_kinit_and_kvno_gets_in_without_a_kdc() {
    if !present(&[Peer::MIT, Peer::PYTHON_GSSAPI]) {
        return;
    }
    let realm = MitRealm::start();
    let login = realm.login("alice");
    login.kvno(E18);
    let mut alice = TestClient::with_ccache(&std::fs::read(login.ccache()).unwrap()).unwrap();
    let token = alice.held_token_for(E18, SystemTime::now()).unwrap();
    let (mut mit, mut ours) = Acceptor::start(&realm, E18, token);
    let mic = mit.ask(&json!({ "mic": "" }));
    ours.verify_mic(b"", &mic).unwrap();

    // And a ticket that only its ticket-granting ticket can get.
    let other = "HTTP/e17.example.test@EXAMPLE.TEST";
    assert!(alice.held_token_for(other, SystemTime::now()).is_err());
    let asked = self::token(&realm, &mut alice, other);
    Acceptor::start(&realm, other, asked);
}

#[test]
fn mits_tools_read_the_ccache_that_the_client_writes() {
    if !present(&[Peer::MIT]) {
        return;
    }
    let realm = MitRealm::start();
    let mut alice = client(&realm, "alice@EXAMPLE.TEST");
    let _ = token(&realm, &mut alice, E18);
    let path = realm.path("ours.ccache");
    std::fs::write(&path, alice.ccache()).unwrap();
    let login = realm.login("alice").with_ccache(path);
    let list = run(login.command("/usr/bin/klist").arg("-ef"));
    for name in ["krbtgt/EXAMPLE.TEST@EXAMPLE.TEST", E18] {
        assert!(list.contains(name), "{list}");
    }
    login.kvno("HTTP/e19.example.test");
}

/// carol's realm trusts ours: the client asks one KDC after the other.
#[test]
fn a_client_of_another_realm_reaches_ours() {
    if !present(&[Peer::MIT, Peer::PYTHON_GSSAPI]) {
        return;
    }
    let realm = MitRealm::start();
    let mut carol = client(&realm, "carol@OTHER.TEST");
    let token = token(&realm, &mut carol, E18);
    Acceptor::start(&realm, E18, token);
}

#[test]
fn mits_acceptor_takes_the_ticket_that_the_client_forwards() {
    if !present(&[Peer::MIT, Peer::PYTHON_GSSAPI]) {
        return;
    }
    let realm = MitRealm::start();
    let keytab = realm.keytab("HTTP/e18.example.test");
    let mut mit = MitAcceptor::start(&realm);
    let shapes = [
        TokenBuilder::delegate,
        TokenBuilder::delegate_under_subkey,
        TokenBuilder::delegate_in_clear,
    ];
    for shape in shapes {
        let mut alice = client(&realm, "alice@EXAMPLE.TEST").forwards();
        let token = shape(token(&realm, &mut alice, E18)).build();
        let opinion = mit.accept(&keytab, &[token.token()]);
        assert_eq!(opinion.verdict, "accepted", "{opinion:?}");
        assert_eq!(opinion.client.as_deref(), Some("alice@EXAMPLE.TEST"));
    }
}
