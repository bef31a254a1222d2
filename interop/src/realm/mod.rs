//! An MIT KDC with two realms that trust each other: EXAMPLE.TEST, where the services are, and OTHER.TEST.
//!
//! | principal | key | session key |
//! | --- | --- | --- |
//! | `HTTP/eN.example.test` | enctype N alone | aes256-sha1 (MIT's choice whatever the service's key is) |
//! | `HTTP/sN.example.test` | enctype 18 | enctype N |
//! | `HTTP/bN.example.test` | enctype N | enctype N |
//! | `ldap/localhost` | enctype 18, under a name that resolves, which OpenLDAP's clients want | aes256-sha1 |
//! | `HTTP/rotated.example.test` | enctype 18, kvno 1, and 2 after [`MitRealm::rotate`] | aes256-sha1 |
//!
//! Users: `alice`, `bob` in EXAMPLE.TEST, `carol` in OTHER.TEST; and `dora` in EXAMPLE.TEST, who must prove herself
//! to the KDC, does so by SPAKE, and has [`SPAKE_INDICATOR`] in her tickets. All keys are random and differ from realm to
//! realm, so a request that reaches another test's KDC fails instead of passing by chance.

mod configuration;
mod database;

use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::login::Login;
use crate::process::Daemon;

/// The realm of the services, of alice and of bob.
pub const REALM: &str = "EXAMPLE.TEST";
/// The realm of carol.
pub const OTHER_REALM: &str = "OTHER.TEST";
/// The authentication indicator of those who logged in by SPAKE (RFC 9588).
pub const SPAKE_INDICATOR: &str = "spake";
/// The enctypes of which there is a service each, with the names that MIT gives them.
pub const ENCTYPES: [(u8, &str); 5] = [
    (17, "aes128-cts-hmac-sha1-96"),
    (18, "aes256-cts-hmac-sha1-96"),
    (19, "aes128-cts-hmac-sha256-128"),
    (20, "aes256-cts-hmac-sha384-192"),
    (23, "arcfour-hmac"),
];
/// More enctypes, of which there is a service `HTTP/bN` each: those that differ in messages alone.
pub const MORE_ENCTYPES: [(u8, &str); 3] = [
    (16, "des3-cbc-sha1"),
    (25, "camellia128-cts-cmac"),
    (26, "camellia256-cts-cmac"),
];

static JOINED: AtomicUsize = AtomicUsize::new(0);

/// A running KDC and all that it needs.
#[derive(Debug)]
pub struct MitRealm {
    directory: TempDir,
    kdc: Option<Daemon>,
}

impl MitRealm {
    /// Makes the databases and keytabs and starts the KDC.
    ///
    /// # Panics
    /// When it does not come up; the message has the KDC's log.
    #[must_use]
    pub fn start() -> Self {
        let mut realm = Self::configured(free_port());
        database::create(&realm);
        for _ in 0..5 {
            realm.kdc = Some(realm.start_kdc());
            if realm.answers() {
                return realm;
            }
            // Somebody took the port between our look and the KDC's.
            configuration::write(realm.directory.path(), free_port());
        }
        panic!("the KDC does not answer:\n{}", realm.log());
    }

    /// A realm whose KDC somebody else will run on `port`, configured for clients, without keytabs.
    pub(crate) fn configured(port: u16) -> Self {
        let directory = tempfile::Builder::new()
            .prefix("portcullis-")
            .tempdir()
            .expect("a directory");
        configuration::write(directory.path(), port);
        Self::of_another_kdc(directory)
    }

    /// A realm whose KDC somebody else runs: `directory` has its `krb5.conf`, and a keytab for each principal where
    /// [`MitRealm::keytab`] looks for it.
    #[must_use]
    pub fn of_another_kdc(directory: TempDir) -> Self {
        Self {
            directory,
            kdc: None,
        }
    }

    /// A user with a ticket-granting ticket: `alice`, `bob` or `carol@OTHER.TEST`.
    #[must_use]
    pub fn login(&self, user: &str) -> Login<'_> {
        Login::with_keytab(self, user)
    }

    /// The keytab of a service or user, by its name without the realm (`HTTP/e18.example.test`).
    #[must_use]
    pub fn keytab(&self, name: &str) -> PathBuf {
        self.path(&format!("{}.keytab", name.replace(['/', '@'], "_")))
    }

    /// One keytab with the keys of all `services`.
    ///
    /// # Panics
    /// When a keytab cannot be read or written.
    #[must_use]
    pub fn joined_keytab(&self, services: &[&str]) -> PathBuf {
        // A keytab is a version of two octets, then entries.
        let mut all = vec![5, 2];
        for service in services {
            let keytab = std::fs::read(self.keytab(service)).expect("a keytab");
            all.extend_from_slice(&keytab[2..]);
        }
        let joined = self.path(&format!(
            "{}.keytab",
            JOINED.fetch_add(1, Ordering::Relaxed)
        ));
        std::fs::write(&joined, all).expect("a file");
        joined
    }

    /// Gives `HTTP/rotated.example.test` a new key, keeps the old one, and writes both to a new keytab.
    pub fn rotate(&self) -> PathBuf {
        database::rotate(self, "HTTP/rotated.example.test")
    }

    /// Gives a user a password, whose keytab then is out of date.
    pub fn set_password(&self, user: &str, password: &str) {
        database::administer(self, user, &format!("cpw -pw {password} {user}"));
    }

    /// Changes a user's entry in the database, by the options of `modify_principal`.
    pub fn modify(&self, user: &str, options: &str) {
        database::administer(self, user, &format!("modprinc {options} {user}"));
    }

    /// The KDC's host and port.
    ///
    /// # Panics
    /// When the configuration cannot be read.
    #[must_use]
    pub fn kdc_address(&self) -> String {
        let configuration = std::fs::read_to_string(self.path("krb5.conf")).expect("a file");
        let (_, address) = configuration.split_once("  kdc = ").expect("a KDC");
        let address = address.split_whitespace().next().expect("an address");
        address.to_owned()
    }

    /// A command that has this realm's configuration, no credentials and no replay cache of its own.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env("KRB5_CONFIG", self.path("krb5.conf"))
            .env("KRB5_KDC_PROFILE", self.path("kdc.conf"))
            .env(
                "KRB5CCNAME",
                format!("FILE:{}", self.path("no.ccache").display()),
            )
            .env("KRB5RCACHENAME", "none:")
            .env("KRB5_TRACE", "/dev/null")
            .env("LC_ALL", "C.UTF-8")
            .current_dir(self.directory.path());
        command
    }

    /// A path below the realm's directory.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// The realm's directory.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    fn start_kdc(&self) -> Daemon {
        let mut command = self.command("/usr/sbin/krb5kdc");
        command.args(["-n", "-r", REALM, "-r", OTHER_REALM]);
        Daemon::start(&command, Stdio::null())
    }

    fn answers(&mut self) -> bool {
        let deadline = Instant::now() + Duration::from_secs(10);
        while Instant::now() < deadline && self.kdc.as_mut().is_some_and(Daemon::runs) {
            if self.log().contains("commencing operation") {
                return Login::try_with_keytab(self, "bob").is_some();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        false
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.path("kdc.log")).unwrap_or_default()
    }
}

/// A port of loopback that nobody has, on TCP and UDP.
pub(crate) fn free_port() -> u16 {
    loop {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port on loopback");
        let port = listener.local_addr().expect("bound").port();
        if UdpSocket::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
