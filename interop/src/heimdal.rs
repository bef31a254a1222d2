//! Heimdal: its KDC, its clients and its GSS-API, beside MIT's.
//!
//! Debian's packages of the two exclude each other, so Heimdal's are unpacked into a directory of their own and find
//! their libraries by environment.
//!
//! | service | keys |
//! | --- | --- |
//! | `HTTP/eN.example.test` | enctype N |
//! | `HTTP/front.example.test` | 18; may act for others towards `HTTP/e18.example.test` |

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::initiator::{Asking, Initiator, clients};
use crate::login::Login;
use crate::peer::{Peer, present};
use crate::process::{Daemon, run, try_run};
use crate::realm::{MitRealm, REALM, free_port};

/// The enctypes of which there is a service each, with the names that Heimdal gives them.
pub const ENCTYPES: [(u8, &str); 6] = [
    (16, "des3-cbc-sha1"),
    (17, "aes128-cts-hmac-sha1-96"),
    (18, "aes256-cts-hmac-sha1-96"),
    (19, "aes128-cts-hmac-sha256-128"),
    (20, "aes256-cts-hmac-sha384-192"),
    (23, "arcfour-hmac-md5"),
];

/// A running KDC of Heimdal for the realm `EXAMPLE.TEST`, with alice and bob.
#[derive(Debug)]
pub struct HeimdalRealm {
    daemon: Option<Daemon>,
    /// The keytabs of its users and services, and the configuration of MIT's clients for it.
    pub realm: MitRealm,
}

impl HeimdalRealm {
    /// Makes the database and keytabs and starts the KDC; nothing, and the test is skipped by name, when Heimdal, MIT
    /// or one of `more` is missing.
    ///
    /// # Panics
    /// When it does not come up; the message has its log.
    #[must_use]
    pub fn start(more: &[Peer]) -> Option<Self> {
        if !present(&[&[Peer::HEIMDAL, Peer::MIT, Peer::PYTHON_GSSAPI], more].concat()) {
            return None;
        }
        let port = free_port();
        let mut heimdal = Self {
            daemon: None,
            realm: MitRealm::configured(port),
        };
        heimdal.allow_des3_in_mit();
        heimdal.create(port);
        heimdal.serve(port);
        Some(heimdal)
    }

    /// Heimdal's own initiator for `service`, and its first token.
    #[must_use]
    pub fn initiator(login: &Login<'_>, service: &str, asking: &Asking) -> Initiator {
        let mut python = command(login, "/usr/bin/python3");
        python
            .arg(clients().join("heimdal_token.py"))
            .args(asking.arguments());
        python.arg(format!("{service}@{REALM}"));
        Initiator::of_program(python)
    }

    /// Debian's MIT gives DES3 only where it is asked for by name.
    fn allow_des3_in_mit(&self) {
        let path = self.realm.path("krb5.conf");
        let text = std::fs::read_to_string(&path).expect("krb5.conf");
        let text = text
            .replace("allow_rc4 = true", "allow_rc4 = true\n allow_des3 = true")
            .replace("arcfour-hmac\n", "arcfour-hmac des3-cbc-sha1\n");
        std::fs::write(path, text).expect("a file");
    }

    fn create(&self, port: u16) {
        let directory = self.realm.directory();
        let write = |name: &str, keys: &str| {
            let text = configuration(directory, port, keys);
            std::fs::write(directory.join(name), text).expect("a file");
        };
        write("heimdal.conf", "aes256-cts-hmac-sha1-96");
        std::fs::write(directory.join("heimdal.acl"), "").expect("a file");
        let lifetimes = "--realm-max-ticket-life=unlimited";
        let renewal = "--realm-max-renewable-life=unlimited";
        self.kadmin("heimdal.conf", &["init", lifetimes, renewal, REALM]);
        for (number, enctype) in ENCTYPES {
            // A principal gets keys of all default enctypes: there is one for it alone.
            let name = format!("e{number}.conf");
            write(&name, enctype);
            self.add(&name, &format!("HTTP/e{number}.example.test"));
        }
        for name in ["alice", "bob", "HTTP/front.example.test"] {
            self.add("heimdal.conf", name);
        }
        let target = format!("--constrained-delegation=HTTP/e18.example.test@{REALM}");
        let (flags, front) = (
            "--attributes=+trusted-for-delegation",
            "HTTP/front.example.test",
        );
        self.kadmin("heimdal.conf", &["modify", &target, flags, front]);
    }

    /// A principal with a random key, and its keytab.
    fn add(&self, configuration: &str, name: &str) {
        self.kadmin(
            configuration,
            &["add", "--random-key", "--use-defaults", name],
        );
        let keytab = self.realm.keytab(name).display().to_string();
        self.kadmin(configuration, &["ext_keytab", "-k", &keytab, name]);
    }

    fn kadmin(&self, configuration: &str, arguments: &[&str]) {
        let mut kadmin = self.realm.command(program("kadmin.heimdal"));
        let kadmin = with_libraries(&mut kadmin);
        kadmin.env("KRB5_CONFIG", self.realm.path(configuration));
        run(kadmin.arg("--local").args(arguments));
    }

    fn serve(&mut self, port: u16) {
        let mut kdc = self
            .realm
            .command(root().join("usr/lib/heimdal-servers/kdc"));
        with_libraries(&mut kdc).env("KRB5_CONFIG", self.realm.path("heimdal.conf"));
        kdc.args(["--addresses=127.0.0.1", &format!("--ports={port}")]);
        let daemon = self.daemon.insert(Daemon::start(&kdc, Stdio::null()));
        let deadline = Instant::now() + Duration::from_secs(10);
        while Login::try_with_keytab(&self.realm, "bob").is_none() {
            let log = || std::fs::read_to_string(self.realm.path("kdc.log")).unwrap_or_default();
            assert!(Instant::now() < deadline && daemon.runs(), "kdc: {}", log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// A program of Heimdal's, or one that uses its libraries, with a user's credentials. What belongs to Heimdal alone
/// it reads in `heimdal.conf`, if the realm has one.
#[must_use]
pub fn command(login: &Login<'_>, program: impl AsRef<OsStr>) -> Command {
    let mut command = login.command(program);
    let own = login.realm().path("heimdal.conf");
    if own.exists() {
        command.env("KRB5_CONFIG", own);
    }
    with_libraries(&mut command);
    command
}

/// Logs in with Heimdal's kinit and the user's keytab.
///
/// # Errors
/// What it said, if there is no ticket.
pub fn kinit(login: &Login<'_>) -> Result<(), String> {
    let mut kinit = command(login, program("kinit.heimdal"));
    kinit.arg("-k").arg("-t").arg(login.keytab());
    said_if_failed(kinit.arg(login.user()))
}

/// Gets a ticket for `service` with Heimdal's kgetcred.
///
/// # Errors
/// What it said, if there is none.
pub fn kgetcred(login: &Login<'_>, service: &str) -> Result<(), String> {
    let mut kgetcred = command(login, program("kgetcred"));
    said_if_failed(kgetcred.arg(format!("{service}@{REALM}")))
}

fn said_if_failed(command: &mut Command) -> Result<(), String> {
    let output = try_run(command);
    match output.status.success() {
        true => Ok(()),
        false => Err(crate::process::said(&output)),
    }
}

/// Where a command of Heimdal's is.
#[must_use]
pub fn program(name: &str) -> PathBuf {
    root().join("usr/bin").join(name)
}

/// Where Heimdal's packages are unpacked.
fn root() -> PathBuf {
    Peer::HEIMDAL.unpacked_into().unwrap_or_default()
}

fn with_libraries(command: &mut Command) -> &mut Command {
    command.env("LD_LIBRARY_PATH", libraries())
}

/// Where its libraries are.
#[must_use]
pub fn libraries() -> PathBuf {
    root()
        .join("usr/lib")
        .join(format!("{}-linux-gnu", std::env::consts::ARCH))
}

fn configuration(directory: &Path, port: u16, keys: &str) -> String {
    let directory = directory.display();
    let enctypes: Vec<_> = ENCTYPES.iter().rev().map(|(_, name)| *name).collect();
    let enctypes = enctypes.join(" ");
    format!(
        "[libdefaults]
 default_realm = {REALM}
 dns_lookup_kdc = false
 dns_canonicalize_hostname = false
 forwardable = true
 allow_weak_crypto = true
 default_etypes = aes256-cts-hmac-sha1-96 {enctypes}

[realms]
 {REALM} = {{
  kdc = 127.0.0.1:{port}
 }}

[domain_realm]
 .example.test = {REALM}

[kdc]
 database = {{
  dbname = {directory}/heimdal
  realm = {REALM}
  mkey_file = {directory}/heimdal.mkey
  acl_file = {directory}/heimdal.acl
  log_file = {directory}/heimdal.log
 }}

[kadmin]
 default_keys = {keys}:pw-salt

[logging]
 kdc = FILE:{directory}/kdc.log
 default = FILE:{directory}/heimdal-default.log
"
    )
}
