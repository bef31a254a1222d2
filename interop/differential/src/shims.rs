//! The implementations, each a process that answers a line with a line.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use portcullis_interop::heimdal;
use portcullis_interop::peer::{Peer, present};
use portcullis_interop::process::{LineServer, run};
use portcullis_interop::recorded::hex;
use portcullis_interop::to_base64;

use crate::cases::Case;

/// How many questions a process has before it that it has not answered: neither pipe may fill up.
const AHEAD: usize = 12;

/// What an implementation says of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// `accepted`, `continue`, `rejected`, or `crashed` when the implementation is none the wiser itself.
    pub outcome: String,
    /// The client, when accepted.
    pub client: Option<String>,
    /// Why not: a kind of error for us, a text for the others.
    pub reason: String,
}

/// An implementation.
#[derive(Debug)]
pub struct Shim {
    /// `portcullis`, or what the table of differences calls it.
    pub name: &'static str,
    program: Option<LineServer>,
    start: Start,
    question: fn(&Case) -> String,
}

/// How its process is started, also again after a crash.
#[derive(Debug)]
struct Start {
    program: PathBuf,
    arguments: Vec<String>,
    environment: Vec<(&'static str, String)>,
}

impl Start {
    fn of(program: impl Into<PathBuf>, arguments: &[&str]) -> Self {
        Self {
            program: program.into(),
            arguments: arguments.iter().map(|&word| word.to_owned()).collect(),
            environment: Vec::new(),
        }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.environment.push((name, value.into()));
        self
    }

    fn program(&self) -> LineServer {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        // What they say as they crash is none of ours.
        command.stderr(Stdio::null());
        LineServer::start(command)
    }
}

/// Ours, and those of the others that are here. `directory` is for their programs.
///
/// # Panics
/// When one is here and its program cannot be built.
#[must_use]
pub fn all(portcullis: &Path, directory: &Path) -> Vec<Shim> {
    let conf = directory.join("krb5.conf");
    std::fs::write(&conf, CONFIGURATION).expect("a file");
    let conf = conf.display().to_string();
    let ours = Start::of(portcullis, &["accept", "--batch", "--format", "json"]);
    let mut all = vec![Shim::of("portcullis", ours, for_us)];
    if present(&[Peer::MIT_DEVELOPMENT]) {
        let mit = ["libgssapi_krb5.so.2", "krb5_gss_register_acceptor_identity"];
        let mit = Start::of(c_program(directory, "gss_accept", &["-ldl"]), &mit);
        let mit = mit
            .with("KRB5_CONFIG", &conf)
            .with("KRB5RCACHENAME", "none:");
        all.push(Shim::of("mit", mit, in_words));
    }
    if present(&[Peer::MIT_DEVELOPMENT, Peer::HEIMDAL]) {
        let theirs = ["libgssapi.so.3", "gsskrb5_register_acceptor_identity"];
        let theirs = Start::of(c_program(directory, "gss_accept", &["-ldl"]), &theirs);
        let libraries = heimdal::libraries().display().to_string();
        let theirs = theirs
            .with("KRB5_CONFIG", &conf)
            .with("LD_LIBRARY_PATH", libraries);
        all.push(Shim::of("heimdal", theirs, in_words));
    }
    if present(&[Peer::JAVA]) {
        run(Command::new("javac")
            .arg("-d")
            .arg(directory)
            .arg(shims().join("JgssAccept.java")));
        let conf = format!("-Djava.security.krb5.conf={conf}");
        let classes = directory.display().to_string();
        let words = [
            "-Dsun.security.krb5.rcache=none",
            &conf,
            "-cp",
            &classes,
            "JgssAccept",
        ];
        all.push(Shim::of("java", Start::of("java", &words), in_words));
    }
    if present(&[Peer::GOKRB5]) {
        let program = directory.join("gokrb5_accept");
        let mut go = Command::new("go");
        go.current_dir(shims().join("gokrb5_accept"))
            .env("GOPATH", "/usr/share/gocode")
            .env("GO111MODULE", "off")
            .env("GOFLAGS", "");
        run(go.arg("build").arg("-o").arg(&program).arg("."));
        // It takes as much memory as a PAC says that it has buffers.
        let limited = [
            "-c",
            "ulimit -v 4000000; exec \"$0\"",
            &program.display().to_string(),
        ];
        all.push(Shim::of("gokrb5", Start::of("/bin/sh", &limited), in_words));
    }
    all
}

/// Everything by default but the encryption types, which are ours: what others permit beyond is their policy.
const CONFIGURATION: &str = "[libdefaults]
 default_realm = EXAMPLE.TEST
 dns_lookup_kdc = false
 dns_lookup_realm = false
 dns_canonicalize_hostname = false
 rdns = false
 permitted_enctypes = aes256-cts-hmac-sha1-96 aes128-cts-hmac-sha1-96 aes256-cts-hmac-sha384-192 aes128-cts-hmac-sha256-128

[realms]
 EXAMPLE.TEST = {
  kdc = 127.0.0.1:1
 }
";

/// Their sources.
fn shims() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("shims")
}

/// A program in C, compiled into `directory`.
///
/// # Panics
/// When it cannot be.
#[must_use]
pub fn c_program(directory: &Path, name: &str, libraries: &[&str]) -> PathBuf {
    let program = directory.join(name);
    if !program.exists() {
        let mut compiler = Command::new("cc");
        compiler
            .args(["-O2", "-Wall", "-Wextra", "-Werror", "-o"])
            .arg(&program);
        run(compiler
            .arg(shims().join(format!("{name}.c")))
            .args(libraries));
    }
    program
}

fn for_us(case: &Case) -> String {
    let tokens: Vec<_> = case.tokens.iter().map(|token| to_base64(token)).collect();
    let mut request = json!({ "keytab": case.keytab, "tokens": tokens });
    if let Some(data) = &case.bindings {
        request["channel_binding_data"] = json!(hex(data));
    }
    request.to_string()
}

fn in_words(case: &Case) -> String {
    let bindings = case.bindings.as_deref().map_or_else(|| "-".to_owned(), hex);
    let mut line = format!("{} {bindings}", case.keytab.display());
    for token in &case.tokens {
        line.push(' ');
        line.push_str(&to_base64(token));
    }
    line
}

impl Shim {
    fn of(name: &'static str, start: Start, question: fn(&Case) -> String) -> Self {
        let program = Some(start.program());
        Self {
            name,
            program,
            start,
            question,
        }
    }

    /// What it says of each case.
    ///
    /// # Panics
    /// When it says what is no verdict.
    pub fn judge(&mut self, cases: &[Case]) -> Vec<Verdict> {
        let mut verdicts = Vec::new();
        for cases in cases.chunks(AHEAD) {
            let questions: Vec<_> = cases.iter().map(self.question).collect();
            match self.ask(&questions) {
                Some(answers) => verdicts.extend(answers.iter().map(|answer| verdict(answer))),
                None => verdicts.extend(questions.iter().map(|question| self.alone(question))),
            }
        }
        verdicts
    }

    fn ask(&mut self, questions: &[String]) -> Option<Vec<String>> {
        let program = self.program.get_or_insert_with(|| self.start.program());
        let answers = program.ask_all(questions);
        if answers.is_none() {
            self.program = None;
        }
        answers
    }

    /// One question, which may be the one that ends it.
    fn alone(&mut self, question: &String) -> Verdict {
        match self.ask(core::slice::from_ref(question)).as_deref() {
            Some([answer, ..]) => verdict(answer),
            _ => Verdict {
                outcome: "crashed".to_owned(),
                client: None,
                reason: "the process ended".to_owned(),
            },
        }
    }
}

fn verdict(answer: &str) -> Verdict {
    let json: Value =
        serde_json::from_str(answer).unwrap_or_else(|error| panic!("{error}: {answer}"));
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let outcome = text(&json["verdict"]).unwrap_or_default();
    assert_ne!(outcome, "error", "{answer}");
    let reason = text(&json["error"]["kind"]).or_else(|| text(&json["error"]));
    let reason = reason.filter(|reason| !reason.is_empty());
    let silent = if outcome == "rejected" {
        "no reason"
    } else {
        ""
    };
    Verdict {
        outcome,
        client: text(&json["client"]),
        reason: reason.unwrap_or_else(|| silent.to_owned()),
    }
}
