//! Apache with mod_auth_gssapi, before a site of Django's in its own process (mod_wsgi) or as somebody's proxy.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::{answers_at, django};
use crate::http::Server;
use crate::process::Daemon;
use crate::realm::{MitRealm, free_port};

/// A running Apache.
#[derive(Debug)]
pub struct Apache {
    port: u16,
    directory: TempDir,
    _daemon: Daemon,
}

/// What Debian's packages name `mod_*.so`.
const MODULES: [&str; 14] = [
    "mpm_event",
    "alias",
    "authn_core",
    "authz_core",
    "authz_user",
    "auth_gssapi",
    "env",
    "headers",
    "proxy",
    "proxy_http",
    "session",
    "session_cookie",
    "setenvif",
    "wsgi",
];

impl Apache {
    /// Starts it with a copy of `keytab` at `PLACE/keytab`, the site at `/`, and these directives, in which `PLACE` is its
    /// directory. Its library keeps the replay cache that `replays` names, as `none:`.
    ///
    /// # Panics
    /// When it does not come up.
    #[must_use]
    pub fn start(realm: &MitRealm, keytab: &Path, replays: &str, directives: &str) -> Self {
        let directory = tempfile::Builder::new().prefix("portcullis-").tempdir();
        let directory = directory.expect("a directory");
        let place = directory.path();
        // It becomes another user when it is started as root.
        fs::set_permissions(place, Permissions::from_mode(0o777)).expect("ours");
        copy(keytab, &place.join("keytab"));
        copy(&realm.path("krb5.conf"), &place.join("krb5.conf"));
        for name in ["guarded_site.py", "remote_user.py"] {
            copy(&django::modules().join(name), &place.join(name));
        }
        let wsgi = "from guarded_site import application\n";
        fs::write(place.join("site.wsgi"), wsgi).expect("a file");
        fs::write(place.join("static"), "a file\n").expect("a file");
        let port = free_port();
        let file = place.join("apache.conf");
        fs::write(&file, configuration(place, port, directives)).expect("a file");
        let mut command = realm.command("/usr/sbin/apache2");
        command
            .env("KRB5_CONFIG", place.join("krb5.conf"))
            .env(
                "KRB5RCACHENAME",
                replays.replace("PLACE", &place.display().to_string()),
            )
            .env("GUARDED_SITE", place)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .current_dir(place)
            .args(["-D", "FOREGROUND", "-f"])
            .arg(&file);
        let mut daemon = Daemon::start(&command, Stdio::null());
        answers_at(&mut daemon, port, &place.join("error.log"));
        Self {
            port,
            directory,
            _daemon: daemon,
        }
    }

    /// As clients see it.
    #[must_use]
    pub const fn server(&self) -> Server {
        Server::at(self.port)
    }

    /// The process that the others are children of.
    ///
    /// # Panics
    /// When it does not soon say which.
    #[must_use]
    pub fn pid(&self) -> u32 {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let text = fs::read_to_string(self.directory.path().join("pid"));
            if let Some(pid) = text.ok().and_then(|text| text.trim().parse().ok()) {
                return pid;
            }
            assert!(Instant::now() < deadline, "{}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// What it said so far.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.directory.path().join("error.log")).unwrap_or_default()
    }
}

fn copy(from: &Path, to: &PathBuf) {
    fs::copy(from, to).expect("a copy");
    fs::set_permissions(to, Permissions::from_mode(0o644)).expect("ours");
}

fn configuration(place: &Path, port: u16, directives: &str) -> String {
    let modules = MODULES
        .map(|name| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"));
    let text = format!("{}{CONFIGURATION}{directives}\n", modules.concat());
    text.replace("PLACE", &place.display().to_string())
        .replace("PORT", &port.to_string())
}

const CONFIGURATION: &str = r#"
Listen 127.0.0.1:PORT
ServerName web.example.test
ServerRoot PLACE
PidFile PLACE/pid
ErrorLog PLACE/error.log
DefaultRuntimeDir PLACE
Mutex sem
User www-data
Group www-data
StartServers 1
ServerLimit 1
ThreadsPerChild 64
MaxRequestWorkers 64
KeepAlive On
MaxKeepAliveRequests 0
LimitRequestFieldSize 65536
WSGIPythonPath PLACE
Alias /static PLACE/static
WSGIScriptAlias / PLACE/site.wsgi
<Directory PLACE>
  Require all granted
</Directory>
"#;
