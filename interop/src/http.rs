//! The axum example as a server, and the HTTP clients that ask it.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::initiator::{clients, gokrb5, java};
use crate::login::Login;
use crate::portcullis::from_profile;
use crate::process::{Daemon, said, try_run};

/// Where the axum example of `portcullis-http` is: `PORTCULLIS_AXUM`, or in this profile's `examples`.
#[must_use]
pub fn example() -> PathBuf {
    from_profile("PORTCULLIS_AXUM", "examples/axum")
}

/// The running example.
#[derive(Debug)]
pub struct Server {
    port: u16,
    _daemon: Daemon,
}

/// A response.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The body, without surrounding white space.
    pub body: String,
}

impl Server {
    /// Starts `program` with a keytab; `more` are further arguments.
    ///
    /// # Panics
    /// When it does not say `listening on ADDRESS`.
    #[must_use]
    pub fn start(program: &Path, keytab: &Path, more: &[&str]) -> Self {
        let mut command = Command::new(program);
        command
            .arg("--keytab")
            .arg(keytab)
            .args(["--listen", "127.0.0.1:0"])
            .args(more);
        let mut daemon = Daemon::start(&command, Stdio::piped());
        let mut line = String::new();
        let output = daemon.stdout().expect("piped");
        BufReader::new(output)
            .read_line(&mut line)
            .expect("the example says something");
        let port = line
            .trim()
            .strip_prefix("listening on ")
            .and_then(|address| address.rsplit(':').next())
            .and_then(|port| port.parse().ok());
        Self {
            port: port.unwrap_or_else(|| panic!("the example said: {line}")),
            _daemon: daemon,
        }
    }

    /// The URL of `/` under a host name.
    #[must_use]
    pub fn url(&self, host: &str) -> String {
        format!("http://{host}:{}/", self.port)
    }

    /// curl with `--negotiate`; the second value is its log, which has the headers.
    #[must_use]
    pub fn curl(&self, login: &Login<'_>, host: &str) -> (Answer, String) {
        self.curl_with(login, host, &["--negotiate", "-u", ":"])
    }

    /// curl with other arguments, such as a header that was sent before.
    #[must_use]
    pub fn curl_with(&self, login: &Login<'_>, host: &str, arguments: &[&str]) -> (Answer, String) {
        let mut curl = login.command("/usr/bin/curl");
        curl.args([
            "--silent",
            "--show-error",
            "--verbose",
            "--noproxy",
            "*",
            "--max-time",
            "20",
        ]);
        curl.args(["--resolve", &format!("{host}:{}:127.0.0.1", self.port)]);
        curl.args(["--write-out", "\n%{http_code}"])
            .args(arguments)
            .arg(self.url(host));
        let output = try_run(&mut curl);
        let text = String::from_utf8_lossy(&output.stdout);
        let (body, status) = text.rsplit_once('\n').unwrap_or_default();
        let status = status
            .parse()
            .unwrap_or_else(|_| panic!("curl: {}", said(&output)));
        let answer = Answer {
            status,
            body: body.trim().to_owned(),
        };
        (answer, String::from_utf8_lossy(&output.stderr).into_owned())
    }

    /// requests-kerberos, which fails unless we authenticate to it.
    #[must_use]
    pub fn requests(&self, login: &Login<'_>, host: &str) -> Answer {
        let mut python = login.command("/usr/bin/python3");
        python.arg(clients().join("requests_kerberos_get.py"));
        let output = try_run(
            python
                .arg(self.url("127.0.0.1"))
                .arg(host)
                .env("NO_PROXY", "*"),
        );
        parse(&output)
    }

    /// Java's HttpURLConnection.
    #[must_use]
    pub fn java(&self, login: &Login<'_>, host: &str) -> Answer {
        let hosts = login.realm().path("hosts");
        std::fs::write(&hosts, format!("127.0.0.1 {host}\n")).expect("a file");
        let mut java = java(login);
        java.arg(format!("-Djdk.net.hosts.file={}", hosts.display()));
        parse(&try_run(java.args(["JavaGet", &self.url(host)])))
    }

    /// gokrb5's HTTP client.
    #[must_use]
    pub fn gokrb5(&self, login: &Login<'_>, host: &str) -> Answer {
        let mut go = login.command(gokrb5(login));
        go.arg("get")
            .arg(login.keytab())
            .args([login.user(), crate::realm::REALM]);
        let service = format!("HTTP/{host}");
        parse(&try_run(
            go.args([&service, &self.url("127.0.0.1")])
                .env("NO_PROXY", "*"),
        ))
    }
}

/// Our small clients print the status on one line, then the body.
fn parse(output: &Output) -> Answer {
    let text = String::from_utf8_lossy(&output.stdout);
    let (status, body) = text.split_once('\n').unwrap_or_default();
    let status = status
        .trim()
        .parse()
        .unwrap_or_else(|_| panic!("{}\n{}", output.status, said(output)));
    Answer {
        status,
        body: body.trim().to_owned(),
    }
}
