//! Browsers without a screen: Chromium's headless shell, and Firefox by its Marionette protocol.
//!
//! Both are told that names below `example.test` are this machine, and may have their Kerberos logins.

use std::fs;
use std::io::{BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::login::Login;
use crate::process::{Daemon, said, try_run};

/// A fresh profile of Chromium does not load its GSS-API library before it has seen a challenge, and fails at that one.
const CHROMIUM_STATE: &str = r#"{"net":{"received_http_auth_negotiate_headers":true}}"#;

/// What Chromium shows of `url`, as text of HTML.
///
/// # Panics
/// When it shows nothing.
#[must_use]
pub fn chromium(login: &Login<'_>, url: &str) -> String {
    let profile = profile();
    let port = url.split([':', '/']).nth(4).expect("a port");
    let mut chromium = chromium_for(login, &profile, port.parse().expect("a port"));
    chromium.args(["--timeout=30000", "--dump-dom", url]);
    let output = try_run(&mut chromium);
    let page = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!page.is_empty(), "{}", said(&output));
    page
}

/// Chromium with this profile, for a site at this port.
pub(super) fn chromium_for(login: &Login<'_>, profile: &TempDir, port: u16) -> Command {
    fs::write(profile.path().join("Local State"), CHROMIUM_STATE).expect("a file");
    // It asks for tickets for what a name resolves to, but for what a proxy is to resolve: so the server is its proxy, too.
    let address = format!("127.0.0.1:{port}");
    let mut chromium = login.command("/usr/bin/chromium-headless-shell");
    chromium
        .env("HOME", profile.path())
        .arg(format!("--user-data-dir={}", profile.path().display()))
        // Its sandbox is not for root, and wants more of a machine than containers have.
        .args(["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        .arg("--disable-background-networking")
        .arg(format!("--proxy-server=http://{address}"))
        .arg("--proxy-bypass-list=<-loopback>")
        .arg("--auth-server-allowlist=*.example.test");
    chromium
}

/// What Firefox is told in its profile.
const FIREFOX_PREFERENCES: &str = r#"
user_pref("network.negotiate-auth.trusted-uris", ".example.test");
user_pref("network.dns.localDomains", "HOST");
user_pref("network.proxy.type", 0);
user_pref("marionette.port", 0);
user_pref("app.update.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("toolkit.telemetry.reportingpolicy.firstRun", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("dom.security.https_first", false);
"#;

/// A Firefox that runs.
#[derive(Debug)]
pub struct Firefox {
    stream: BufReader<TcpStream>,
    _daemon: Daemon,
    _profile: TempDir,
}

impl Firefox {
    /// Starts it for a user, and for a site at `host`.
    ///
    /// # Panics
    /// When it does not come up within a minute.
    #[must_use]
    pub fn start(login: &Login<'_>, host: &str) -> Self {
        let profile = profile();
        let preferences = FIREFOX_PREFERENCES.replace("HOST", host);
        fs::write(profile.path().join("user.js"), preferences).expect("a file");
        let mut firefox = login.command("/usr/bin/firefox-esr");
        firefox
            .env("HOME", profile.path())
            .env("MOZ_HEADLESS", "1")
            .args(["--headless", "--marionette", "--no-remote", "--profile"])
            .arg(profile.path());
        let mut daemon = Daemon::start(&firefox, Stdio::null());
        let deadline = Instant::now() + Duration::from_secs(60);
        let port = loop {
            let port = fs::read_to_string(profile.path().join("MarionetteActivePort"));
            if let Some(port) = port.ok().and_then(|text| text.trim().parse::<u16>().ok()) {
                break port;
            }
            assert!(
                daemon.runs() && Instant::now() < deadline,
                "Firefox does not come up"
            );
            std::thread::sleep(Duration::from_millis(50));
        };
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
        let mut browser = Self {
            stream: BufReader::new(stream),
            _daemon: daemon,
            _profile: profile,
        };
        let greeting = browser.message();
        assert_eq!(greeting["marionetteProtocol"], 3, "{greeting}");
        browser.say("WebDriver:NewSession", &json!({}));
        browser
    }

    /// What it shows of `url`, as text of HTML.
    ///
    /// # Panics
    /// When it shows nothing.
    pub fn show(&mut self, url: &str) -> String {
        self.say("WebDriver:Navigate", &json!({ "url": url }));
        let page = self.say("WebDriver:GetPageSource", &json!({}));
        page["value"].as_str().expect("a page").to_owned()
    }

    /// A command of Marionette's, and the result.
    fn say(&mut self, command: &str, parameters: &Value) -> Value {
        let message = json!([0, 1, command, parameters]).to_string();
        let framed = format!("{}:{message}", message.len());
        let stream = self.stream.get_mut();
        stream.write_all(framed.as_bytes()).expect("it reads");
        let answer = self.message();
        assert!(answer[2].is_null(), "{command}: {answer}");
        answer[3].clone()
    }

    /// A message: its length in digits, a colon, and JSON.
    fn message(&mut self) -> Value {
        let mut length = 0;
        for octet in self.stream.by_ref().bytes() {
            match octet.expect("it speaks") {
                digit @ b'0'..=b'9' => length = length * 10 + usize::from(digit - b'0'),
                _ => break,
            }
        }
        let mut message = vec![0; length];
        self.stream.read_exact(&mut message).expect("it speaks");
        serde_json::from_slice(&message).expect("JSON")
    }
}

pub(super) fn profile() -> TempDir {
    let profile = tempfile::Builder::new().prefix("portcullis-").tempdir();
    profile.expect("a directory")
}
