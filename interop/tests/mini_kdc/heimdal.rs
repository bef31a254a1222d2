//! Heimdal's clients at our KDC, and MIT's acceptor as the judge of what they bring.

use portcullis_interop::heimdal::{HeimdalRealm, command, kgetcred, kinit, program};
use portcullis_interop::initiator::Asking;
use portcullis_interop::login::Login;
use portcullis_interop::mit_acceptor::MitAcceptor;
use portcullis_interop::peer::{Peer, present};
use portcullis_interop::process::{run, said, try_run};

use crate::delegation;
use crate::realm::{ENCTYPES, Realm, with_one_enctype};

const PEERS: [Peer; 3] = [Peer::MIT, Peer::PYTHON_GSSAPI, Peer::HEIMDAL];

/// Heimdal's name of RC4.
fn name(enctype: &str) -> &str {
    match enctype {
        "arcfour-hmac" => "arcfour-hmac-md5",
        other => other,
    }
}

/// kinit with a password that it reads from a file.
fn kinit_with(
    login: &Login<'_>,
    options: &[&str],
    user: &str,
    password: &str,
) -> Result<(), String> {
    let file = login.realm().path("password");
    std::fs::write(&file, format!("{password}\n")).unwrap();
    let mut kinit = command(login, program("kinit.heimdal"));
    kinit
        .arg(format!("--password-file={}", file.display()))
        .args(options);
    let output = try_run(kinit.arg(user));
    match output.status.success() {
        true => Ok(()),
        false => Err(said(&output)),
    }
}

#[test]
fn kinit_logs_in_with_password_and_keytab() {
    if !present(&PEERS) {
        return;
    }
    let realm = Realm::start();
    let alice = realm.files.login("alice");
    for (_, enctype) in ENCTYPES {
        let only = format!("--enctypes={}", name(enctype));
        kinit_with(&alice, &[&only], "alice", "secret").expect(enctype);
    }
    kinit(&alice).unwrap();
    kinit_with(&alice, &["--enterprise"], "carol@OTHER.TEST", "secret").unwrap();
    let wrong = kinit_with(&alice, &[], "alice", "guess").unwrap_err();
    assert!(wrong.contains("Password incorrect"), "{wrong}");
    let unknown = kinit_with(&alice, &[], "mallory", "secret").unwrap_err();
    assert!(unknown.contains("CLIENT_NOT_FOUND"), "{unknown}");
}

#[test]
fn kgetcred_gets_tickets_in_each_enctype_alone_and_across_realms() {
    if !present(&PEERS) {
        return;
    }
    let realm = Realm::start();
    let configuration = realm.files.path("krb5.conf");
    let text = std::fs::read_to_string(&configuration).unwrap();
    for (number, enctype) in ENCTYPES {
        std::fs::write(&configuration, with_one_enctype(&text, enctype)).unwrap();
        let alice = realm.files.login("alice");
        std::fs::write(&configuration, &text).unwrap();
        kgetcred(&alice, &format!("HTTP/e{number}.example.test")).unwrap();
    }
    let alice = realm.files.login("alice");
    let mut abroad = command(&alice, program("kgetcred"));
    run(abroad.arg("HTTP/web.other.test@OTHER.TEST"));
    let mut referred = command(&alice, program("kgetcred"));
    run(referred.args(["--canonicalize", "HTTP/web.other.test@EXAMPLE.TEST"]));
}

#[test]
fn mits_acceptor_takes_what_heimdals_initiator_sends() {
    if !present(&PEERS) {
        return;
    }
    let realm = Realm::start();
    let mut mit = MitAcceptor::start(&realm.files);
    let alice = realm.files.login("alice");
    kinit(&alice).unwrap();
    for (number, _) in ENCTYPES {
        let service = format!("HTTP/e{number}.example.test");
        for asking in [Asking::krb5(), Asking::spnego()] {
            let initiator = HeimdalRealm::initiator(&alice, &service, &asking);
            let opinion = mit.accept(&realm.files.keytab(&service), &[&initiator.token]);
            assert_eq!(
                opinion.client.as_deref(),
                Some("alice@EXAMPLE.TEST"),
                "{opinion:?}"
            );
        }
    }
}

/// PA-FOR-USER alone, with the checksum of the key's own enctype; with an RC4 key, MD5 over the body.
#[test]
fn kgetcred_asks_on_behalf_of_a_user() {
    if !present(&PEERS) {
        return;
    }
    let realm = delegation::Realm::start();
    for (number, _) in ENCTYPES {
        let front = realm.front(number);
        kinit(&front).unwrap();
        let file = |name: &str| format!("FILE:{}", realm.files.path(name).display());
        let (own, delegated) = (file("own.ccache"), file("delegated.ccache"));
        let mut itself = command(&front, program("kgetcred"));
        itself.args(["--forwardable", "--impersonate=alice"]);
        itself.arg(format!("--out-cache={own}"));
        run(itself.arg(format!("front/e{number}@EXAMPLE.TEST")));
        let mut other = command(&front, program("kgetcred"));
        other.arg(format!("--delegation-credential-cache={own}"));
        other.arg(format!("--out-cache={delegated}"));
        run(other.arg(format!("back/e{number}@EXAMPLE.TEST")));
    }
}
