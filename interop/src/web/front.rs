//! Proxies with TLS before an application, configured as the recipes say but for addresses and files.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::answers_at;
use crate::http::Server;
use crate::process::Daemon;
use crate::realm::free_port;
use crate::to_base64;

/// What nginx, Apache, HAProxy and Envoy show their clients. Nobody verifies it.
const CERTIFICATE: &[u8] = include_bytes!("../../../crates/http/tests/tls_server/web.cert.der");
const KEY: &[u8] = include_bytes!("../../../crates/http/tests/tls_server/web.key.der");

/// A running proxy.
#[derive(Debug)]
pub struct Front {
    pub(super) port: u16,
    _directory: TempDir,
    _daemon: Daemon,
}

/// What stands in a recipe, and what stands in its place here.
#[derive(Debug, Clone, Copy)]
pub struct Recipe<'r> {
    /// The block of the page.
    pub text: &'r str,
    /// For `web.example.test`.
    pub host: &'r str,
    /// Where the daemon listens, for 4180.
    pub daemon: u16,
    /// Where the application listens, for 8000.
    pub application: u16,
}

impl Recipe<'_> {
    /// The text with what is here, for a proxy that is at `port` and has its files at `place` in the place of `files`.
    fn adapted(&self, port: u16, place: &Path, files: &str) -> String {
        self.text
            .replace("4180", "DAEMON")
            .replace("8000", "APPLICATION")
            .replace(" :443 ", &format!(" 127.0.0.1:{port} "))
            .replace("*:443", &format!("127.0.0.1:{port}"))
            .replace("listen 443 ", &format!("listen 127.0.0.1:{port} "))
            .replace("port_value: 443", &format!("port_value: {port}"))
            .replace("DAEMON", &self.daemon.to_string())
            .replace("APPLICATION", &self.application.to_string())
            .replace("web.example.test", self.host)
            .replace(files, &place.display().to_string())
    }
}

impl Front {
    /// Starts Caddy, with a certificate that it makes up.
    ///
    /// # Panics
    /// When it does not come up.
    #[must_use]
    pub fn caddy(recipe: &Recipe<'_>) -> Self {
        Self::start("Caddyfile", |place, port| {
            let text = recipe.adapted(port, place, "/etc/caddy");
            let text = format!("{}\n{text}", CADDY.replace("PORT", &port.to_string()));
            let mut command = Command::new("/usr/bin/caddy");
            command
                .args(["run", "--adapter", "caddyfile", "--config"])
                .arg(place.join("Caddyfile"))
                .env("HOME", place)
                .env("XDG_CONFIG_HOME", place)
                .env("XDG_DATA_HOME", place);
            (text, command)
        })
    }

    /// Starts HAProxy. Scripts that the recipe has in `/usr/share/haproxy` are in `scripts`.
    ///
    /// # Panics
    /// When it does not come up.
    #[must_use]
    pub fn haproxy(recipe: &Recipe<'_>, scripts: &Path) -> Self {
        Self::start("haproxy.cfg", |place, port| {
            certify(place);
            let text = recipe.adapted(port, place, "/etc/haproxy");
            let text = text.replace("/usr/share/haproxy", &scripts.display().to_string());
            let mut command = Command::new("/usr/sbin/haproxy");
            command.args(["-db", "-f"]).arg(place.join("haproxy.cfg"));
            (text, command)
        })
    }

    /// Starts nginx.
    ///
    /// # Panics
    /// When it does not come up.
    #[must_use]
    pub fn nginx(recipe: &Recipe<'_>) -> Self {
        Self::start("nginx.conf", |place, port| {
            certify(place);
            nginx_with(place, &recipe.adapted(port, place, "/etc/nginx"))
        })
    }

    /// Starts Apache.
    ///
    /// # Panics
    /// When it does not come up.
    #[must_use]
    pub fn apache(recipe: &Recipe<'_>) -> Self {
        Self::start("apache.conf", |place, port| {
            certify(place);
            let text = recipe.adapted(port, place, "/etc/apache2");
            let modules = APACHE_MODULES.map(|name| {
                format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n")
            });
            let own = APACHE
                .replace("PLACE", &place.display().to_string())
                .replace("PORT", &port.to_string());
            let mut command = Command::new("/usr/sbin/apache2");
            command
                .args(["-D", "FOREGROUND", "-f"])
                .arg(place.join("apache.conf"));
            (modules.concat() + &own + &text, command)
        })
    }

    /// Starts Envoy, the program at `envoy`.
    ///
    /// # Panics
    /// When it does not come up.
    #[must_use]
    pub fn envoy(recipe: &Recipe<'_>, envoy: &Path) -> Self {
        Self::start("envoy.yaml", |place, port| {
            certify(place);
            // A port that is not 443 is part of the name.
            let host = format!("\"{}\"", recipe.host);
            let named = format!("\"{}:{port}\"", recipe.host);
            let text = recipe.adapted(port, place, "/etc/envoy");
            let text = text.replace(&host, &named).replace("0.0.0.0", "127.0.0.1");
            let mut command = Command::new(envoy);
            command
                .args([
                    "--use-dynamic-base-id",
                    "--concurrency",
                    "1",
                    "--config-path",
                ])
                .arg(place.join("envoy.yaml"));
            (text, command)
        })
    }

    /// Starts Traefik, the program at `traefik`, with a certificate that it makes up.
    ///
    /// # Panics
    /// When it does not come up.
    #[must_use]
    pub fn traefik(recipe: &Recipe<'_>, traefik: &Path) -> Self {
        let front = Self::start("dynamic.yaml", |place, port| {
            let file = place.join("dynamic.yaml");
            let mut command = Command::new(traefik);
            command
                .arg(format!("--entryPoints.websecure.address=127.0.0.1:{port}"))
                .arg(format!("--providers.file.filename={}", file.display()))
                .args([
                    "--global.checkNewVersion=false",
                    "--global.sendAnonymousUsage=false",
                ]);
            (recipe.adapted(port, place, "/etc/traefik"), command)
        });
        // It listens before it has read what for.
        std::thread::sleep(Duration::from_secs(3));
        front
    }

    /// Writes `file` and starts the program, which finds it at a place of its own and listens at a port.
    pub(super) fn start(file: &str, prepare: impl FnOnce(&Path, u16) -> (String, Command)) -> Self {
        let directory = tempfile::Builder::new().prefix("portcullis-").tempdir();
        let directory = directory.expect("a directory");
        let (place, port) = (directory.path(), free_port());
        let (text, mut command) = prepare(place, port);
        fs::write(place.join(file), text).expect("a file");
        let log = place.join("log");
        let mut with_log = Command::new("/bin/sh");
        with_log
            .args(["-c", r#"log="$1"; shift; exec "$@" > "$log" 2>&1"#, "sh"])
            .arg(&log)
            .arg(command.get_program())
            .args(command.get_args())
            .current_dir(place);
        for (name, value) in command.get_envs() {
            with_log.env(name, value.unwrap_or_default());
        }
        command = with_log;
        let mut daemon = Daemon::start(&command, Stdio::null());
        answers_at(&mut daemon, port, &log);
        Self {
            port,
            _directory: directory,
            _daemon: daemon,
        }
    }

    /// As clients see it.
    #[must_use]
    pub const fn server(&self) -> Server {
        Server::secure_at(self.port)
    }
}

/// Writes the certificate and its key, together and each by itself.
fn certify(place: &Path) {
    let pem = |label: &str, octets| {
        let text = to_base64(octets);
        format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
    };
    let (chain, key) = (pem("CERTIFICATE", CERTIFICATE), pem("PRIVATE KEY", KEY));
    for (name, text) in [
        ("web.pem", &(chain.clone() + &key)),
        ("chain.pem", &chain),
        ("key.pem", &key),
    ] {
        fs::write(place.join(name), text).expect("a file");
    }
}

/// The configuration of an nginx that has this `site`, and how it is started.
pub(super) fn nginx_with(place: &Path, site: &str) -> (String, Command) {
    let text = NGINX
        .replace("PLACE", &place.display().to_string())
        .replace("SITE", site);
    let mut command = Command::new("/usr/sbin/nginx");
    command
        .args(["-e", "stderr", "-c"])
        .arg(place.join("nginx.conf"));
    (text, command)
}

/// What of nginx's configuration is for the test alone.
const NGINX: &str = "
daemon off;
worker_processes 1;
pid PLACE/pid;
error_log stderr;
events { worker_connections 1000; }
http {
access_log off;
client_body_temp_path PLACE/body;
proxy_temp_path PLACE/proxy;
fastcgi_temp_path PLACE/fastcgi;
uwsgi_temp_path PLACE/uwsgi;
scgi_temp_path PLACE/scgi;
SITE
}
";

/// What of Apache's configuration is for the test alone.
const APACHE: &str = "
Listen 127.0.0.1:PORT
ServerName web.example.test
ServerRoot PLACE
PidFile PLACE/pid
ErrorLog /dev/stderr
DefaultRuntimeDir PLACE
Mutex sem
User www-data
Group www-data
";

/// What the recipe switches on, and what is on in every Apache.
const APACHE_MODULES: [&str; 6] = [
    "mpm_event",
    "authz_core",
    "headers",
    "proxy",
    "proxy_http",
    "ssl",
];

/// What of Caddy's configuration is for the test alone.
const CADDY: &str = "{
\tadmin off
\tauto_https disable_redirects
\tdefault_bind 127.0.0.1
\thttp_port 1
\thttps_port PORT
\tlocal_certs
\tskip_install_trust
}
";
