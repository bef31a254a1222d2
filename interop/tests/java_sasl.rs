//! OpenJDK's SASL client, which Kafka, Hadoop and JNDI use, against the example `line_server`.

use portcullis_interop::initiator::java;
use portcullis_interop::peer::{Peer, built, present};
use portcullis_interop::realm::MitRealm;
use portcullis_interop::sasl::{Conversation, converse, example, server};

fn realm() -> Option<MitRealm> {
    let ready = present(&[Peer::MIT, Peer::JAVA]) && built(&example());
    ready.then(MitRealm::start)
}

fn log_in(realm: &MitRealm, name: &str, qop: &str, as_whom: &[&str]) -> Conversation {
    let host = format!("{name}.example.test");
    let mut client = java(&realm.login("alice"));
    client.args(["JavaSasl", "HTTP", &host, qop]).args(as_whom);
    converse(client, server(&realm.keytab(&format!("HTTP/{host}"))))
}

#[track_caller]
fn assert_logged_in(conversation: &Conversation, qop: &str, login: &str) {
    let Conversation { client, server, .. } = conversation;
    let all_well = conversation.client_succeeded && conversation.server_succeeded;
    assert!(all_well, "{client}\n{server}");
    let heard = format!("qop {qop}\nheard srv message 1\n");
    assert!(client.contains(&heard), "{client}");
    let expected = format!("login {login}\nmessage client message 1\n");
    assert_eq!(server, &expected, "{client}");
}

const QOPS: [(&str, &str); 3] = [
    ("auth", "no layer"),
    ("auth-int", "integrity"),
    ("auth-conf", "confidentiality"),
];

#[test]
fn java_has_each_layer_of_gssapi() {
    let Some(realm) = realm() else { return };
    for name in ["e17", "e20"] {
        for (qop, layer) in QOPS {
            let conversation = log_in(&realm, name, qop, &[]);
            assert_logged_in(&conversation, qop, &format!("alice@EXAMPLE.TEST, {layer}"));
        }
    }
}

/// Kafka's clients name their own principal.
#[test]
fn java_acts_as_itself_and_as_nobody_else() {
    let Some(realm) = realm() else { return };
    let itself = log_in(&realm, "e18", "auth", &["alice@EXAMPLE.TEST"]);
    let known = "alice@EXAMPLE.TEST as alice@EXAMPLE.TEST, no layer";
    assert_logged_in(&itself, "auth", known);
    let refused = log_in(&realm, "e18", "auth", &["bob@EXAMPLE.TEST"]);
    let why = "alice@EXAMPLE.TEST may not act as \"bob@EXAMPLE.TEST\"";
    assert!(refused.server.contains(why), "{refused:#?}");
    assert!(!refused.client_succeeded);
}
