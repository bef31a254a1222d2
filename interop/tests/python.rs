//! requests-kerberos, which raises unless the reply of the server verifies.

use portcullis_interop::http::{Answer, Server, example};
use portcullis_interop::peer::{Peer, built, present};
use portcullis_interop::realm::MitRealm;

#[test]
fn requests_kerberos_requires_mutual_authentication_and_gets_it() {
    if !present(&[Peer::MIT, Peer::REQUESTS_KERBEROS]) || !built(&example()) {
        return;
    }
    let realm = MitRealm::start();
    let alice = realm.login("alice");
    for name in ["e17", "e18", "e19", "e20", "s17", "s19", "s20"] {
        let server = Server::start(
            &example(),
            &realm.keytab(&format!("HTTP/{name}.example.test")),
            &[],
        );
        let Answer { status, body } = server.requests(&alice, &format!("{name}.example.test"));
        assert_eq!(status, 200, "{name}: {body}");
        assert!(body.contains("alice@EXAMPLE.TEST"), "{name}: {body}");
    }
}
