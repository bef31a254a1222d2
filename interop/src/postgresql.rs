//! A real PostgreSQL server on loopback that takes users by GSS-API alone, in a directory of its own.

use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::login::Login;
use crate::process::{Daemon, run, try_run};
use crate::realm::{MitRealm, REALM};

/// Debian's account for it: the server does not run as root.
const ACCOUNT: &str = "postgres";

/// A running server. Its database users are alice and bob; whoever comes over TCP is whom GSS-API names.
#[derive(Debug)]
pub struct PostgreSql {
    /// The port on loopback.
    pub port: u16,
    daemon: Daemon,
    directory: TempDir,
}

impl PostgreSql {
    /// Starts it with the keys of `service`, which clients ask for by `krbsrvname` and `host`.
    ///
    /// # Panics
    /// When it does not come up.
    #[must_use]
    pub fn start(realm: &MitRealm, service: &str) -> Self {
        let directory = tempfile::Builder::new().prefix("portcullis-").tempdir();
        let directory = directory.expect("a directory");
        let files = [
            (realm.path("krb5.conf"), "krb5.conf"),
            (realm.keytab(service), "keytab"),
        ];
        for (file, name) in files {
            fs::copy(file, directory.path().join(name)).expect("a copy");
        }
        hand_over(directory.path());
        let data = directory.path().join("data");
        let initdb = as_account(&program("initdb"), directory.path());
        run(with(
            initdb,
            &["--no-sync", "--auth=trust", "--username=postgres", "-D"],
        )
        .arg(&data));
        let port = free_port();
        configure(&data, directory.path(), port);
        let mut server = as_account(&program("postgres"), directory.path());
        let daemon = Daemon::start(server.arg("-D").arg(&data), Stdio::null());
        let server = Self {
            port,
            daemon,
            directory,
        };
        server.answers()
    }

    /// What psql says when `login` wants to be the database's `user`; its credentials are `ccache`.
    #[must_use]
    pub fn psql(
        &self,
        login: &Login<'_>,
        ccache: &std::ffi::OsStr,
        user: &str,
        more: &str,
        query: &str,
    ) -> Output {
        let mut psql = login.command("psql");
        let port = self.port;
        psql.env("KRB5CCNAME", ccache).arg(format!(
            "host=e18.example.test hostaddr=127.0.0.1 port={port} dbname=postgres krbsrvname=HTTP user={user} {more}"
        ));
        try_run(psql.args(["--no-psqlrc", "-At", "-c", query]))
    }

    /// Waits for it, and makes the users.
    fn answers(mut self) -> Self {
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            let mut psql = as_account(Path::new("psql"), self.directory.path());
            let socket = format!(
                "host={} port={} user=postgres",
                self.directory.path().display(),
                self.port
            );
            let users = "create role alice login; create role bob login";
            let output = try_run(psql.args([socket.as_str(), "--no-psqlrc", "-c", users]));
            if output.status.success() {
                return self;
            }
            assert!(
                self.daemon.runs() && Instant::now() < end,
                "PostgreSQL: {}",
                crate::process::said(&output)
            );
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

fn configure(data: &Path, directory: &Path, port: u16) {
    let place = directory.display();
    let settings = format!(
        "listen_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = '{place}'\n\
         krb_server_keyfile = 'FILE:{place}/keytab'\nfsync = off\n"
    );
    let rules = format!(
        "local all all trust\n\
         hostgssenc all all 127.0.0.1/32 gss include_realm=0 krb_realm={REALM}\n\
         hostnogssenc all all 127.0.0.1/32 gss include_realm=0 krb_realm={REALM}\n"
    );
    fs::write(data.join("postgresql.auto.conf"), settings).expect("a setting");
    fs::write(data.join("pg_hba.conf"), rules).expect("a rule");
}

/// A program of the newest version that is installed.
fn program(name: &str) -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let programs = versions.map(|version| version.path().join("bin").join(name));
    let newest = programs.filter(|path| path.exists()).max();
    newest.unwrap_or_else(|| panic!("no {name} of PostgreSQL"))
}

fn am_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|myself| myself.uid() == 0)
}

/// Makes the directory the account's, if we are root.
fn hand_over(directory: &Path) {
    fs::set_permissions(directory, Permissions::from_mode(0o700)).expect("ours");
    if !am_root() {
        return;
    }
    let number = |option| {
        run(Command::new("id").args([option, ACCOUNT]))
            .trim()
            .parse()
            .ok()
    };
    let (user, group) = (number("-u"), number("-g"));
    let entries = fs::read_dir(directory).expect("ours").flatten();
    for path in entries
        .map(|entry| entry.path())
        .chain([directory.to_owned()])
    {
        chown(path, user, group).expect("we are root");
    }
}

/// A command of the server's side: under its account if we are root, and with its own configuration.
fn as_account(program: &Path, directory: &Path) -> Command {
    let mut command = match am_root() {
        true => {
            let mut setpriv = Command::new("setpriv");
            let user = [format!("--reuid={ACCOUNT}"), format!("--regid={ACCOUNT}")];
            setpriv.args(user).arg("--clear-groups").arg(program);
            setpriv
        }
        false => Command::new(program),
    };
    command
        .current_dir(directory)
        .env("KRB5_CONFIG", directory.join("krb5.conf"))
        .env("KRB5RCACHENAME", "none:")
        .env("LC_ALL", "C.UTF-8");
    command
}

fn with(mut command: Command, arguments: &[&str]) -> Command {
    command.args(arguments);
    command
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port on loopback");
    listener.local_addr().expect("bound").port()
}
