//! Writes `testdata/tokens` anew: a token of each client and enctype, with the keytab that opens it; with words, only
//! what came of these KDCs: `mit`, `heimdal`, `samba`.
//!
//! What each file expects is what MIT's acceptor said of the token at once; ours has no say.

mod heimdal;
mod samba;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use portcullis_interop::http::Server;
use portcullis_interop::initiator::{Asking, Initiator, JavaInitiator, gokrb5_token, tokens};
use portcullis_interop::login::Login;
use portcullis_interop::mit_acceptor::MitAcceptor;
use portcullis_interop::peer::{Peer, present};
use portcullis_interop::process::run;
use portcullis_interop::realm::{ENCTYPES, MitRealm};
use portcullis_interop::recorded::{Recorded, date};

/// A program and the Debian package that says its version.
type Source = (&'static str, &'static str);

const PYTHON: Source = ("MIT krb5 through python3-gssapi", "libgssapi-krb5-2");
const JAVA: Source = ("OpenJDK 17", "openjdk-17-jdk-headless");
const GOKRB5: Source = ("gokrb5", "golang-github-jcmturner-gokrb5.v8-dev");
const CURL: Source = ("curl", "curl");
const REQUESTS: Source = ("requests-kerberos", "python3-requests-kerberos");
const E18: &str = "HTTP/e18.example.test";

fn main() {
    if !present(&Peer::ALL) {
        std::process::exit(1);
    }
    let words: Vec<String> = std::env::args().skip(1).collect();
    let kdcs: [(&str, fn()); 3] = [
        ("mit", mit),
        ("heimdal", heimdal::record),
        ("samba", samba::record),
    ];
    for (name, record) in kdcs {
        if words.is_empty() || words.iter().any(|word| word == name) {
            record();
        }
    }
}

fn mit() {
    let realm = MitRealm::start();
    let mut recorder = Recorder::of(&realm, ("MIT krb5", "krb5-kdc"));
    let alice = realm.login("alice");
    every_enctype(&mut recorder, &alice);
    what_mit_can(&mut recorder, &alice);
    other_clients(&mut recorder, &alice);
}

fn every_enctype(recorder: &mut Recorder<'_>, alice: &Login<'_>) {
    for (number, name) in ENCTYPES {
        for (mech, asking) in [("krb5", Asking::krb5()), ("spnego", Asking::spnego())] {
            let service = format!("HTTP/e{number}.example.test");
            let token = first(alice, &service, &asking.mutual());
            let what =
                format!("{mech}, mutual; ticket {name}, session key aes256-cts-hmac-sha1-96");
            recorder.write(
                &format!("mit-{mech}-{number}"),
                &what,
                PYTHON,
                &service,
                token,
            );
        }
        let service = format!("HTTP/s{number}.example.test");
        let token = first(alice, &service, &Asking::spnego().mutual());
        let what = format!("spnego, mutual; ticket aes256-cts-hmac-sha1-96, session key {name}");
        recorder.write(
            &format!("mit-session-{number}"),
            &what,
            PYTHON,
            &service,
            token,
        );
    }
}

fn what_mit_can(recorder: &mut Recorder<'_>, alice: &Login<'_>) {
    let krb5 = Asking::krb5;
    let token = first(alice, E18, &krb5().delegate().mutual());
    recorder.write(
        "mit-delegated",
        "krb5 with a delegated ticket",
        PYTHON,
        E18,
        token,
    );
    let token = first(alice, E18, &krb5());
    recorder.write(
        "mit-one-way",
        "krb5 without mutual authentication",
        PYTHON,
        E18,
        token,
    );
    let token = Initiator::start(alice, E18, &krb5().dce()).token;
    recorder.write(
        "mit-dce",
        "a bare AP-REQ in DCE style, first leg of three",
        PYTHON,
        E18,
        token,
    );
    let carol = recorder.realm.login("carol@OTHER.TEST");
    let token = first(&carol, E18, &Asking::spnego().mutual());
    recorder.write(
        "mit-cross-realm",
        "a client of a realm that trusts ours",
        PYTHON,
        E18,
        token,
    );
    let bindings = b"tls-server-end-point:portcullis";
    let token = first(alice, E18, &krb5().bindings(bindings));
    let file = Recorded {
        bindings: Some(bindings.to_vec()),
        ..recorder.file("krb5 with channel bindings", PYTHON)
    };
    recorder.finish("mit-bound", file, &recorder.realm.keytab(E18), token);
    let aware = recorder.realm.login("alice").aware();
    let token = first(&aware, E18, &krb5().bindings(bindings));
    let what = "krb5 with channel bindings and KERB_AP_OPTIONS_CBT";
    let file = Recorded {
        bindings: Some(bindings.to_vec()),
        ..recorder.file(what, PYTHON)
    };
    recorder.finish("mit-bound-aware", file, &recorder.realm.keytab(E18), token);
    indicators(recorder);
    rotation(recorder, alice);
}

/// RFC 8129: what the KDC says of how the client logged in.
fn indicators(recorder: &mut Recorder<'_>) {
    let dora = recorder.realm.login("dora");
    for (number, name) in ENCTYPES {
        let service = format!("HTTP/e{number}.example.test");
        let token = first(&dora, &service, &Asking::krb5());
        let what = format!("krb5; the authentication indicator `spake`; ticket {name}");
        let name = format!("mit-indicator-{number}");
        recorder.write(&name, &what, PYTHON, &service, token);
    }
}

fn rotation(recorder: &mut Recorder<'_>, alice: &Login<'_>) {
    let service = "HTTP/rotated.example.test";
    alice.kvno(service);
    let both = recorder.realm.rotate();
    let file = recorder.file("a ticket of kvno 1; the keytab has kvno 1 and 2", PYTHON);
    recorder.finish(
        "mit-rotated-old",
        file,
        &both,
        first(alice, service, &Asking::krb5()),
    );
    let token = first(&recorder.realm.login("alice"), service, &Asking::krb5());
    let file = recorder.file("a ticket of kvno 2; the keytab has kvno 1 and 2", PYTHON);
    recorder.finish("mit-rotated-new", file, &both, token);
}

fn other_clients(recorder: &mut Recorder<'_>, alice: &Login<'_>) {
    for mech in ["krb5", "spnego"] {
        let token = JavaInitiator::start(alice, mech, E18, true).token;
        let what = format!("{mech}, mutual; JGSS");
        recorder.write(&format!("java-{mech}"), &what, JAVA, E18, token);
    }
    for (number, name) in ENCTYPES {
        let service = format!("HTTP/b{number}.example.test");
        let token = gokrb5_token(alice, &service);
        let what = format!("spnego; ticket and session key {name}");
        recorder.write(&format!("gokrb5-{number}"), &what, GOKRB5, &service, token);
    }
    let (server, seen) = Server::recorder();
    let take = || {
        seen.recv_timeout(Duration::from_secs(20))
            .expect("the client sent a token")
    };
    let host = "e18.example.test";
    let _ = server.curl(alice, host);
    recorder.write(
        "curl",
        "Authorization of curl --negotiate",
        CURL,
        E18,
        take(),
    );
    let _ = server.run_requests(alice, host);
    recorder.write(
        "requests-kerberos",
        "Authorization of requests",
        REQUESTS,
        E18,
        take(),
    );
    let _ = server.java(alice, host);
    recorder.write(
        "java-http",
        "Authorization of HttpURLConnection",
        JAVA,
        E18,
        take(),
    );
}

fn first(login: &Login<'_>, service: &str, asking: &Asking) -> Vec<u8> {
    tokens(login, service, asking, 1)
        .into_iter()
        .next()
        .expect("one token")
}

/// Writes the files.
struct Recorder<'r> {
    realm: &'r MitRealm,
    kdc: Source,
    acceptor: MitAcceptor,
    directory: PathBuf,
}

impl<'r> Recorder<'r> {
    fn of(realm: &'r MitRealm, kdc: Source) -> Self {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR"))
            .with_file_name("testdata")
            .join("tokens");
        std::fs::create_dir_all(&directory).expect("testdata/tokens");
        Self {
            realm,
            kdc,
            acceptor: MitAcceptor::start(realm),
            directory,
        }
    }

    fn write(&mut self, name: &str, what: &str, source: Source, service: &str, token: Vec<u8>) {
        let file = self.file(what, source);
        let keytab = self.realm.keytab(service);
        self.finish(name, file, &keytab, token);
    }

    /// The part of the file that does not depend on the token.
    fn file(&self, what: &str, source: Source) -> Recorded {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .expect("a clock")
            .as_secs();
        let (program, package) = source;
        let (kdc, its_package) = self.kdc;
        let (version, its_version) = (version(package), version(its_package));
        let day = date(now);
        let day = day.split('T').next().unwrap_or_default();
        Recorded {
            what: what.to_owned(),
            section: "RFC 4121 §4.1".to_owned(),
            source: format!(
                "{program} ({package} {version}), KDC {kdc} {its_version}, {day}; cargo xtask record"
            ),
            now,
            ..Recorded::default()
        }
    }

    fn finish(&mut self, name: &str, mut file: Recorded, keytab: &Path, token: Vec<u8>) {
        let opinion = match &file.bindings {
            Some(data) => self.acceptor.accept_bound(keytab, &[&token], data),
            None => self.acceptor.accept(keytab, &[&token]),
        };
        let detail = opinion.client.or(opinion.error).unwrap_or_default();
        file.expect = format!("{} {detail}", opinion.verdict)
            .trim_end()
            .to_owned();
        file.allow = WEAK
            .iter()
            .find(|(name, _)| file.what.contains(name))
            .map(|(_, allow)| (*allow).to_owned());
        file.keytab = std::fs::read(keytab).expect("a keytab");
        file.tokens = vec![token];
        let path = self.directory.join(format!("{name}.txt"));
        println!("{}: {}", path.display(), file.expect);
        std::fs::write(path, file.print()).expect("testdata/tokens can be written");
    }
}

/// What MIT calls weak enctypes, and what must be allowed for them.
const WEAK: [(&str, &str); 2] = [("arcfour", "rc4-hmac"), ("des3", "des3")];

/// The version of a Debian package, which need not be installed.
fn version(package: &str) -> String {
    let mut apt = Command::new("apt-cache");
    let said = run(apt.args(["policy", package]));
    let line = |name: &str| {
        let line = said.lines().find_map(|line| line.trim().strip_prefix(name));
        line.map(str::trim).filter(|version| *version != "(none)")
    };
    let version = line("Installed:").or_else(|| line("Candidate:"));
    version.expect("a version of it").to_owned()
}
