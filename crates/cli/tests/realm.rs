//! `portcullis realm`: a realm on loopback, as long as it is wanted.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "test code"
)]

mod program;

use portcullis::formats::keytab::KeytabFile;
use program::{StaysUp, directory, file, run};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::net::TcpListener;
use std::path::Path;

/// A realm that stays up until the test ends.
struct Realm {
    program: StaysUp,
    said: String,
}

impl Realm {
    /// Starts one, and waits for `ready`.
    fn start<A: AsRef<OsStr>>(arguments: &[A]) -> Self {
        let mut program = StaysUp::start("realm", arguments);
        let mut said = String::new();
        while !said.ends_with("\nready\n") {
            said.push_str(&program.line());
        }
        Self { program, said }
    }

    /// What it says to export.
    fn exports(&self) -> BTreeMap<&str, &str> {
        let lines = self.said.lines();
        let lines = lines.filter_map(|line| line.trim().strip_prefix("export "));
        let words = lines.flat_map(|line| line.split(' '));
        words.map(|word| word.split_once('=').unwrap()).collect()
    }

    fn directory(&self) -> &Path {
        Path::new(self.exports()["KRB5_CONFIG"]).parent().unwrap()
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.directory().join(name)).unwrap()
    }

    /// Principal, version, encryption type and key of each record of a keytab.
    fn keys(&self, name: &str) -> Vec<(String, u32, i32, Vec<u8>)> {
        keys(&self.directory().join(name))
    }
}

fn keys(path: &Path) -> Vec<(String, u32, i32, Vec<u8>)> {
    let octets = std::fs::read(path).unwrap();
    let records = KeytabFile::open(&octets).unwrap().records();
    records
        .map(Result::unwrap)
        .map(|it| {
            let name = it.principal.to_string();
            (name, it.kvno.0, it.etype.0, it.key.to_vec())
        })
        .collect()
}

fn named(directory: &Path) -> [&OsStr; 2] {
    [OsStr::new("--dir"), directory.as_os_str()]
}

/// What it says when it does not come up.
fn complaint<A: AsRef<OsStr>>(arguments: &[A]) -> String {
    let mut all = vec![OsStr::new("realm")];
    all.extend(arguments.iter().map(AsRef::as_ref));
    let said = run(&all);
    assert_eq!((said.output.as_str(), said.status), ("", 2));
    said.error
}

fn complaint_about(toml: &str) -> String {
    complaint(&[file("realm.toml", toml.as_bytes())])
}

#[test]
fn a_realm_has_all_that_clients_and_services_need() {
    let realm = Realm::start(&named(&directory().join("of/its/own")));

    let exports = realm.exports();
    let directory = realm.directory().display();
    assert_eq!(exports["KRB5CCNAME"], format!("FILE:{directory}/ccache"));
    assert_eq!(
        exports["KRB5_KTNAME"],
        format!("{directory}/services.keytab")
    );
    let configuration = realm.read("krb5.conf");
    assert!(configuration.contains("default_realm = EXAMPLE.TEST"));
    let (_, kdc) = realm.said.split_once("KDC is on ").unwrap();
    let (kdc, _) = kdc.split_once(',').unwrap();
    assert!(configuration.contains(&format!("kdc = {kdc}\n")), "{kdc}");
    assert!(kdc.starts_with("127.0.0.1:"), "{kdc}");
    let services = realm.keys("services.keytab");
    let [(name, 1, 18, _)] = services.as_slice() else {
        panic!("{services:?}");
    };
    assert_eq!(name, "HTTP/localhost@EXAMPLE.TEST");
    let passwords = realm.read("passwords.txt");
    let (alice, password) = passwords.trim().split_once('\t').unwrap();
    assert_eq!((alice, password.len()), ("alice@EXAMPLE.TEST", 12));
    let told = format!("the password of alice is {password}");
    assert!(realm.said.contains(&told), "{}", realm.said);
    assert_eq!(realm.keys("alice.keytab").len(), 2);
}

#[cfg(unix)]
#[test]
fn keys_and_passwords_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let realm = Realm::start(&["--user", "alice:secret", "--user", "bob:secret"]);

    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(realm.directory()), 0o700);
    for name in [
        "services.keytab",
        "alice.keytab",
        "bob.keytab",
        "passwords.txt",
    ] {
        assert_eq!(mode(&realm.directory().join(name)), 0o600, "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_and_its_own_directory_goes() {
    for signal in ["INT", "TERM"] {
        let mut realm = Realm::start::<&str>(&[]);
        let directory = realm.directory().to_owned();
        assert!(directory.join("krb5.conf").exists());

        assert_eq!(realm.program.end(signal), Some(0), "{signal}");
        assert!(!directory.exists(), "{signal}");
    }
}

#[cfg(unix)]
#[test]
fn a_directory_that_was_named_stays() {
    let directory = directory();
    std::fs::write(directory.join("mine"), "mine").unwrap();
    let mut realm = Realm::start(&named(&directory));

    assert_eq!(realm.program.end("TERM"), Some(0));
    assert!(directory.join("krb5.conf").exists());
    assert_eq!(
        std::fs::read_to_string(directory.join("mine")).unwrap(),
        "mine"
    );
}

#[test]
fn keys_are_new_at_each_start_but_for_a_seed() {
    let service = |arguments: &[&str]| Realm::start(arguments).keys("services.keytab");
    let alice = |arguments: &[&str]| Realm::start(arguments).read("passwords.txt");

    assert_ne!(service(&[]), service(&[]));
    assert_ne!(alice(&[]), alice(&[]));
    assert_eq!(service(&["--seed", "7"]), service(&["--seed", "7"]));
    assert_ne!(service(&["--seed", "7"]), service(&["--seed", "8"]));
    assert_eq!(alice(&["--seed", "7"]), "alice@EXAMPLE.TEST\tsecret\n");
}

#[test]
fn the_options_say_what_is_in_the_realm() {
    let realm = Realm::start(&[
        "--name",
        "TOY.TEST",
        "--user",
        "bob/admin:secret",
        "--service",
        "host/a.toy.test",
        "--service",
        "HTTP/a.toy.test@TOY.TEST",
        "--enctypes",
        "aes128-sha2,23,rc4-hmac",
    ]);

    let etypes = |name: &str| -> Vec<_> {
        let keys = realm.keys(name).into_iter();
        keys.map(|(name, _, etype, _)| (name, etype)).collect()
    };
    let of = |name: &str| [19, 23].map(|etype| (name.to_owned(), etype));
    assert_eq!(etypes("bob_admin.keytab"), of("bob/admin@TOY.TEST"));
    let services = [
        of("HTTP/a.toy.test@TOY.TEST"),
        of("host/a.toy.test@TOY.TEST"),
    ];
    assert_eq!(etypes("services.keytab"), services.concat());
    assert!(realm.said.contains("\n  kinit bob/admin\n"));
    assert!(realm.said.contains("\n  kvno host/a.toy.test\n"));
}

#[test]
fn the_file_describes_the_realm_and_the_options_go_before_it() {
    let toml = r#"
        name = "FILE.TEST"
        enctypes = ["aes256-cts-hmac-sha384-192"]
        user = [{ name = "alice", password = "with:colon" }]

        [[service]]
        name = "HTTP/old.file.test"
        enctypes = ["18", "17"]
        kvno = 3

        [[service]]
        name = "HTTP/new.file.test"
    "#;
    let toml = file("realm.toml", toml.as_bytes());
    let toml = toml.to_str().unwrap();
    let realm = Realm::start(&[toml, "--name", "LINE.TEST", "--user", "bob:secret"]);

    assert_eq!(
        realm.read("passwords.txt"),
        "alice@LINE.TEST\twith:colon\nbob@LINE.TEST\tsecret\n"
    );
    let services: Vec<_> = realm
        .keys("services.keytab")
        .into_iter()
        .map(|(name, kvno, etype, _)| (name, kvno, etype))
        .collect();
    assert_eq!(
        services,
        [
            ("HTTP/new.file.test@LINE.TEST".to_owned(), 1, 20),
            ("HTTP/old.file.test@LINE.TEST".to_owned(), 3, 18),
            ("HTTP/old.file.test@LINE.TEST".to_owned(), 3, 17),
        ]
    );
}

/// Services know groups by their SIDs, so that is what has to be told.
#[test]
fn groups_are_shown_with_their_sids_and_members() {
    let toml = "[[user]]\nname = \"carol\"\npassword = \"x\"\ngroups = [\"staff\"]";
    let toml = file("realm.toml", toml.as_bytes());
    let (alice, bob) = ("alice:secret:staff,Domain Admins", "bob:secret");
    let toml = toml.to_str().unwrap();
    let arguments = [toml, "--user", alice, "--user", bob, "--seed", "7"];
    let realm = Realm::start(&arguments);

    let lines: BTreeMap<_, _> = realm
        .said
        .lines()
        .filter_map(|line| line.strip_prefix("  S-1-5-21-"))
        .map(|line| line.rsplit_once("  ").unwrap())
        .map(|(sid, group)| (group, sid))
        .collect();
    let of_group: Vec<_> = lines.keys().copied().collect();
    assert_eq!(of_group, ["Domain Admins: alice", "staff: carol, alice"]);
    assert!(lines["Domain Admins: alice"].ends_with("-512"));
    let again = Realm::start(&arguments);
    assert!(again.said.contains(lines["staff: carol, alice"]));
    assert!(!Realm::start(&["--seed", "7"]).said.contains("groups"));
}

#[test]
fn paths_are_printed_as_a_shell_reads_them() {
    let directory = directory().join("a b");
    let realm = Realm::start(&named(&directory));

    let keytab = directory.join("services.keytab");
    let line = format!("\n  export KRB5_KTNAME='{}'\n", keytab.display());
    assert!(realm.said.contains(&line), "{}", realm.said);
}

#[test]
fn a_port_that_is_taken_is_named() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port().to_string();

    let error = complaint(&["--port", &port]);
    let start = format!("portcullis: port {port} of 127.0.0.1 is taken");
    assert!(error.starts_with(&start), "{error}");
}

#[test]
fn a_directory_that_cannot_be_is_named() {
    let no_directory = file("realm", b"a file");
    let error = complaint(&named(&no_directory.join("below")));
    assert!(error.starts_with("portcullis: cannot serve"), "{error}");
    let name = no_directory.to_str().unwrap();
    assert!(error.contains(name), "{error}");
    if cfg!(unix) {
        let error = complaint(&["--dir", "a:b"]);
        assert!(error.contains("no directory can have one"), "{error}");
    }
}

#[test]
fn a_malformed_file_is_refused_with_line_and_key() {
    let user = "[[user]]\nname = \"alice\"\n";
    for (toml, line, sentence) in [
        ("\nport = \n", 2, "port = "),
        ("\n\nport = 65536", 3, "65536"),
        ("port = \"88\"", 1, "port = \"88\""),
        ("realm = \"A\"", 1, "unknown field `realm`"),
        ("name = \"A\"\nname = \"B\"", 2, "duplicate key"),
        ("name = \"A B\"", 1, "the name of a realm has letters"),
        ("enctypes = [\"des\"]", 1, "enctypes: \"des\" is none"),
        ("enctypes = []", 1, "enctypes: there has to be one"),
        (user, 1, "missing field `password`"),
        (&format!("{user}password = \"\""), 3, "a password has one"),
        (&format!("{user}passwort = \"x\""), 3, "field `passwort`"),
        (&format!("{user}groups = \"x\""), 3, "groups = \"x\""),
        (&format!("{user}groups = [\"\"]"), 3, "groups: a group has"),
        ("[[service]]\nkvno = 1\nname = 5", 3, "name = 5"),
        ("[[service]]\nname = \"a\"\nkvno = 0", 3, "kvno = 0"),
        ("[[service]]\nname = \"a b\"", 2, "a name has one character"),
    ] {
        let error = complaint_about(toml);
        assert!(error.contains(&format!("line {line}")), "{toml}: {error}");
        assert!(error.contains(sentence), "{toml}: {error}");
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = complaint(&["no-such.toml"]);
    assert!(
        error.starts_with("portcullis: cannot read no-such.toml"),
        "{error}"
    );
}

#[test]
fn a_user_without_a_password_or_with_more_is_refused() {
    for (user, sentence) in [
        ("alice", "there is no password: NAME:PASSWORD["),
        ("alice:", "a password has one character at least"),
        (":secret", "a name has one character at least"),
        ("al ice:secret", "a name has one character at least"),
        ("alice:secret:", "groups: a group has one character"),
        ("alice:secret:staff,,admins", "groups: a group has one"),
        ("alice:secret:staff, admins", "no blank around it"),
        ("alice:secret:staff:admins", "goes into the file"),
    ] {
        let error = complaint(&["--user", user]);
        assert!(error.contains(sentence), "{user}: {error}");
    }
}

#[test]
fn names_that_a_realm_cannot_have_are_refused() {
    for (arguments, sentence) in [
        (
            ["--user", "a@OTHER.TEST:x"],
            "a@OTHER.TEST is of another realm",
        ),
        (
            ["--user", "a@b@c:x"],
            "\"a@b@c\": principal with a second @",
        ),
        (["--user", "services:x"], "would be services.keytab"),
        (["--service", "HTTP@web"], "HTTP@web is of another realm"),
        (["--service", "krbtgt/EXAMPLE.TEST"], "is the KDC itself"),
        (["--service", "alice"], "alice@EXAMPLE.TEST is there twice"),
        (["--name", "A B"], "the name of a realm has letters"),
        (["--enctypes", "18,single-des"], "\"single-des\" is none"),
        (["--enctypes", ""], "\"\" is none"),
    ] {
        let error = complaint(&arguments);
        assert!(error.contains(sentence), "{arguments:?}: {error}");
    }
    let error = complaint(&["--user", "a/b:x", "--user", "a_b:x"]);
    assert!(
        error.contains("the keytab of a_b@EXAMPLE.TEST would be a_b.keytab"),
        "{error}"
    );
}
