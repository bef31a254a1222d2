//! The matrix: each client by each enctype, from its own login at our KDC to both acceptors.
//!
//! The KDC is that of `portcullis-testrealm` on a socket. Clients are told of one enctype at a time, so that their login,
//! their session keys and their tickets have it. What a client then sends must get in at our acceptor and, with the same
//! keytab, at MIT's: tickets that MIT's `gss_accept_sec_context` accepts are the proof that the realm is right.

use std::process::Stdio;
use std::time::SystemTime;

use portcullis::user_to_user::OurTgt;
use portcullis::{Acceptor, Step, WeakEnctype};
use portcullis_interop::heimdal::{HeimdalRealm, command, program};
use portcullis_interop::http::Server;
use portcullis_interop::initiator::{
    Asking, Initiator, JavaInitiator, clients, gokrb5_token, java,
};
use portcullis_interop::login::Login;
use portcullis_interop::mit_acceptor::MitAcceptor;
use portcullis_interop::peer::{Peer, built, present};
use portcullis_interop::portcullis::{Batch, Request, binary};
use portcullis_interop::process::{LineServer, run, said};
use portcullis_interop::realm::{ENCTYPES, MitRealm};
use portcullis_interop::{from_base64, to_base64};
use portcullis_testrealm::{ServedKdc, TestRealm};

/// It may act for others towards all services.
const FRONT: &str = "HTTP/front.example.test";

/// A column: an enctype, and the service that has keys of no other.
struct Column {
    /// As MIT spells it.
    name: &'static str,
    service: String,
}

impl Column {
    fn host(&self) -> &str {
        self.service.trim_start_matches("HTTP/")
    }
}

/// The realm, with alice and bob, who have keys of all enctypes and the password `secret`.
struct Realm {
    files: MitRealm,
    krb5_conf: String,
    _kdc: ServedKdc,
}

impl Realm {
    fn start() -> Self {
        let realm = TestRealm::new("EXAMPLE.TEST");
        let enctypes = ENCTYPES.map(|(number, _)| i32::from(number).try_into().unwrap());
        for user in ["alice", "bob"] {
            let user = realm.user_with(user).password("secret");
            user.enctypes(enctypes).build();
        }
        let directory = tempfile::tempdir().unwrap();
        for (enctype, (number, _)) in enctypes.into_iter().zip(ENCTYPES) {
            let name = format!("HTTP/e{number}.example.test");
            let service = realm.service_with(&name).enctypes([enctype]).build();
            let keytab = format!("HTTP_e{number}.example.test.keytab");
            std::fs::write(directory.path().join(keytab), service.keytab_octets()).unwrap();
        }
        let services = ENCTYPES.map(|(number, _)| format!("HTTP/e{number}.example.test"));
        let front = realm.service_with(FRONT).enctypes(enctypes);
        let front = front.may_delegate_to(services.iter().map(String::as_str));
        let front = front.ok_to_auth_as_delegate().build();
        let keytab = directory.path().join("HTTP_front.example.test.keytab");
        std::fs::write(keytab, front.keytab_octets()).unwrap();
        let kdc = realm.kdc().serve(directory.path(), 0).unwrap();
        let files = MitRealm::of_another_kdc(directory);
        Self {
            krb5_conf: std::fs::read_to_string(files.path("krb5.conf")).unwrap(),
            files,
            _kdc: kdc,
        }
    }

    /// From now on clients know this enctype alone, by whichever setting they read it.
    fn speak_only(&self, enctype: &str) {
        let of_line = |line: &str| match line.split_once('=') {
            Some((name, _)) if name.contains("enctypes") => format!("{name}= {enctype}\n"),
            _ => format!("{line}\n"),
        };
        let text: String = self.krb5_conf.lines().map(of_line).collect();
        let heimdals = format!(
            "[libdefaults]\n default_etypes = {}\n",
            heimdals_name(enctype)
        );
        let text = text.replace("[libdefaults]\n", &heimdals);
        std::fs::write(self.files.path("krb5.conf"), text).unwrap();
    }
}

fn heimdals_name(enctype: &str) -> &str {
    match enctype {
        "arcfour-hmac" => "arcfour-hmac-md5",
        other => other,
    }
}

/// A row: logs `client` in and takes what it sends, for each enctype; both acceptors must accept it.
fn row(peers: &[Peer], client: impl Fn(&Realm, &Column) -> Vec<u8>) {
    let needed = [&[Peer::MIT, Peer::PYTHON_GSSAPI], peers].concat();
    if !present(&needed) || !built(&binary()) {
        return;
    }
    let realm = Realm::start();
    let mut batch = Batch::start(&binary());
    let mut mit = MitAcceptor::start(&realm.files);
    for (number, name) in ENCTYPES {
        let column = Column {
            name,
            service: format!("HTTP/e{number}.example.test"),
        };
        realm.speak_only(name);
        let token = client(&realm, &column);
        let keytab = realm.files.keytab(&column.service);
        let verdict = batch.accept(&Request::new(&keytab, &[&token]).allow_rc4());
        assert_eq!(verdict.verdict(), "accepted", "{name}: {}", verdict.json);
        assert_eq!(verdict.client(), Some("alice@EXAMPLE.TEST"));
        assert_eq!(verdict.json["key"]["enctype"], number, "{}", verdict.json);
        assert_eq!(verdict.json["session_enctype"], number, "{}", verdict.json);
        let opinion = mit.accept(&keytab, &[&token]);
        assert_eq!(
            opinion.client.as_deref(),
            verdict.client(),
            "{name}: {opinion:?}"
        );
    }
}

/// MIT's initiator, after whichever login.
fn token_of_mit(login: &Login<'_>, column: &Column) -> Vec<u8> {
    let token = Initiator::start(login, &column.service, &Asking::spnego().mutual()).token;
    let listed = run(login.command("/usr/bin/klist").arg("-ef"));
    let (_, ticket) = listed.split_once(&column.service).expect("in the list");
    let ticket: Vec<_> = ticket.lines().take(3).collect();
    assert_eq!(ticket.join(" ").matches(column.name).count(), 2, "{listed}");
    token
}

#[test]
fn mits_kinit_with_a_password() {
    row(&[], |realm, column| {
        let login = realm.files.login("alice");
        let mut kinit = login.command("/usr/bin/kinit");
        let mut child = kinit
            .arg("alice")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"secret\n").unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
        let listed = run(login.command("/usr/bin/klist").arg("-e"));
        let (_, enctypes) = listed.split_once("Etype (skey, tkt): ").expect("a ticket");
        let session_key = enctypes.split(',').next().unwrap();
        assert_eq!(session_key.trim_start_matches("DEPRECATED:"), column.name);
        token_of_mit(&login, column)
    });
}

#[test]
fn mits_kinit_with_a_keytab_and_kvno() {
    row(&[], |realm, column| {
        let login = realm.files.login("alice");
        login.kvno(&column.service);
        token_of_mit(&login, column)
    });
}

/// `kvno -U -P`: S4U2Self, then S4U2Proxy.
#[test]
fn a_service_for_a_user_whom_it_never_met() {
    row(&[], |realm, column| {
        let front = realm.files.login(FRONT);
        token_of_mit(&front.in_the_name_of("alice", &column.service), column)
    });
}

#[test]
fn heimdals_kinit_with_a_password_and_its_initiator() {
    row(&[Peer::HEIMDAL], |realm, column| {
        let login = realm.files.login("alice");
        let password = realm.files.path("password");
        std::fs::write(&password, "secret\n").unwrap();
        let mut kinit = command(&login, program("kinit.heimdal"));
        kinit.arg(format!("--password-file={}", password.display()));
        run(kinit.arg("alice"));
        HeimdalRealm::initiator(&login, &column.service, &Asking::spnego().mutual()).token
    });
}

#[test]
fn heimdals_kinit_with_a_keytab_and_its_initiator() {
    row(&[Peer::HEIMDAL], |realm, column| {
        let login = realm.files.login("alice");
        portcullis_interop::heimdal::kinit(&login).unwrap();
        HeimdalRealm::initiator(&login, &column.service, &Asking::krb5().mutual()).token
    });
}

#[test]
fn curl() {
    row(&[Peer::CURL], |realm, column| {
        let (server, tokens) = Server::recorder();
        let (answer, log) = server.curl(&realm.files.login("alice"), column.host());
        assert_eq!(answer.status, 200, "{log}");
        tokens.recv().unwrap()
    });
}

#[test]
fn requests_kerberos() {
    row(&[Peer::REQUESTS_KERBEROS], |realm, column| {
        let (server, tokens) = Server::recorder();
        let said = server.run_requests(&realm.files.login("alice"), column.host());
        let token = tokens.try_recv();
        token.unwrap_or_else(|_| panic!("no token: {said:?}"))
    });
}

#[test]
fn openjdk_with_the_ticket_of_kinit() {
    row(&[Peer::JAVA], |realm, column| {
        let login = realm.files.login("alice");
        JavaInitiator::start(&login, "spnego", &column.service, true).token
    });
}

/// Its own AS exchange, which shares no code with MIT's.
#[test]
fn openjdk_by_itself() {
    row(&[Peer::JAVA], |realm, column| {
        let login = realm.files.login("alice");
        let jaas = realm.files.path("keytab.conf");
        let module = format!(
            "com.sun.security.jgss.krb5.initiate {{ com.sun.security.auth.module.Krb5LoginModule required \
             useKeyTab=true keyTab=\"{}\" principal=\"alice@EXAMPLE.TEST\" doNotPrompt=true; }};",
            login.keytab().display()
        );
        std::fs::write(&jaas, module).unwrap();
        let mut command = java(&login);
        let option = "-Djava.security.auth.login.config";
        command.arg(format!("{option}={}", jaas.display()));
        command.env("KRB5CCNAME", realm.files.path("no.ccache"));
        let service = format!("{}@EXAMPLE.TEST", column.service);
        command.args(["JgssToken", "spnego", &service, "mutual"]);
        from_base64(&LineServer::start(command).listen())
    });
}

#[test]
fn gokrb5_by_itself() {
    row(&[Peer::GOKRB5], |realm, column| {
        gokrb5_token(&realm.files.login("alice"), &column.service)
    });
}

/// MIT's libkrb5 on one side, ours on the other: bob has no keytab here, only a ticket.
#[test]
fn user_to_user_of_mit() {
    if !present(&[Peer::MIT]) {
        return;
    }
    let realm = Realm::start();
    let acceptor = Acceptor::user_to_user()
        .danger_allow(WeakEnctype::Rc4Hmac)
        .raw_ap_req(true)
        .build()
        .unwrap();
    for (number, name) in ENCTYPES {
        realm.speak_only(name);
        let (alice, bob) = (realm.files.login("alice"), realm.files.login("bob"));
        let mut kvno = alice.command("/usr/bin/kvno");
        run(kvno.arg("--u2u").arg(bob.ccache()).arg("bob"));
        let mut client = alice.command("/usr/bin/python3");
        client.arg(clients().join("mit_user_to_user.py"));
        let mut client = LineServer::start(client);
        let text = client.listen();
        let token = from_base64(&text);

        let tgt = OurTgt::of_ccache(&std::fs::read(bob.ccache()).unwrap()).unwrap();
        let negotiation = acceptor.begin().user_to_user(&tgt);
        let outcome = negotiation.step(&token, SystemTime::now());
        let Ok(Step::Complete { context, reply }) = outcome else {
            panic!("{name}: {outcome:?}");
        };
        let identity = context.identity();
        assert_eq!(identity.client().to_string(), "alice@EXAMPLE.TEST");
        assert_eq!(identity.service().to_string(), "bob@EXAMPLE.TEST");
        assert_eq!(identity.session_etype().0, i32::from(number));
        assert_eq!(client.ask(&to_base64(&reply.unwrap())), "mutual", "{name}");

        let mut server = bob.command("/usr/bin/python3");
        server.arg(clients().join("mit_user_to_user_accept.py"));
        let opinion = LineServer::start(server).ask(&text);
        assert_eq!(opinion, "alice@EXAMPLE.TEST", "{name}");
    }
}
