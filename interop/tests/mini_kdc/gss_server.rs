//! Tickets of our KDC at `gss-server`, the sample acceptor of MIT krb5, with the keytab that the realm wrote.

use portcullis_interop::initiator::{Asking, Conclusion, Initiator};
use portcullis_interop::mit_gss_server::MitGssServer;
use portcullis_interop::peer::{Peer, present};

use crate::realm::{ENCTYPES, Realm};

#[test]
fn gss_server_completes_contexts_with_each_enctype() {
    if !present(&[Peer::MIT, Peer::PYTHON_GSSAPI, Peer::GSS_CLIENT]) {
        return;
    }
    let realm = Realm::start();
    let alice = realm.files.login("alice");
    let keytab = realm.files.path("services.keytab");
    for (number, _) in ENCTYPES {
        let host = format!("e{number}.example.test");
        let server = MitGssServer::start(&realm.files, &keytab, &format!("HTTP@{host}"));
        let mut initiator =
            Initiator::start(&alice, &format!("HTTP/{host}"), &Asking::krb5().mutual());
        let reply = server.connect().context(&initiator.token, true);
        let conclusion = initiator.finish(Some(&reply));
        assert_eq!(conclusion, Conclusion::Complete(None), "{number}");
    }
}
