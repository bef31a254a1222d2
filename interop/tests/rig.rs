//! The rig itself, with MIT's acceptor instead of ours: if these fail, nothing that the other tests say counts.

use portcullis_interop::initiator::{
    Asking, Conclusion, Initiator, JavaInitiator, gokrb5_token, tokens,
};
use portcullis_interop::mit_acceptor::MitAcceptor;
use portcullis_interop::peer::{Peer, present};
use portcullis_interop::realm::{ENCTYPES, MitRealm};

const MIT: [Peer; 2] = [Peer::MIT, Peer::PYTHON_GSSAPI];

#[test]
fn mit_accepts_its_own_tokens_of_every_enctype() {
    if !present(&MIT) {
        return;
    }
    let realm = MitRealm::start();
    let alice = realm.login("alice");
    let mut acceptor = MitAcceptor::start(&realm);
    for (number, _) in ENCTYPES {
        for kind in ["e", "s", "b"] {
            let service = format!("HTTP/{kind}{number}.example.test");
            for asking in [Asking::krb5().mutual(), Asking::spnego().mutual()] {
                let mut initiator = Initiator::start(&alice, &service, &asking);
                let opinion = acceptor.accept(&realm.keytab(&service), &[&initiator.token]);
                assert_eq!(
                    opinion.client.as_deref(),
                    Some("alice@EXAMPLE.TEST"),
                    "{service} {opinion:?}"
                );
                let conclusion = initiator.finish(opinion.reply.as_deref());
                assert_eq!(conclusion, Conclusion::Complete(None), "{service}");
            }
        }
    }
}

#[test]
fn mit_accepts_carol_of_the_other_realm_and_the_third_leg_of_dce_style() {
    if !present(&MIT) {
        return;
    }
    let realm = MitRealm::start();
    let service = "HTTP/e18.example.test";
    let carol = realm.login("carol@OTHER.TEST");
    let mut acceptor = MitAcceptor::start(&realm);
    let mut initiator = Initiator::start(&carol, service, &Asking::krb5().dce());
    let first = acceptor.accept(&realm.keytab(service), &[&initiator.token]);
    assert_eq!(first.verdict, "continue", "{first:?}");
    let Conclusion::Complete(Some(_)) = initiator.finish(first.reply.as_deref()) else {
        panic!("DCE style has a third leg");
    };
    let token = &tokens(&carol, service, &Asking::krb5().delegate(), 1)[0];
    let opinion = acceptor.accept(&realm.keytab(service), &[token]);
    assert_eq!(opinion.client.as_deref(), Some("carol@OTHER.TEST"));
}

#[test]
fn the_rotated_key_has_both_versions() {
    if !present(&MIT) {
        return;
    }
    let realm = MitRealm::start();
    let service = "HTTP/rotated.example.test";
    let alice = realm.login("alice");
    alice.kvno(service);
    let both = realm.rotate();
    let old = &tokens(&alice, service, &Asking::krb5(), 1)[0];
    let new = &tokens(&realm.login("alice"), service, &Asking::krb5(), 1)[0];
    let mut acceptor = MitAcceptor::start(&realm);
    assert_eq!(acceptor.accept(&both, &[old]).verdict, "accepted");
    assert_eq!(acceptor.accept(&both, &[new]).verdict, "accepted");
    let stale = acceptor.accept(&realm.keytab(service), &[new]);
    assert_eq!(stale.verdict, "rejected", "{stale:?}");
}

#[test]
fn mit_tells_channel_bindings_apart() {
    if !present(&MIT) {
        return;
    }
    let realm = MitRealm::start();
    let service = "HTTP/e18.example.test";
    let keytab = realm.keytab(service);
    let alice = realm.login("alice");
    let mut acceptor = MitAcceptor::start(&realm);
    let bound = &tokens(&alice, service, &Asking::krb5().bindings(b"here"), 1)[0];
    assert_eq!(
        acceptor.accept_bound(&keytab, &[bound], b"here").verdict,
        "accepted"
    );
    assert_eq!(
        acceptor.accept_bound(&keytab, &[bound], b"there").verdict,
        "rejected"
    );
}

#[test]
fn mit_accepts_java_and_go() {
    let peers = [Peer::MIT, Peer::PYTHON_GSSAPI, Peer::JAVA, Peer::GOKRB5];
    if !present(&peers) {
        return;
    }
    let realm = MitRealm::start();
    let alice = realm.login("alice");
    let mut acceptor = MitAcceptor::start(&realm);
    for (number, _) in ENCTYPES {
        let service = format!("HTTP/b{number}.example.test");
        for mech in ["krb5", "spnego"] {
            let mut java = JavaInitiator::start(&alice, mech, &service, true);
            let opinion = acceptor.accept(&realm.keytab(&service), &[&java.token]);
            assert_eq!(
                opinion.client.as_deref(),
                Some("alice@EXAMPLE.TEST"),
                "{service}"
            );
            assert_eq!(
                java.finish(opinion.reply.as_deref()),
                "complete",
                "{service} {mech}"
            );
        }
        let token = gokrb5_token(&alice, &service);
        let opinion = acceptor.accept(&realm.keytab(&service), &[&token]);
        assert_eq!(
            opinion.client.as_deref(),
            Some("alice@EXAMPLE.TEST"),
            "{service} {opinion:?}"
        );
    }
}
