//! Realms behind realms: EXAMPLE.TEST trusts OTHER.TEST, which trusts FAR.TEST.

use portcullis_interop::initiator::{Asking, Initiator};
use portcullis_interop::mit_acceptor::{MitAcceptor, Opinion};
use portcullis_interop::peer::{Peer, present};
use portcullis_interop::realm::MitRealm;
use portcullis_testrealm::{ServedKdc, TestRealm};

use crate::realm::write_keytab;

const SERVICE: &str = "HTTP/web.far.test";

struct Realms {
    files: MitRealm,
    far: TestRealm,
    _kdc: ServedKdc,
    _others: [TestRealm; 2],
}

impl Realms {
    fn start() -> Self {
        let names = ["EXAMPLE.TEST", "OTHER.TEST", "FAR.TEST"];
        let [home, other, far] = names.map(TestRealm::new);
        home.user_with_password("alice", "secret");
        home.trust(&other);
        other.trust(&far);
        let mut directory = tempfile::Builder::new();
        let directory = directory.prefix("portcullis-").tempdir().unwrap();
        let keytab = far.service(SERVICE).keytab_octets();
        write_keytab(directory.path(), SERVICE, &keytab);
        Self {
            _kdc: home.kdc().serve(directory.path(), 0).unwrap(),
            files: MitRealm::of_another_kdc(directory),
            far,
            _others: [home, other],
        }
    }

    /// What MIT's acceptor says of alice, who gets her ticket anew.
    fn opinion(&self, service: &str) -> Opinion {
        let alice = self.files.login("alice");
        alice.kvno(service);
        let service = format!("{SERVICE}@FAR.TEST");
        let initiator = Initiator::start(&alice, &service, &Asking::krb5());
        let mut mit = MitAcceptor::start(&self.files);
        mit.accept(&self.files.keytab(SERVICE), &[&initiator.token])
    }
}

#[test]
fn mits_client_follows_referrals_and_its_acceptor_believes_a_path_that_was_checked() {
    if !present(&[Peer::MIT, Peer::PYTHON_GSSAPI]) {
        return;
    }
    let realms = Realms::start();
    realms.far.permit_path("EXAMPLE.TEST", ["OTHER.TEST"]);
    // By name of the realm, and by referral from a realm that has no such service.
    for realm in ["FAR.TEST", ""] {
        let opinion = realms.opinion(&format!("{SERVICE}@{realm}"));
        assert_eq!(
            opinion.client.as_deref(),
            Some("alice@EXAMPLE.TEST"),
            "{opinion:?}"
        );
    }
}

/// OTHER.TEST is not between them by name, so MIT's acceptor finds it in the ticket and refuses.
#[test]
fn mits_acceptor_judges_a_path_that_was_not_checked() {
    if !present(&[Peer::MIT, Peer::PYTHON_GSSAPI]) {
        return;
    }
    let realms = Realms::start();
    let opinion = realms.opinion(&format!("{SERVICE}@FAR.TEST"));
    assert_eq!(opinion.verdict, "rejected", "{opinion:?}");
    let text = opinion.error.unwrap_or_default();
    assert!(text.contains("Illegal cross-realm ticket"), "{text}");
}
