//! The KDC of `portcullis-testrealm` in the place of MIT's: real clients get tickets from it, and real acceptors open
//! them. What MIT's `gss_accept_sec_context` accepts is the proof that the realm is right.
//!
//! | service | keys, and so session keys |
//! | --- | --- |
//! | `HTTP/eN.example.test` | enctype N |

mod delegation;
mod gss_server;
mod heimdal;
mod pac;
mod realm;
mod salts;
mod trust;

use portcullis_interop::from_base64;
use portcullis_interop::http::{Answer, Server, example};
use portcullis_interop::initiator::{
    Asking, Conclusion, Initiator, JavaInitiator, gokrb5_token, java,
};
use portcullis_interop::mit_acceptor::MitAcceptor;
use portcullis_interop::peer::{Peer, built, present};
use portcullis_interop::process::{LineServer, run, said, try_run};
use realm::{ENCTYPES, Realm, klist, type_password, with_one_enctype};

#[test]
fn kinit_logs_in_with_a_password_for_each_enctype() {
    if !present(&[Peer::MIT]) {
        return;
    }
    let realm = Realm::start();
    let alice = realm.files.login("alice");
    let configuration = realm.files.path("krb5.conf");
    let text = std::fs::read_to_string(&configuration).unwrap();
    for (_, enctype) in ENCTYPES {
        std::fs::write(&configuration, with_one_enctype(&text, enctype)).unwrap();
        assert_eq!(realm.kinit(&alice, "alice", &[]), "", "{enctype}");
        let listed = klist(&alice);
        let shown = listed.contains(enctype) || listed.contains(&format!("DEPRECATED:{enctype}"));
        assert!(shown, "{enctype}: {listed}");
        assert!(listed.contains("Flags: FIA"), "{listed}");
    }
}

#[test]
fn kinit_says_what_is_wrong() {
    if !present(&[Peer::MIT]) {
        return;
    }
    let realm = Realm::start();
    let alice = realm.files.login("alice");
    let kinit = |user: &str, password: &str| {
        type_password(alice.command("/usr/bin/kinit").arg(user), password)
    };
    let wrong = kinit("alice", "guess");
    assert!(wrong.contains("Password incorrect"), "{wrong}");
    let unknown = kinit("mallory", "secret");
    assert!(
        unknown.contains("not found in Kerberos database"),
        "{unknown}"
    );
}

#[test]
fn tickets_are_forwardable_and_renewable_as_asked() {
    if !present(&[Peer::MIT]) {
        return;
    }
    let realm = Realm::start();
    let alice = realm.files.login("alice");
    assert_eq!(realm.kinit(&alice, "alice", &["-r", "2d", "-l", "1h"]), "");
    let listed = klist(&alice);
    assert!(
        listed.contains("Flags: FRIA") && listed.contains("renew until"),
        "{listed}"
    );
    run(alice.command("/usr/bin/kinit").arg("-R"));
    assert!(klist(&alice).contains("renew until"));
    assert_eq!(realm.kinit(&alice, "alice", &["-F"]), "");
    let listed = klist(&alice);
    assert!(listed.contains("Flags: IA"), "{listed}");
}

#[test]
fn kvno_gets_tickets_with_the_enctype_of_the_service() {
    if !present(&[Peer::MIT]) {
        return;
    }
    let realm = Realm::start();
    let alice = realm.files.login("alice");
    for (number, enctype) in ENCTYPES {
        let service = format!("HTTP/e{number}.example.test");
        alice.kvno(&service);
        let listed = klist(&alice);
        let (_, ticket) = listed.split_once(&service).expect("in the list");
        let ticket: Vec<_> = ticket.lines().take(3).collect();
        assert_eq!(ticket.join(" ").matches(enctype).count(), 2, "{listed}");
        assert!(ticket.join(" ").contains("Flags: FAT"), "{listed}");
    }
    let unknown = try_run(alice.command("/usr/bin/kvno").arg("HTTP/no.example.test"));
    assert!(!unknown.status.success());
    assert!(said(&unknown).contains("not found in Kerberos database"));
}

#[test]
fn kvno_gets_a_ticket_for_a_user_by_user_to_user() {
    if !present(&[Peer::MIT]) {
        return;
    }
    let realm = Realm::start();
    let (alice, bob) = (realm.files.login("alice"), realm.files.login("bob"));
    let ccache = run(bob.command("/bin/sh").args(["-c", "echo $KRB5CCNAME"]));
    let mut kvno = alice.command("/usr/bin/kvno");
    run(kvno.args(["--u2u", ccache.trim(), "bob"]));
    assert!(klist(&alice).contains("bob@EXAMPLE.TEST"));
    let without = try_run(alice.command("/usr/bin/kvno").arg("bob"));
    assert!(!without.status.success(), "{}", said(&without));
    // The ticket-granting ticket of somebody else than the service.
    let mut strange = alice.command("/usr/bin/kvno");
    let strange = try_run(strange.args(["--u2u", ccache.trim(), "HTTP/e18.example.test"]));
    assert!(!strange.status.success(), "{}", said(&strange));
}

#[test]
fn mits_acceptor_and_initiator_agree_on_our_tickets() {
    if !present(&[Peer::MIT, Peer::PYTHON_GSSAPI]) {
        return;
    }
    let realm = Realm::start();
    let mut mit = MitAcceptor::start(&realm.files);
    for (number, _) in ENCTYPES {
        let service = format!("HTTP/e{number}.example.test");
        for asking in [Asking::krb5(), Asking::spnego(), Asking::krb5().delegate()] {
            let alice = realm.files.login("alice");
            let mut initiator = Initiator::start(&alice, &service, &asking.mutual());
            let opinion = mit.accept(&realm.files.keytab(&service), &[&initiator.token]);
            assert_eq!(opinion.client.as_deref(), Some("alice@EXAMPLE.TEST"));
            let conclusion = initiator.finish(opinion.reply.as_deref());
            assert_eq!(conclusion, Conclusion::Complete(None), "{service}");
        }
    }
    // All services in one file, as it was written for them.
    let alice = realm.files.login("alice");
    let initiator = Initiator::start(&alice, "HTTP/e20.example.test", &Asking::spnego());
    let keytab = realm.files.path("services.keytab");
    let opinion = mit.accept(&keytab, &[&initiator.token]);
    assert_eq!(opinion.verdict, "accepted", "{opinion:?}");
}

#[test]
fn clients_cross_to_another_realm_with_and_without_knowing_of_it() {
    if !present(&[Peer::MIT, Peer::PYTHON_GSSAPI]) {
        return;
    }
    let realm = Realm::start();
    let mut mit = MitAcceptor::start(&realm.files);
    let alice = realm.files.login("alice");
    alice.kvno("HTTP/web.other.test@OTHER.TEST");
    // In our own realm there is no such service: the KDC sends us on.
    alice.kvno("HTTP/web.other.test@");
    let listed = klist(&alice);
    assert!(
        listed.contains("krbtgt/OTHER.TEST@EXAMPLE.TEST"),
        "{listed}"
    );

    let carol = realm.files.login("bob");
    assert_eq!(realm.kinit(&carol, "carol@OTHER.TEST", &[]), "");
    let service = "HTTP/e18.example.test";
    let initiator = Initiator::start(&carol, service, &Asking::spnego());
    let opinion = mit.accept(&realm.files.keytab(service), &[&initiator.token]);
    assert_eq!(opinion.client.as_deref(), Some("carol@OTHER.TEST"));
    // An enterprise name, which the other realm knows (RFC 6806 §7).
    assert_eq!(realm.kinit(&carol, "carol@OTHER.TEST", &["-E"]), "");
}

#[test]
fn curl_logs_in_with_each_enctype() {
    if !present(&[Peer::MIT, Peer::CURL]) || !built(&example()) {
        return;
    }
    let realm = Realm::start();
    let keytab = realm.files.path("services.keytab");
    let server = Server::start(&example(), &keytab, &["--allow", "rc4-hmac"]);
    let alice = realm.files.login("alice");
    for (number, _) in ENCTYPES {
        let (answer, log) = server.curl(&alice, &format!("e{number}.example.test"));
        assert_eq!(answer.status, 200, "{number}: {log}");
        assert!(answer.body.contains("alice@EXAMPLE.TEST"), "{answer:?}");
    }
}

#[test]
fn java_logs_in_with_each_enctype() {
    if !present(&[Peer::MIT, Peer::PYTHON_GSSAPI, Peer::JAVA]) {
        return;
    }
    let realm = Realm::start();
    let mut mit = MitAcceptor::start(&realm.files);
    for (number, _) in ENCTYPES {
        let service = format!("HTTP/e{number}.example.test");
        let alice = realm.files.login("alice");
        let mut java = JavaInitiator::start(&alice, "spnego", &service, true);
        let opinion = mit.accept(&realm.files.keytab(&service), &[&java.token]);
        assert_eq!(opinion.client.as_deref(), Some("alice@EXAMPLE.TEST"));
        assert_eq!(
            java.finish(opinion.reply.as_deref()),
            "complete",
            "{service}"
        );
    }
}

/// OpenJDK's own AS exchange, which shares no code with MIT's.
#[test]
fn java_logs_in_by_itself_with_a_keytab() {
    if !present(&[Peer::MIT, Peer::PYTHON_GSSAPI, Peer::JAVA]) {
        return;
    }
    let realm = Realm::start();
    let alice = realm.files.login("alice");
    let jaas = realm.files.path("keytab.conf");
    let keytab = alice.keytab();
    let module = format!(
        "com.sun.security.jgss.krb5.initiate {{ com.sun.security.auth.module.Krb5LoginModule required \
         useKeyTab=true keyTab=\"{}\" principal=\"alice@EXAMPLE.TEST\" doNotPrompt=true; }};",
        keytab.display()
    );
    std::fs::write(&jaas, module).unwrap();
    let mut command = java(&alice);
    command.arg(format!(
        "-Djava.security.auth.login.config={}",
        jaas.display()
    ));
    let service = "HTTP/e18.example.test";
    command.env("KRB5CCNAME", realm.files.path("no.ccache"));
    let name = format!("{service}@EXAMPLE.TEST");
    command.args(["JgssToken", "krb5", &name, ""]);
    let token = from_base64(&LineServer::start(command).listen());
    let opinion = MitAcceptor::start(&realm.files).accept(&realm.files.keytab(service), &[&token]);
    assert_eq!(opinion.client.as_deref(), Some("alice@EXAMPLE.TEST"));
}

#[test]
fn gokrb5_logs_in_by_itself_with_each_enctype() {
    if !present(&[Peer::MIT, Peer::PYTHON_GSSAPI, Peer::GOKRB5]) {
        return;
    }
    let realm = Realm::start();
    let mut mit = MitAcceptor::start(&realm.files);
    let alice = realm.files.login("alice");
    for (number, _) in ENCTYPES {
        let service = format!("HTTP/e{number}.example.test");
        let token = gokrb5_token(&alice, &service);
        let opinion = mit.accept(&realm.files.keytab(&service), &[&token]);
        assert_eq!(
            opinion.client.as_deref(),
            Some("alice@EXAMPLE.TEST"),
            "{opinion:?}"
        );
    }
}

#[test]
fn java_and_gokrb5_get_a_page() {
    if !present(&[Peer::MIT, Peer::JAVA, Peer::GOKRB5]) || !built(&example()) {
        return;
    }
    let realm = Realm::start();
    let keytab = realm.files.path("services.keytab");
    let server = Server::start(&example(), &keytab, &["--allow", "rc4-hmac"]);
    let alice = realm.files.login("alice");
    let host = "e18.example.test";
    for Answer { status, body } in [server.java(&alice, host), server.gokrb5(&alice, host)] {
        assert_eq!(status, 200, "{body}");
        assert!(body.contains("alice@EXAMPLE.TEST"), "{body}");
    }
}
