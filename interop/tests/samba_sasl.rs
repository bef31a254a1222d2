//! Samba's GENSEC as a SASL client, with which Samba's programs bind to Active Directory, against the example
//! `line_server`.

use portcullis_interop::initiator::clients;
use portcullis_interop::peer::{Peer, built, present};
use portcullis_interop::realm::MitRealm;
use portcullis_interop::sasl::{Conversation, converse, example, server};

fn realm() -> Option<MitRealm> {
    let ready = present(&[Peer::MIT, Peer::SAMBA_GENSEC]) && built(&example());
    ready.then(MitRealm::start)
}

const LAYERS: [(&str, &str); 3] = [
    ("plain", "no layer"),
    ("sign", "integrity"),
    ("seal", "confidentiality"),
];

/// With a layer, Samba's choice in GSSAPI has several bits.
#[test]
fn samba_has_each_layer_of_both_mechanisms() {
    let Some(realm) = realm() else { return };
    let alice = realm.login("alice");
    for mechanism in ["GSSAPI", "GSS-SPNEGO"] {
        for (wanted, layer) in LAYERS {
            let mut client = alice.command("/usr/bin/python3");
            client.arg(clients().join("samba_sasl.py"));
            client.args([mechanism, "HTTP", "e18.example.test", wanted]);
            let server = server(&realm.keytab("HTTP/e18.example.test"));
            let Conversation { client, server, .. } = converse(client, server);
            assert!(client.contains("heard srv message 1\n"), "{client}");
            let login = format!("login alice@EXAMPLE.TEST, {layer}\n");
            assert_eq!(server, login + "message client message 1\n", "{client}");
        }
    }
}
