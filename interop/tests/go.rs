//! gokrb5, which shares no code with MIT and asks for no mutual authentication.

use portcullis_interop::http::{Answer, Server, example};
use portcullis_interop::initiator::gokrb5_token;
use portcullis_interop::peer::{Peer, built, present};
use portcullis_interop::realm::MitRealm;
use portcullis_interop::rig::Rig;

#[test]
fn tokens_of_gokrb5_are_accepted() {
    let Some(rig) = Rig::start(&[Peer::GOKRB5]) else {
        return;
    };
    for name in [
        "e17", "e18", "e19", "e20", "s17", "s19", "s20", "b17", "b19", "b20",
    ] {
        let service = format!("HTTP/{name}.example.test");
        let token = gokrb5_token(&rig.realm.login("alice"), &service);
        let verdict = rig.accept(&service, &token);
        assert_eq!(
            verdict.client(),
            Some("alice@EXAMPLE.TEST"),
            "{service}: {}",
            verdict.json
        );
    }
}

#[test]
fn the_client_of_gokrb5_logs_in() {
    if !present(&[Peer::MIT, Peer::GOKRB5]) || !built(&example()) {
        return;
    }
    let realm = MitRealm::start();
    let server = Server::start(&example(), &realm.keytab("HTTP/e18.example.test"), &[]);
    let Answer { status, body } = server.gokrb5(&realm.login("alice"), "e18.example.test");
    assert_eq!(status, 200, "{body}");
    assert!(body.contains("alice@EXAMPLE.TEST"), "{body}");
}
