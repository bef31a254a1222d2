//! A realm whose KDC is ours, and what its users type.

use std::path::Path;
use std::process::{Command, Stdio};

use portcullis_interop::login::Login;
use portcullis_interop::process::{run, said};
use portcullis_interop::realm::MitRealm;
use portcullis_testrealm::{MiniKdc, ServedKdc, TestRealm};

pub(crate) const ENCTYPES: [(u8, &str); 5] = [
    (17, "aes128-cts-hmac-sha1-96"),
    (18, "aes256-cts-hmac-sha1-96"),
    (19, "aes128-cts-hmac-sha256-128"),
    (20, "aes256-cts-hmac-sha384-192"),
    (23, "arcfour-hmac"),
];

/// The realm and its KDC, which ends with it.
pub(crate) struct Realm {
    pub(crate) files: MitRealm,
    _kdc: ServedKdc,
    _realms: [TestRealm; 2],
}

impl Realm {
    /// With alice, bob, and a service for each enctype; carol is in OTHER.TEST, which is trusted.
    pub(crate) fn start() -> Self {
        let (realm, other) = (TestRealm::new("EXAMPLE.TEST"), TestRealm::new("OTHER.TEST"));
        realm.trust(&other);
        let enctypes = ENCTYPES.map(|(number, _)| i32::from(number).try_into().unwrap());
        for user in ["alice", "bob"] {
            let user = realm.user_with(user).password("secret");
            user.enctypes(enctypes).build();
        }
        other.user_with_password("carol", "secret");
        let directory = tempfile::Builder::new()
            .prefix("portcullis-")
            .tempdir()
            .unwrap();
        for (service, enctype) in enctypes.into_iter().enumerate() {
            let name = format!("HTTP/e{}.example.test", ENCTYPES[service].0);
            let service = realm.service_with(&name).enctypes([enctype]).build();
            write_keytab(directory.path(), &name, &service.keytab_octets());
        }
        let abroad = other.service("HTTP/web.other.test");
        write_keytab(
            directory.path(),
            "HTTP/web.other.test",
            &abroad.keytab_octets(),
        );
        let kdc: MiniKdc = realm.kdc();
        let kdc = kdc.serve(directory.path(), 0).unwrap();
        Self {
            files: MitRealm::of_another_kdc(directory),
            _kdc: kdc,
            _realms: [realm, other],
        }
    }

    /// Logs in with the password that `passwords.txt` has.
    pub(crate) fn kinit(&self, login: &Login<'_>, user: &str, options: &[&str]) -> String {
        let passwords = std::fs::read_to_string(self.files.path("passwords.txt")).unwrap();
        let name = if user.contains('@') {
            user.to_owned()
        } else {
            format!("{user}@EXAMPLE.TEST")
        };
        let password = passwords
            .lines()
            .filter_map(|line| line.split_once('\t'))
            .find(|(of, _)| *of == name)
            .map(|(_, password)| password.to_owned())
            .expect("a password");
        type_password(
            login.command("/usr/bin/kinit").args(options).arg(user),
            &password,
        )
    }
}

pub(crate) fn write_keytab(directory: &Path, service: &str, octets: &[u8]) {
    let name = format!("{}.keytab", service.replace('/', "_"));
    std::fs::write(directory.join(name), octets).unwrap();
}

/// kinit reads a password from standard input if that is no terminal.
pub(crate) fn type_password(kinit: &mut Command, password: &str) -> String {
    use std::io::Write as _;
    let kinit = kinit.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = kinit.stderr(Stdio::piped()).spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{password}").unwrap();
    let output = child.wait_with_output().unwrap();
    if output.status.success() {
        return String::new();
    }
    said(&output)
}

pub(crate) fn klist(login: &Login<'_>) -> String {
    run(login.command("/usr/bin/klist").arg("-ef"))
}

/// `krb5.conf` of clients that know this enctype alone.
pub(crate) fn with_one_enctype(krb5_conf: &str, enctype: &str) -> String {
    let of_line = |line: &str| match line.split_once('=') {
        Some((name, _)) if name.contains("enctypes") => format!("{name}= {enctype}\n"),
        _ => format!("{line}\n"),
    };
    krb5_conf.lines().map(of_line).collect()
}
