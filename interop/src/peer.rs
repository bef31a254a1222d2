//! The programs that we are tested against: what they are called, how one sees that they are here, and which
//! Debian packages bring them.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where the packages of a peer are unpacked that cannot be installed.
macro_rules! unpacked {
    ($name:literal) => {
        concat!(env!("CARGO_MANIFEST_DIR"), "/../target/peers/", $name)
    };
}

/// A program that is not ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Peer {
    /// What a skipped test says is missing.
    pub name: &'static str,
    /// The Debian packages that bring it.
    pub packages: &'static [&'static str],
    /// A program and its arguments that succeed when the peer is here.
    probe: &'static [&'static str],
}

impl Peer {
    /// MIT's KDC and command-line clients.
    pub const MIT: Self = Self {
        name: "MIT krb5",
        packages: &["krb5-kdc", "krb5-admin-server", "krb5-user"],
        probe: &[
            "/bin/sh",
            "-c",
            "test -x /usr/sbin/krb5kdc -a -x /usr/sbin/kadmin.local -a -x /usr/bin/kvno",
        ],
    };
    /// MIT's libraries for programs in C, and a compiler.
    pub const MIT_DEVELOPMENT: Self = Self {
        name: "libkrb5-dev",
        packages: &["libkrb5-dev", "gcc", "libc6-dev"],
        probe: &[
            "/bin/sh",
            "-c",
            "test -f /usr/include/gssapi/gssapi.h -a -f /usr/include/krb5.h && cc --version",
        ],
    };
    /// MIT's GSS-API library, driven from Python.
    pub const PYTHON_GSSAPI: Self = Self {
        name: "python3-gssapi",
        packages: &["python3-gssapi"],
        probe: &["/usr/bin/python3", "-c", "import gssapi.raw"],
    };
    /// requests-kerberos.
    pub const REQUESTS_KERBEROS: Self = Self {
        name: "python3-requests-kerberos",
        packages: &["python3-requests-kerberos"],
        probe: &["/usr/bin/python3", "-c", "import requests_kerberos"],
    };
    /// curl, built with GSS-API as Debian does.
    pub const CURL: Self = Self {
        name: "curl",
        packages: &["curl"],
        probe: &["/bin/sh", "-c", "/usr/bin/curl --version | grep -q GSS-API"],
    };
    /// strace, which tells what a program asks of the system.
    pub const STRACE: Self = Self {
        name: "strace",
        packages: &["strace"],
        probe: &["/usr/bin/strace", "-e", "trace=none", "/bin/true"],
    };
    /// OpenJDK 17: its compiler and its own Kerberos.
    pub const JAVA: Self = Self {
        name: "OpenJDK 17",
        packages: &["openjdk-17-jdk-headless"],
        probe: &["javac", "-version"],
    };
    /// gokrb5, compiled with Debian's Go.
    pub const GOKRB5: Self = Self {
        name: "gokrb5",
        packages: &["golang-go", "golang-github-jcmturner-gokrb5.v8-dev"],
        probe: &[
            "/bin/sh",
            "-c",
            "test -d /usr/share/gocode/src/github.com/jcmturner/gokrb5/v8 && go version",
        ],
    };

    /// The sample client of MIT krb5.
    pub const GSS_CLIENT: Self = Self {
        name: "gss-client",
        packages: &["krb5-gss-samples"],
        probe: &["/bin/sh", "-c", "test -x /usr/bin/gss-client"],
    };
    /// The sample client of Cyrus SASL, with MIT's GSS-API.
    pub const CYRUS_SASL: Self = Self {
        name: "sasl-sample-client",
        packages: &["sasl2-bin", "libsasl2-modules-gssapi-mit"],
        probe: &[
            "/bin/sh",
            "-c",
            "test -x /usr/bin/sasl-sample-client && ls /usr/lib/*/sasl2/libgssapiv2.so",
        ],
    };
    /// OpenLDAP's command-line clients.
    pub const LDAP_UTILS: Self = Self {
        name: "ldapwhoami",
        packages: &["ldap-utils"],
        probe: &["/bin/sh", "-c", "test -x /usr/bin/ldapwhoami"],
    };
    /// Samba's GENSEC, driven from Python.
    pub const SAMBA_GENSEC: Self = Self {
        name: "python3-samba",
        packages: &["python3-samba"],
        probe: &["/usr/bin/python3", "-c", "import samba.gensec"],
    };
    /// PostgreSQL's command-line client.
    pub const PSQL: Self = Self {
        name: "psql",
        packages: &["postgresql-client"],
        probe: &["psql", "--version"],
    };

    /// PostgreSQL's server, and what starts it under its own account.
    pub const POSTGRESQL: Self = Self {
        name: "PostgreSQL",
        packages: &["postgresql", "util-linux"],
        probe: &[
            "/bin/sh",
            "-c",
            "ls /usr/lib/postgresql/*/bin/initdb && setpriv --version && id postgres",
        ],
    };

    /// OpenLDAP's server.
    pub const SLAPD: Self = Self {
        name: "slapd",
        packages: &["slapd", "ldap-utils", "openssl"],
        probe: &[
            "/bin/sh",
            "-c",
            "test -x /usr/sbin/slapd -a -x /usr/bin/ldapadd -a -x /usr/bin/openssl && ls /usr/lib/ldap/memberof.so",
        ],
    };
    /// Redis.
    pub const REDIS: Self = Self {
        name: "Redis",
        packages: &["redis-server"],
        probe: &["/usr/bin/redis-server", "--version"],
    };

    /// nginx, with `auth_request`.
    pub const NGINX: Self = Self {
        name: "nginx",
        packages: &["nginx-light"],
        probe: &[
            "/bin/sh",
            "-c",
            "/usr/sbin/nginx -V 2>&1 | grep -q auth_request",
        ],
    };
    /// Caddy.
    pub const CADDY: Self = Self {
        name: "Caddy",
        packages: &["caddy"],
        probe: &["/usr/bin/caddy", "version"],
    };
    /// HAProxy.
    pub const HAPROXY: Self = Self {
        name: "HAProxy",
        packages: &["haproxy"],
        probe: &["/usr/sbin/haproxy", "-v"],
    };
    /// Django, gunicorn below it, and what it asks PostgreSQL with.
    pub const DJANGO: Self = Self {
        name: "Django",
        packages: &["python3-django", "gunicorn", "python3-psycopg2"],
        probe: &[
            "/bin/sh",
            "-c",
            "test -x /usr/bin/gunicorn && /usr/bin/python3 -c 'import django, psycopg2'",
        ],
    };
    /// Apache with mod_auth_gssapi and mod_wsgi.
    pub const APACHE: Self = Self {
        name: "Apache",
        packages: &[
            "apache2",
            "libapache2-mod-auth-gssapi",
            "libapache2-mod-wsgi-py3",
        ],
        probe: &[
            "/bin/sh",
            "-c",
            "cd /usr/lib/apache2/modules && test -x /usr/sbin/apache2 && ls mod_auth_gssapi.so mod_wsgi.so",
        ],
    };
    /// Chromium without a screen.
    pub const CHROMIUM: Self = Self {
        name: "Chromium",
        packages: &["chromium-headless-shell"],
        probe: &["/bin/sh", "-c", "test -x /usr/bin/chromium-headless-shell"],
    };
    /// Firefox.
    pub const FIREFOX: Self = Self {
        name: "Firefox",
        packages: &["firefox-esr"],
        probe: &["/bin/sh", "-c", "test -x /usr/bin/firefox-esr"],
    };

    /// Samba's Active Directory domain controller, and its Python modules.
    pub const SAMBA_AD: Self = Self {
        name: "Samba AD DC",
        // The last two are only recommended by the first, and a domain needs both.
        packages: &[
            "samba",
            "python3-samba",
            "samba-ad-provision",
            "samba-dsdb-modules",
        ],
        probe: &[
            "/bin/sh",
            "-c",
            "test -x /usr/sbin/samba -a -d /usr/share/samba/setup && ls /usr/lib/*/samba/ldb/acl.so && \
             /usr/bin/python3 -c 'import samba.dckeytab'",
        ],
    };

    /// Heimdal's KDC, clients and libraries, unpacked beside MIT's, which its packages would replace.
    pub const HEIMDAL: Self = Self {
        name: "Heimdal",
        packages: &[
            "heimdal-kdc",
            "heimdal-clients",
            "libasn1-8-heimdal",
            "libbsd0",
            "libedit2",
            "libgssapi3-heimdal",
            "libhcrypto5-heimdal",
            "libhdb9-heimdal",
            "libheimbase1-heimdal",
            "libheimntlm0-heimdal",
            "libhx509-5-heimdal",
            "libkadm5clnt7-heimdal",
            "libkadm5srv8-heimdal",
            "libkafs0-heimdal",
            "libkdc2-heimdal",
            "libkrb5-26-heimdal",
            "libmd0",
            "libotp0-heimdal",
            "libroken19-heimdal",
            "libsl0-heimdal",
            "libwind0-heimdal",
        ],
        probe: &[
            "/bin/sh",
            "-c",
            concat!(
                "cd ",
                unpacked!("heimdal"),
                "/usr && test -x lib/heimdal-servers/kdc -a -x bin/kinit.heimdal && ls lib/*/libgssapi.so.3"
            ),
        ],
    };

    /// All of them.
    pub const ALL: [Self; 25] = [
        Self::MIT,
        Self::MIT_DEVELOPMENT,
        Self::PYTHON_GSSAPI,
        Self::REQUESTS_KERBEROS,
        Self::CURL,
        Self::STRACE,
        Self::JAVA,
        Self::GOKRB5,
        Self::GSS_CLIENT,
        Self::CYRUS_SASL,
        Self::SAMBA_AD,
        Self::HEIMDAL,
        Self::LDAP_UTILS,
        Self::SAMBA_GENSEC,
        Self::PSQL,
        Self::POSTGRESQL,
        Self::REDIS,
        Self::SLAPD,
        Self::NGINX,
        Self::CADDY,
        Self::HAPROXY,
        Self::DJANGO,
        Self::APACHE,
        Self::CHROMIUM,
        Self::FIREFOX,
    ];

    /// Where its packages are to be unpacked, if they cannot be installed beside those of other peers.
    #[must_use]
    pub fn unpacked_into(self) -> Option<PathBuf> {
        (self == Self::HEIMDAL).then(|| unpacked!("heimdal").into())
    }

    /// Whether it is installed.
    #[must_use]
    pub fn is_here(self) -> bool {
        let Some((program, arguments)) = self.probe.split_first() else {
            return false;
        };
        Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }
}

/// Whether all of `peers` are here. If not, says that the running test is skipped and why; the test then returns.
///
/// # Panics
/// With `CI=true`, when a peer is missing: there nothing may be skipped.
#[must_use]
pub fn present(peers: &[Peer]) -> bool {
    for peer in peers {
        if !peer.is_here() {
            let packages = peer.packages.join(" ");
            skip(&format!("{} is not here (Debian: {packages})", peer.name));
            return false;
        }
    }
    true
}

/// Whether `program`, which this workspace builds, is there; if not, says that the running test is skipped.
///
/// # Panics
/// With `CI=true`, when it is not.
#[must_use]
pub fn built(program: &Path) -> bool {
    let there = program.exists();
    if !there {
        skip(&format!("{} is not built", program.display()));
    }
    there
}

/// Says that the running test is skipped: on standard error, and in the file that `PORTCULLIS_SKIPS` names, so that
/// `cargo xtask test` can repeat it in its summary.
fn skip(reason: &str) {
    let test = running_test();
    assert!(
        std::env::var_os("CI").is_none_or(|ci| ci != "true"),
        "{test}: {reason}"
    );
    eprintln!("skipped: {test}: {reason}");
    if let Some(path) = std::env::var_os("PORTCULLIS_SKIPS") {
        let file = OpenOptions::new().append(true).create(true).open(path);
        let _ = file.and_then(|mut file| writeln!(file, "{test}: {reason}"));
    }
}

/// nextest says it by environment; libtest names the thread after the test.
fn running_test() -> String {
    let thread = std::thread::current();
    std::env::var("NEXTEST_TEST_NAME")
        .unwrap_or_else(|_| thread.name().unwrap_or("a test").to_owned())
}
