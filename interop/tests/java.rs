//! OpenJDK 17: its own Kerberos, as a GSS initiator and behind HttpURLConnection.

use portcullis_interop::http::{Answer, Server, example};
use portcullis_interop::initiator::JavaInitiator;
use portcullis_interop::peer::{Peer, built, present};
use portcullis_interop::realm::MitRealm;
use portcullis_interop::rig::Rig;

#[test]
fn jgss_verifies_our_reply() {
    let Some(rig) = Rig::start(&[Peer::JAVA]) else {
        return;
    };
    for name in ["e17", "e18", "e19", "e20", "b19", "b20"] {
        let service = format!("HTTP/{name}.example.test");
        for mech in ["krb5", "spnego"] {
            let alice = rig.realm.login("alice");
            let mut java = JavaInitiator::start(&alice, mech, &service, true);
            let verdict = rig.accept(&service, &java.token);
            assert_eq!(
                verdict.client(),
                Some("alice@EXAMPLE.TEST"),
                "{}",
                verdict.json
            );
            assert_eq!(
                java.finish(verdict.reply().as_deref()),
                "complete",
                "{mech} {service}"
            );
        }
    }
}

#[test]
fn http_url_connection_logs_in() {
    if !present(&[Peer::MIT, Peer::JAVA]) || !built(&example()) {
        return;
    }
    let realm = MitRealm::start();
    let server = Server::start(&example(), &realm.keytab("HTTP/e18.example.test"), &[]);
    let Answer { status, body } = server.java(&realm.login("alice"), "e18.example.test");
    assert_eq!(status, 200, "{body}");
    assert!(body.contains("alice@EXAMPLE.TEST"), "{body}");
}
