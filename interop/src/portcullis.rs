//! The program under test: `portcullis accept`, once per token or as a batch.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Map, Value, json};

use crate::process::{LineServer, said, try_run};
use crate::recorded::hex;
use crate::{from_base64, to_base64};

/// Where the binary is: `PORTCULLIS_BIN`, or in the directory of this profile (`target/PROFILE`).
#[must_use]
pub fn binary() -> PathBuf {
    from_profile("PORTCULLIS_BIN", "portcullis")
}

/// A program of this workspace: the path that `variable` has, or `name` in the directory of this profile.
pub(crate) fn from_profile(variable: &str, name: &str) -> PathBuf {
    if let Some(path) = std::env::var_os(variable) {
        return path.into();
    }
    let own = std::env::current_exe().unwrap_or_default();
    let directory = own.parent().unwrap_or(Path::new(""));
    // Tests lie one deeper than programs do.
    let profile = match directory.ends_with("deps") {
        true => directory.parent().unwrap_or(directory),
        false => directory,
    };
    profile.join(name)
}

/// One negotiation: the keytab, the tokens in order, and the options of `portcullis accept`.
#[derive(Debug, Clone)]
pub struct Request {
    fields: Map<String, Value>,
}

impl Request {
    /// A request with every option at its default.
    #[must_use]
    pub fn new(keytab: &Path, tokens: &[&[u8]]) -> Self {
        let tokens: Vec<_> = tokens.iter().map(|token| to_base64(token)).collect();
        let mut fields = Map::new();
        fields.insert("keytab".to_owned(), json!(keytab));
        fields.insert("tokens".to_owned(), json!(tokens));
        Self { fields }
    }

    /// The time at which the token arrives, in seconds since 1970.
    #[must_use]
    pub fn now(self, now: u64) -> Self {
        self.with("now", json!(now))
    }

    /// The service that the token must be for.
    #[must_use]
    pub fn service(self, name: &str) -> Self {
        self.with("service", json!(name))
    }

    /// Allows RC4-HMAC.
    #[must_use]
    pub fn allow_rc4(self) -> Self {
        self.allow(&["rc4-hmac"])
    }

    /// Allows encryption types that are off by default.
    #[must_use]
    pub fn allow(self, enctypes: &[&str]) -> Self {
        self.with("allow", json!(enctypes))
    }

    /// What becomes of the ticket's PAC: `ignore`, `verify` or `require`.
    #[must_use]
    pub fn pac(self, policy: &str) -> Self {
        self.with("pac", json!(policy))
    }

    /// The policy on channel bindings: `ignore`, `allow`, `aware` or `required`.
    #[must_use]
    pub fn channel_bindings(self, policy: &str) -> Self {
        self.with("channel_bindings", json!(policy))
    }

    /// The application data of our end of the channel.
    #[must_use]
    pub fn channel_binding_data(self, data: &[u8]) -> Self {
        let hex = hex(data);
        self.with("channel_binding_data", json!(hex))
    }

    fn with(mut self, name: &str, value: Value) -> Self {
        self.fields.insert(name.to_owned(), value);
        self
    }

    /// The same request as arguments of `portcullis accept`.
    fn arguments(&self, tokens: &[PathBuf]) -> Vec<String> {
        let mut arguments = vec![
            "accept".to_owned(),
            "--format".to_owned(),
            "json".to_owned(),
        ];
        for (name, value) in &self.fields {
            let values = match value {
                Value::Array(values) => values.clone(),
                single => vec![single.clone()],
            };
            if name == "tokens" {
                continue;
            }
            for value in values {
                arguments.push(format!("--{}", name.replace('_', "-")));
                arguments.push(
                    value
                        .as_str()
                        .map_or_else(|| value.to_string(), str::to_owned),
                );
            }
        }
        arguments.extend(tokens.iter().map(|path| path.display().to_string()));
        arguments
    }

    /// Runs `portcullis accept` once, with the tokens in files as base64.
    ///
    /// # Panics
    /// When it prints no verdict, or its exit status is not that of the verdict.
    #[must_use]
    pub fn run(&self, program: &Path) -> Verdict {
        let output = self.output(program);
        let text = String::from_utf8_lossy(&output.stdout);
        let verdict = Verdict::parse(text.trim())
            .unwrap_or_else(|| panic!("portcullis: {}\n{}", output.status, said(&output)));
        assert_eq!(output.status.code(), Some(verdict.exit_status()), "{text}");
        verdict
    }

    /// Runs it likewise, and returns what it said instead of a verdict, if it could not run (exit status 2).
    #[must_use]
    pub fn complaint(&self, program: &Path) -> Option<String> {
        let output = self.output(program);
        (output.status.code() == Some(2)).then(|| said(&output))
    }

    fn output(&self, program: &Path) -> Output {
        let directory = tempfile::tempdir().expect("a directory");
        let tokens = self.fields.get("tokens").and_then(Value::as_array);
        let mut files = Vec::new();
        for (number, token) in tokens.into_iter().flatten().enumerate() {
            let file = directory.path().join(format!("token-{number}"));
            std::fs::write(&file, token.as_str().unwrap_or_default()).expect("a file");
            files.push(file);
        }
        try_run(Command::new(program).args(self.arguments(&files)))
    }
}

/// `portcullis accept --batch`.
#[derive(Debug)]
pub struct Batch {
    program: LineServer,
}

impl Batch {
    /// Starts it.
    #[must_use]
    pub fn start(program: &Path) -> Self {
        let mut command = Command::new(program);
        command.args(["accept", "--batch", "--format", "json"]);
        Self {
            program: LineServer::start(command),
        }
    }

    /// The verdict on one request.
    ///
    /// # Panics
    /// When the answer is no verdict.
    pub fn accept(&mut self, request: &Request) -> Verdict {
        let answer = self
            .program
            .ask(&Value::Object(request.fields.clone()).to_string());
        Verdict::parse(&answer).unwrap_or_else(|| panic!("no verdict: {answer}"))
    }
}

/// What `portcullis accept` says.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The whole object.
    pub json: Value,
}

impl Verdict {
    fn parse(text: &str) -> Option<Self> {
        let json: Value = serde_json::from_str(text).ok()?;
        json["verdict"].is_string().then_some(Self { json })
    }

    fn exit_status(&self) -> i32 {
        match self.verdict() {
            "accepted" => 0,
            "rejected" => 1,
            _ => 3,
        }
    }

    /// `accepted`, `continue` or `rejected`.
    #[must_use]
    pub fn verdict(&self) -> &str {
        self.json["verdict"].as_str().unwrap_or_default()
    }

    /// The proven client.
    #[must_use]
    pub fn client(&self) -> Option<&str> {
        self.json["client"].as_str()
    }

    /// `error.kind`, such as `replay`.
    #[must_use]
    pub fn kind(&self) -> Option<&str> {
        self.json["error"]["kind"].as_str()
    }

    /// The name of the wire code.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.json["error"]["code"].as_str()
    }

    /// The reply for the peer.
    #[must_use]
    pub fn reply(&self) -> Option<Vec<u8>> {
        self.json["reply"].as_str().map(from_base64)
    }

    /// What an application acts upon: the client, our key, and everything from inside the ticket and the
    /// authenticator. Not how the key was found, nor how the token was framed, which the sender may choose.
    #[must_use]
    pub fn identity(&self) -> Value {
        let of = |name: &str| self.json[name].clone();
        json!({
            "client": of("client"),
            "key": [self.json["key"]["principal"].clone(), self.json["key"]["kvno"].clone(),
                    self.json["key"]["enctype"].clone()],
            "enctypes": [of("session_enctype"), of("subkey_enctype")],
            "flags": of("flags"),
            "ticket": of("ticket"),
            "channel_bound": of("channel_bound"),
            "delegated": of("delegated"),
            "pac": of("pac"),
        })
    }
}
