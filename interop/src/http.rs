//! The axum example as a server, a server that only listens, and the HTTP clients that ask them.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};

use crate::from_base64;
use crate::initiator::{clients, gokrb5, java};
use crate::login::Login;
use crate::portcullis::from_profile;
use crate::process::{Daemon, said, try_run};

/// Where the axum example of `portcullis-http` is: `PORTCULLIS_AXUM`, or in this profile's `examples`.
#[must_use]
pub fn example() -> PathBuf {
    from_profile("PORTCULLIS_AXUM", "examples/axum")
}

/// Where the example `axum_tls` is: `PORTCULLIS_AXUM_TLS`, or in this profile's `examples`.
#[must_use]
pub fn tls_example() -> PathBuf {
    from_profile("PORTCULLIS_AXUM_TLS", "examples/axum_tls")
}

/// A server on loopback.
#[derive(Debug)]
pub struct Server {
    port: u16,
    scheme: &'static str,
    _daemon: Option<Daemon>,
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
            scheme: "http",
            _daemon: Some(daemon),
        }
    }

    /// A server that asks for Negotiate and keeps the tokens that come, for recording.
    ///
    /// # Panics
    /// When loopback has no port left.
    #[must_use]
    pub fn recorder() -> (Self, Receiver<Vec<u8>>) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port on loopback");
        let port = listener.local_addr().expect("bound").port();
        let (sender, tokens) = channel();
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let _ = record(connection, &sender);
            }
        });
        (Self::at(port), tokens)
    }

    /// A server that somebody else keeps at a port of loopback.
    #[must_use]
    pub const fn at(port: u16) -> Self {
        Self {
            port,
            scheme: "http",
            _daemon: None,
        }
    }

    /// The same behind TLS, whose certificate nobody knows.
    #[must_use]
    pub const fn secure_at(port: u16) -> Self {
        Self {
            port,
            scheme: "https",
            _daemon: None,
        }
    }

    /// Its port.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The URL of `/` under a host name.
    #[must_use]
    pub fn url(&self, host: &str) -> String {
        format!("{}://{host}:{}/", self.scheme, self.port)
    }

    /// curl with `--negotiate`; the second value is its log, which has the headers.
    #[must_use]
    pub fn curl(&self, login: &Login<'_>, host: &str) -> (Answer, String) {
        self.curl_with(login, host, &["--negotiate", "-u", ":"])
    }

    /// curl with other arguments, such as a header that was sent before.
    #[must_use]
    pub fn curl_with(&self, login: &Login<'_>, host: &str, arguments: &[&str]) -> (Answer, String) {
        self.curl_to(login, host, "", arguments)
    }

    /// The same for a path, which begins after the first `/`.
    #[must_use]
    pub fn curl_to(
        &self,
        login: &Login<'_>,
        host: &str,
        path: &str,
        arguments: &[&str],
    ) -> (Answer, String) {
        let mut curl = login.command("/usr/bin/curl");
        curl.args([
            "--silent",
            "--show-error",
            "--verbose",
            "--noproxy",
            "*",
            "--insecure",
            "--max-time",
            "20",
        ]);
        curl.args(["--resolve", &format!("{host}:{}:127.0.0.1", self.port)]);
        curl.args(["--write-out", "\n%{http_code}"])
            .args(arguments)
            .arg(format!("{}{path}", self.url(host)));
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
        parse(&self.run_requests(login, host))
    }

    /// The same, whatever comes of it.
    #[must_use]
    pub fn run_requests(&self, login: &Login<'_>, host: &str) -> Output {
        let mut python = login.command("/usr/bin/python3");
        python.arg(clients().join("requests_kerberos_get.py"));
        try_run(
            python
                .arg(self.url("127.0.0.1"))
                .arg(host)
                .env("NO_PROXY", "*"),
        )
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

/// Answers the requests of one connection: a challenge, or 200 when a token came, which is kept.
fn record(mut connection: TcpStream, tokens: &Sender<Vec<u8>>) -> std::io::Result<()> {
    let mut input = BufReader::new(connection.try_clone()?);
    loop {
        let mut token = None;
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            if input.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let header = line.split_once(": Negotiate ");
            let ours = header.filter(|(name, _)| name.eq_ignore_ascii_case("authorization"));
            token = ours.map(|(_, value)| from_base64(value)).or(token);
        }
        let answer = match token {
            Some(_) => "200 OK",
            None => "401 Unauthorized\r\nWWW-Authenticate: Negotiate",
        };
        write!(connection, "HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n")?;
        if let Some(token) = token {
            let _ = tokens.send(token);
        }
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
