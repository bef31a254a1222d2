//! [MS-SFU] as MIT's `kvno` speaks it: `-U` is S4U2Self, `-P` S4U2Proxy.

use portcullis_interop::initiator::{Asking, Initiator};
use portcullis_interop::login::Login;
use portcullis_interop::mit_acceptor::MitAcceptor;
use portcullis_interop::peer::{Peer, present};
use portcullis_interop::process::{run, said, try_run};
use portcullis_interop::realm::MitRealm;
use portcullis_testrealm::{ServedKdc, TestRealm};

use crate::realm::{ENCTYPES, klist, with_one_enctype, write_keytab};

/// alice, bob who is not delegated, carol of a realm that is trusted, and for each enctype a front service that may delegate to a
/// back one.
pub(crate) struct Realm {
    pub(crate) files: MitRealm,
    _kdc: ServedKdc,
    _realms: [TestRealm; 2],
}

impl Realm {
    pub(crate) fn start() -> Self {
        let realm = TestRealm::new("EXAMPLE.TEST");
        let enctypes = ENCTYPES.map(|(number, _)| i32::from(number).try_into().unwrap());
        let alice = realm.user_with("alice").password("secret");
        alice.enctypes(enctypes).build();
        let bob = realm.user_with("bob").password("secret");
        bob.not_delegated().build();
        let other = TestRealm::new("OTHER.TEST");
        other.user_with_password("carol", "secret");
        realm.trust(&other);
        let mut directory = tempfile::Builder::new();
        let directory = directory.prefix("portcullis-").tempdir().unwrap();
        for (number, _) in ENCTYPES {
            let enctype = i32::from(number).try_into().unwrap();
            let [front, back] = ["front", "back"].map(|name| format!("{name}/e{number}"));
            let service = realm.service_with(&front).enctypes([enctype]);
            let service = service.may_delegate_to([back.as_str()]);
            let service = service.ok_to_auth_as_delegate().build();
            write_keytab(directory.path(), &front, &service.keytab_octets());
            let service = realm.service_with(&back).enctypes([enctype]).build();
            write_keytab(directory.path(), &back, &service.keytab_octets());
            let side = realm.service_with(&format!("side/e{number}"));
            let side = side.ok_as_delegate();
            side.accepts_delegation_from([front.as_str()]).build();
        }
        Self {
            _kdc: realm.kdc().serve(directory.path(), 0).unwrap(),
            files: MitRealm::of_another_kdc(directory),
            _realms: [realm, other],
        }
    }

    /// A service that has logged in with its keytab.
    pub(crate) fn front(&self, number: u8) -> Login<'_> {
        self.files.login(&format!("front/e{number}"))
    }
}

/// What kvno says when it fails.
fn refused(service: &Login<'_>, arguments: &[&str]) -> String {
    let output = try_run(service.command("/usr/bin/kvno").args(arguments));
    assert!(!output.status.success(), "{}", said(&output));
    said(&output)
}

#[test]
fn a_service_gets_a_ticket_to_itself_on_behalf_of_a_user() {
    if !present(&[Peer::MIT]) {
        return;
    }
    let realm = Realm::start();
    for (number, _) in ENCTYPES {
        let front = realm.front(number);
        let service = format!("front/e{number}");
        // -U takes an enterprise name, -I a principal.
        for way in ["-U", "-I"] {
            run(front
                .command("/usr/bin/kvno")
                .args([way, "alice", &service]));
        }
        let listed = klist(&front);
        assert!(listed.contains("for client alice@EXAMPLE.TEST"), "{listed}");
    }
}

#[test]
fn a_service_gets_a_ticket_to_another_in_the_name_of_a_user() {
    if !present(&[Peer::MIT, Peer::PYTHON_GSSAPI]) {
        return;
    }
    let realm = Realm::start();
    for (number, _) in ENCTYPES {
        let front = realm.front(number);
        let [service, back] = ["front", "back"].map(|name| format!("{name}/e{number}"));
        let mut kvno = front.command("/usr/bin/kvno");
        run(kvno
            .args(["-k"])
            .arg(realm.files.keytab(&service))
            .args(["-U", "alice", "-P", &back]));
        let listed = klist(&front);
        assert!(listed.contains(&format!("{back}@EXAMPLE.TEST")), "{listed}");
        // One that lets it come.
        let mut kvno = front.command("/usr/bin/kvno");
        run(kvno.args(["-U", "alice", "-P", &format!("side/e{number}")]));
    }
}

/// kvno goes to the user's realm, and comes back with what that says of the user.
#[test]
fn a_service_asks_for_a_user_of_another_realm() {
    if !present(&[Peer::MIT]) {
        return;
    }
    let realm = Realm::start();
    for (number, _) in ENCTYPES {
        let front = realm.front(number);
        let service = format!("front/e{number}");
        let mut own = front.command("/usr/bin/kvno");
        run(own.args(["-U", "carol@OTHER.TEST", &service]));
        let listed = klist(&front);
        assert!(listed.contains("for client carol@OTHER.TEST"), "{listed}");
        let mut other = front.command("/usr/bin/kvno");
        run(other.args(["-I", "carol@OTHER.TEST", "-P", &format!("back/e{number}")]));
    }
}

/// With RC4 the checksums have no keys, and the KDC repeats them sealed.
#[test]
fn kvno_asks_in_each_enctype_alone() {
    if !present(&[Peer::MIT]) {
        return;
    }
    let realm = Realm::start();
    let configuration = realm.files.path("krb5.conf");
    let text = std::fs::read_to_string(&configuration).unwrap();
    for (number, enctype) in ENCTYPES {
        std::fs::write(&configuration, with_one_enctype(&text, enctype)).unwrap();
        let front = realm.front(number);
        let mut kvno = front.command("/usr/bin/kvno");
        run(kvno.args(["-U", "alice", "-P", &format!("back/e{number}")]));
    }
}

#[test]
fn clients_see_whom_they_may_forward_a_ticket_to() {
    if !present(&[Peer::MIT]) {
        return;
    }
    let realm = Realm::start();
    let alice = realm.files.login("alice");
    for (service, flags) in [("back/e18", "Flags: FAT,"), ("side/e18", "Flags: FATO,")] {
        alice.kvno(service);
        let listed = klist(&alice);
        let (_, ticket) = listed.split_once(service).expect("in the list");
        assert!(ticket.contains(flags), "{listed}");
    }
}

#[test]
fn what_is_not_permitted_is_refused() {
    if !present(&[Peer::MIT]) {
        return;
    }
    let realm = Realm::start();
    let front = realm.front(18);
    let unknown = refused(&front, &["-U", "mallory", "front/e18"]);
    assert!(
        unknown.contains("not found in Kerberos database"),
        "{unknown}"
    );
    let elsewhere = refused(&front, &["-U", "alice", "-P", "back/e17"]);
    assert!(
        elsewhere.contains("KDC can't fulfill requested option"),
        "{elsewhere}"
    );
    let bob = refused(&front, &["-U", "bob", "-P", "back/e18"]);
    assert!(bob.contains("not") || bob.contains("can't"), "{bob}");
}

/// What the back service sees is alice.
#[test]
fn a_delegated_ticket_is_accepted_as_the_users() {
    if !present(&[Peer::MIT, Peer::PYTHON_GSSAPI]) {
        return;
    }
    let realm = Realm::start();
    let mut mit = MitAcceptor::start(&realm.files);
    for (number, _) in ENCTYPES {
        let front = realm.front(number);
        let back = format!("back/e{number}");
        let out = realm.files.path("proxy.ccache");
        let mut kvno = front.command("/usr/bin/kvno");
        run(kvno
            .arg("--out-cache")
            .arg(&out)
            .args(["-U", "alice", "-P", &back]));
        let alice = front.with_ccache(out);
        let initiator = Initiator::start(&alice, &back, &Asking::krb5());
        let opinion = mit.accept(&realm.files.keytab(&back), &[&initiator.token]);
        assert_eq!(
            opinion.client.as_deref(),
            Some("alice@EXAMPLE.TEST"),
            "{opinion:?}"
        );
    }
}
