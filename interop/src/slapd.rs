//! An OpenLDAP server of the test's own, with users, groups, and the overlay `memberof`.

use std::fmt::Write as _;
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::process::{Daemon, run};
use crate::realm::free_port;

/// The top of the directory.
pub const TOP: &str = "dc=example,dc=test";
/// An account that may do everything.
pub const ADMIN: &str = "cn=admin,dc=example,dc=test";
/// Its password.
pub const PASSWORD: &str = "sesame";

/// A running `slapd` on loopback, with `ou=people` and `ou=groups`.
#[derive(Debug)]
pub struct Slapd {
    port: u16,
    tls_port: u16,
    daemon: Option<Daemon>,
    directory: TempDir,
}

impl Slapd {
    /// Starts it with these groups and users of theirs.
    ///
    /// # Panics
    /// When it does not come up, or does not take the entries.
    #[must_use]
    pub fn start(users: &[&str], groups: &[(&str, &[&str])]) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let mut slapd = Self {
            port: free_port(),
            tls_port: free_port(),
            daemon: None,
            directory,
        };
        std::fs::create_dir(slapd.path("data")).expect("a directory");
        slapd.make_certificate();
        std::fs::write(slapd.path("slapd.conf"), slapd.configuration()).expect("a file");
        slapd.restart();
        slapd.add(&entries(users, groups));
        slapd
    }

    /// Ends it.
    pub fn stop(&mut self) {
        self.daemon = None;
    }

    /// Starts it again, with what is in it.
    ///
    /// # Panics
    /// When it does not come up within ten seconds.
    pub fn restart(&mut self) {
        self.stop();
        let mut command = Command::new("/usr/sbin/slapd");
        let (clear, tls) = (self.url(), self.tls_url());
        command.args(["-d", "0", "-h", &format!("{clear} {tls}"), "-f"]);
        command.arg(self.path("slapd.conf"));
        self.daemon = Some(Daemon::start(&command, Stdio::null()));
        let deadline = Instant::now() + Duration::from_secs(10);
        while TcpStream::connect(("127.0.0.1", self.tls_port)).is_err() {
            assert!(Instant::now() < deadline, "slapd does not come up");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Adds entries in LDIF.
    ///
    /// # Panics
    /// When it does not take them.
    pub fn add(&self, ldif: &str) {
        let file = self.path("new.ldif");
        std::fs::write(&file, ldif).expect("a file");
        let mut command = Command::new("/usr/bin/ldapadd");
        command.args(["-x", "-H", &self.url(), "-D", ADMIN, "-w", PASSWORD, "-f"]);
        run(command.arg(file));
    }

    /// Where it is without TLS, and with STARTTLS.
    #[must_use]
    pub fn url(&self) -> String {
        format!("ldap://localhost:{}", self.port)
    }

    /// Where it is with TLS.
    #[must_use]
    pub fn tls_url(&self) -> String {
        format!("ldaps://localhost:{}", self.tls_port)
    }

    /// The certificate of the authority that it has one of, in DER.
    ///
    /// # Panics
    /// When it cannot be read.
    #[must_use]
    pub fn authority(&self) -> Vec<u8> {
        std::fs::read(self.path("ca.der")).expect("a certificate")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn make_certificate(&self) {
        let script = "\
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ca.key -out ca.pem \
              -days 2 -subj /CN=authority -addext basicConstraints=critical,CA:TRUE && \
            openssl x509 -in ca.pem -outform DER -out ca.der && \
            openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out req.pem \
              -subj /CN=localhost && \
            echo subjectAltName=DNS:localhost > names && \
            openssl x509 -req -in req.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names \
              -out cert.pem";
        let mut command = Command::new("/bin/sh");
        run(command
            .args(["-c", script])
            .current_dir(self.directory.path()));
    }

    fn configuration(&self) -> String {
        let directory = self.directory.path().display();
        format!(
            "include /etc/ldap/schema/core.schema\n\
             include /etc/ldap/schema/cosine.schema\n\
             include /etc/ldap/schema/inetorgperson.schema\n\
             modulepath /usr/lib/ldap\n\
             moduleload back_mdb\n\
             moduleload memberof\n\
             TLSCACertificateFile {directory}/ca.pem\n\
             TLSCertificateFile {directory}/cert.pem\n\
             TLSCertificateKeyFile {directory}/key.pem\n\
             database mdb\n\
             maxsize 10485760\n\
             suffix {TOP}\n\
             rootdn {ADMIN}\n\
             rootpw {PASSWORD}\n\
             directory {directory}/data\n\
             access to * by users read by anonymous auth\n\
             overlay memberof\n"
        )
    }
}

fn entries(users: &[&str], groups: &[(&str, &[&str])]) -> String {
    let mut ldif = format!("dn: {TOP}\nobjectClass: domain\ndc: example\n");
    for unit in ["people", "groups"] {
        let entry = format!("dn: ou={unit},{TOP}\nobjectClass: organizationalUnit\nou: {unit}\n");
        write!(ldif, "\n{entry}").expect("a string");
    }
    for user in users {
        let dn = format!("dn: uid={user},ou=people,{TOP}");
        let entry = format!("objectClass: inetOrgPerson\nuid: {user}\ncn: {user}\nsn: {user}");
        write!(ldif, "\n{dn}\n{entry}\n").expect("a string");
    }
    for (group, members) in groups {
        let entry = format!("dn: {group}\nobjectClass: groupOfNames");
        write!(ldif, "\n{entry}\n").expect("a string");
        for member in *members {
            writeln!(ldif, "member: uid={member},ou=people,{TOP}").expect("a string");
        }
    }
    ldif
}
