//! A phone: Chromium's headless shell with a small screen and without scripts, told what to do by the
//! `DevTools` protocol over two pipes.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::browser::{chromium_for, profile};
use crate::login::Login;
use crate::process::{Daemon, run};

/// Chromium reads commands from the third file and answers to the fourth.
const WITH_PIPES: &str = r#"cd "$1"; shift; exec "$@" 3< in 4> out"#;

/// Of a small phone, in pixels of CSS.
pub const WIDTH: f64 = 360.0;

/// A phone that is on.
#[derive(Debug)]
pub struct Phone {
    input: File,
    output: BufReader<File>,
    _daemon: Daemon,
    _profile: TempDir,
    /// Of the page, once there is one.
    session: Option<String>,
    asked: u64,
}

/// What it shows.
#[derive(Debug)]
pub struct Page {
    /// Text of HTML.
    pub html: String,
    /// How wide it is, in pixels of CSS: more than the screen, and its reader has to push it about.
    pub width: f64,
    /// As a PNG in base64.
    pub picture: String,
}

impl Phone {
    /// Switches it on for a user, and for a site at this port.
    ///
    /// # Panics
    /// When it does not come up.
    #[must_use]
    pub fn start(login: &Login<'_>, port: u16) -> Self {
        let profile = profile();
        for pipe in ["in", "out"] {
            run(Command::new("/usr/bin/mkfifo").arg(profile.path().join(pipe)));
        }
        let chromium = chromium_for(login, &profile, port);
        let mut command = Command::new("/bin/sh");
        command.args(["-c", WITH_PIPES, "sh"]).arg(profile.path());
        command
            .arg(chromium.get_program())
            .args(chromium.get_args());
        command.arg("--remote-debugging-pipe");
        for (name, value) in chromium.get_envs() {
            command.env(name, value.unwrap_or_default());
        }
        let daemon = Daemon::start(&command, Stdio::null());
        let open = |options: &mut OpenOptions, name| options.open(profile.path().join(name));
        let input = open(OpenOptions::new().write(true), "in").expect("a pipe");
        let output = open(OpenOptions::new().read(true), "out").expect("a pipe");
        let mut phone = Self {
            input,
            output: BufReader::new(output),
            _daemon: daemon,
            _profile: profile,
            session: None,
            asked: 0,
        };
        phone.unpack();
        phone
    }

    /// A page with a small screen, and without scripts.
    fn unpack(&mut self) {
        let target = self.say("Target.createTarget", &json!({ "url": "about:blank" }));
        let target = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = self.say("Target.attachToTarget", &target);
        self.session = attached["sessionId"].as_str().map(str::to_owned);
        let screen = json!({ "width": 360, "height": 640, "deviceScaleFactor": 2, "mobile": true });
        self.say("Emulation.setDeviceMetricsOverride", &screen);
        self.say(
            "Emulation.setScriptExecutionDisabled",
            &json!({ "value": true }),
        );
        self.say("Page.enable", &json!({}));
    }

    /// What it shows of `url`.
    ///
    /// # Panics
    /// When it shows nothing.
    pub fn show(&mut self, url: &str) -> Page {
        self.say("Page.navigate", &json!({ "url": url }));
        while self.message()["method"] != "Page.loadEventFired" {}
        let metrics = self.say("Page.getLayoutMetrics", &json!({}));
        let root = self.say("DOM.getDocument", &json!({ "depth": 0 }));
        let node = json!({ "nodeId": root["root"]["nodeId"] });
        let html = self.say("DOM.getOuterHTML", &node);
        let picture = self.say("Page.captureScreenshot", &json!({ "format": "png" }));
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let width = metrics["cssContentSize"]["width"].as_f64();
        Page {
            html: text(&html["outerHTML"]),
            width: width.expect("a width"),
            picture: text(&picture["data"]),
        }
    }

    /// A command, and the result.
    fn say(&mut self, command: &str, parameters: &Value) -> Value {
        self.asked += 1;
        let mut message = json!({ "id": self.asked, "method": command, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        write!(self.input, "{message}\0").expect("it reads");
        loop {
            let answer = self.message();
            if answer["id"] == self.asked {
                assert!(answer["error"].is_null(), "{command}: {answer}");
                return answer["result"].clone();
            }
        }
    }

    fn message(&mut self) -> Value {
        let mut message = Vec::new();
        self.output.read_until(0, &mut message).expect("it speaks");
        assert_eq!(message.pop(), Some(0), "it ended");
        serde_json::from_slice(&message).expect("JSON")
    }
}
