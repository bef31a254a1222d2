//! Tokens of real initiators: MIT's GSS-API, OpenJDK and gokrb5.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::from_base64;
use crate::login::Login;
use crate::process::{LineServer, run};
use crate::realm::REALM;
use crate::recorded::hex;

/// The programs in `interop/clients`.
#[must_use]
pub fn clients() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients")
}

/// What MIT's initiator shall ask for.
#[derive(Debug, Clone, Default)]
pub struct Asking {
    arguments: Vec<String>,
}

impl Asking {
    /// A Kerberos token with GSS framing.
    #[must_use]
    pub fn krb5() -> Self {
        Self::default().with("--mech=krb5")
    }

    /// A SPNEGO token.
    #[must_use]
    pub fn spnego() -> Self {
        Self::default().with("--mech=spnego")
    }

    /// Mutual authentication.
    #[must_use]
    pub fn mutual(self) -> Self {
        self.with("--mutual")
    }

    /// Delegation of a forwarded ticket.
    #[must_use]
    pub fn delegate(self) -> Self {
        self.with("--delegate")
    }

    /// DCE style: no framing, and a third leg.
    #[must_use]
    pub fn dce(self) -> Self {
        self.with("--dce")
    }

    /// Channel bindings with this application data.
    #[must_use]
    pub fn bindings(self, data: &[u8]) -> Self {
        let hex = hex(data);
        self.with("--bindings").with(&hex)
    }

    /// What the programs in `interop/clients` are told.
    pub(crate) fn arguments(&self) -> &[String] {
        &self.arguments
    }

    fn with(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }
}

/// An initiator that waits for the acceptor's reply.
#[derive(Debug)]
pub struct Initiator {
    program: LineServer,
    /// Its first token.
    pub token: Vec<u8>,
}

/// What an initiator made of a reply.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Conclusion {
    /// The context is complete; perhaps one more token goes to the acceptor.
    Complete(Option<Vec<u8>>),
    /// Another token goes to the acceptor, and a reply must come back.
    Continue(Vec<u8>),
    /// The reply was refused, with this text.
    Refused(String),
}

impl Initiator {
    /// MIT's initiator, through python3-gssapi.
    ///
    /// # Panics
    /// When it makes no token.
    #[must_use]
    pub fn start(login: &Login<'_>, service: &str, asking: &Asking) -> Self {
        Self::of_program(gss_token(login, service, asking))
    }

    /// One that speaks as `gss_token.py` does.
    pub(crate) fn of_program(mut command: Command) -> Self {
        command.arg("--finish");
        let mut program = LineServer::start(command);
        let token = octets(&json(&program.listen())["token"]).expect("a first token");
        Self { program, token }
    }

    /// Gives it the acceptor's reply, if there was one.
    pub fn finish(&mut self, reply: Option<&[u8]>) -> Conclusion {
        let answer = json(
            &self
                .program
                .ask(&reply.map(crate::to_base64).unwrap_or_default()),
        );
        if let Some(text) = answer["error"].as_str() {
            return Conclusion::Refused(text.to_owned());
        }
        let token = octets(&answer["token"]);
        if answer["complete"] == true {
            Conclusion::Complete(token)
        } else {
            Conclusion::Continue(token.unwrap_or_default())
        }
    }
}

/// `count` first tokens of MIT's initiator, each of its own context, which nobody will finish.
#[must_use]
pub fn tokens(login: &Login<'_>, service: &str, asking: &Asking, count: usize) -> Vec<Vec<u8>> {
    let mut command = gss_token(login, service, asking);
    let said = run(command.arg("--count").arg(count.to_string()));
    said.lines().map(from_base64).collect()
}

fn gss_token(login: &Login<'_>, service: &str, asking: &Asking) -> Command {
    let mut command = login.command("/usr/bin/python3");
    command
        .arg(clients().join("gss_token.py"))
        .args(&asking.arguments);
    // Of our realm, unless it names another.
    let (name, realm) = service.split_once('@').unwrap_or((service, REALM));
    command.arg(format!("{name}@{realm}"));
    command
}

/// The classes of the Java clients, compiled into the realm's directory.
#[must_use]
pub fn java_classes(login: &Login<'_>) -> PathBuf {
    let classes = login.realm().path("classes");
    if !classes.exists() {
        let mut javac = login.command("javac");
        javac.arg("-d").arg(&classes);
        let sources = [
            "JgssToken.java",
            "JgssMessages.java",
            "JavaGet.java",
            "JavaSasl.java",
        ];
        run(javac.args(sources.map(|name| clients().join(name))));
    }
    classes
}

/// `java` with the settings that make it use the login's ticket; the class and its arguments follow.
#[must_use]
pub fn java(login: &Login<'_>) -> Command {
    let mut command = login.command("java");
    let jaas = clients().join("jaas.conf");
    command
        .arg("-cp")
        .arg(java_classes(login))
        .arg("-Djavax.security.auth.useSubjectCredsOnly=false")
        .arg(format!(
            "-Djava.security.krb5.conf={}",
            login.realm().path("krb5.conf").display()
        ))
        .arg(format!(
            "-Djava.security.auth.login.config={}",
            jaas.display()
        ));
    command
}

/// OpenJDK's initiator and its first token.
#[derive(Debug)]
pub struct JavaInitiator {
    program: LineServer,
    /// Its first token.
    pub token: Vec<u8>,
}

impl JavaInitiator {
    /// Starts it: `mech` is `krb5` or `spnego`.
    #[must_use]
    pub fn start(login: &Login<'_>, mech: &str, service: &str, mutual: bool) -> Self {
        Self::asking(login, mech, service, if mutual { "mutual" } else { "" })
    }

    /// The same, when it hands over its credential.
    #[must_use]
    pub fn delegating(login: &Login<'_>, mech: &str, service: &str) -> Self {
        Self::asking(login, mech, service, "delegate")
    }

    fn asking(login: &Login<'_>, mech: &str, service: &str, wish: &str) -> Self {
        let mut command = java(login);
        command.args(["JgssToken", mech, &format!("{service}@{REALM}"), wish]);
        let mut program = LineServer::start(command);
        let token = from_base64(&program.listen());
        Self { program, token }
    }

    /// Gives it the reply; `complete`, or what it said instead.
    pub fn finish(&mut self, reply: Option<&[u8]>) -> String {
        self.program
            .ask(&reply.map(crate::to_base64).unwrap_or_default())
    }
}

/// The program of gokrb5, compiled into the realm's directory.
#[must_use]
pub fn gokrb5(login: &Login<'_>) -> PathBuf {
    let program = login.realm().path("gokrb5_get");
    if !program.exists() {
        let mut go = login.command("go");
        go.current_dir(clients().join("gokrb5_get"))
            .env("GOPATH", "/usr/share/gocode")
            .env("GO111MODULE", "off")
            .env("GOFLAGS", "");
        run(go.arg("build").arg("-o").arg(&program).arg("."));
    }
    program
}

/// A SPNEGO token of gokrb5, which logs in by itself.
#[must_use]
pub fn gokrb5_token(login: &Login<'_>, service: &str) -> Vec<u8> {
    let mut command = login.command(gokrb5(login));
    command
        .arg("token")
        .arg(login.keytab())
        .args([login.user(), REALM, service]);
    from_base64(&run(&mut command))
}

fn json(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
}

fn octets(value: &Value) -> Option<Vec<u8>> {
    value.as_str().map(from_base64)
}
