//! Who takes part: how each is built and started, and which workloads it can do.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::heimdal;
use crate::command::{cargo, good, quiet};
use crate::interop::executable_of;

const MIT_HEADERS: &str = "/usr/include/mit-krb5";
const MIT_LIBRARIES: &str = "/usr/lib/x86_64-linux-gnu/mit-krb5";
const MUSL: &str = "x86_64-unknown-linux-musl";
const SERVICE: &str = "HTTP/web.example.test@EXAMPLE.TEST";
/// A virtual machine compiles what it has seen often.
const MANY_FILES: usize = 60;

/// What one file of tokens is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// GSS-API's frame, a new ticket each.
    First,
    /// The same in SPNEGO.
    Spnego,
    /// GSS-API's frame, always the same ticket.
    Repeated,
}

/// A contestant to be.
pub(super) struct Rival {
    pub(super) name: String,
    pub(super) program: PathBuf,
    pub(super) arguments: Vec<String>,
    pub(super) environment: Vec<(&'static str, String)>,
    pub(super) kinds: &'static [Kind],
    /// Files to get warm with.
    pub(super) warm_up: usize,
    /// What it is here to show, if not what tickets of all sizes cost.
    pub(super) shows: Option<Shows>,
}

/// What else a contestant shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shows {
    /// What an accept costs with so many records in the replay cache.
    Records(u64),
    /// What a sealed message of so many octets costs, once the client is accepted.
    Message(usize),
}

/// How full replay caches are.
const RECORDS: [u64; 5] = [1_000, 10_000, 100_000, 1_000_000, 10_000_000];
/// The octets of messages.
pub(super) const MESSAGES: [usize; 3] = [64, 1500, 64 << 10];

/// Everybody who can be built here, and the program that makes tokens.
pub(super) struct Rivals {
    pub(super) tokens: PathBuf,
    pub(super) all: Vec<Rival>,
}

/// Builds everybody. Ours must build, the others may be missing, and then it says so.
pub(super) fn build(root: &Path, directory: &Path) -> Result<Rivals, String> {
    let bench = ["--package", "portcullis-benches", "--bin", "contestant"];
    let ours = executable_of("fast", &bench).ok_or("ours does not build")?;
    let configuration = directory.join("krb5.conf");
    let realm = "[libdefaults]\ndefault_realm = EXAMPLE.TEST\ndns_lookup_kdc = false\n";
    fs::write(&configuration, realm).map_err(|error| format!("krb5.conf: {error}"))?;
    let mut all = vec![
        Rival::new("floor", &ours, &["floor", KEYTAB], &[Kind::First]),
        Rival::new("portcullis", &ours, &["ours", KEYTAB], ALL),
    ];
    if let Some(musl) = executable_of("fast", &[&bench[..], &["--target", MUSL]].concat()) {
        all.push(Rival::new(
            "portcullis, static musl",
            &musl,
            &["ours", KEYTAB],
            ALL,
        ));
    }
    all.extend(crate_krb5(root));
    all.extend(mit(root, directory));
    all.extend(heimdal_contestants(root, directory));
    all.extend(assembled(root));
    all.extend(gokrb5(root, directory));
    all.extend(jgss(root, directory));
    all.extend(filled("portcullis", &ours, &["ours", KEYTAB]));
    all.extend(sealing("floor", &ours, &["floor-wrap", KEYTAB]));
    all.extend(sealing("portcullis", &ours, &["wrap", KEYTAB]));
    for rival in &mut all {
        let configuration = configuration.to_string_lossy().into_owned();
        rival.environment.push(("KRB5_CONFIG", configuration));
    }
    Ok(Rivals { tokens: ours, all })
}

/// Stands for the keytab's path.
pub(super) const KEYTAB: &str = "{keytab}";
const ALL: &[Kind] = &[Kind::First, Kind::Spnego, Kind::Repeated];
const FIRST: &[Kind] = &[Kind::First, Kind::Repeated];

impl Rival {
    fn new(name: &str, program: &Path, arguments: &[&str], kinds: &'static [Kind]) -> Self {
        Self {
            name: name.to_owned(),
            program: program.to_owned(),
            arguments: arguments.iter().map(|word| (*word).to_owned()).collect(),
            environment: Vec::new(),
            kinds,
            warm_up: 4,
            shows: None,
        }
    }

    /// The same, to show what `number`, which becomes its last argument, stands for.
    fn showing(name: &str, program: &Path, arguments: &[&str], shows: Shows) -> Self {
        let number = match shows {
            Shows::Records(records) => records.to_string(),
            Shows::Message(octets) => octets.to_string(),
        };
        let arguments = [arguments, &[&number]].concat();
        Self {
            shows: Some(shows),
            ..Self::new(name, program, &arguments, &[Kind::First])
        }
    }

    /// How it is started.
    pub(super) fn command(&self, keytab: &Path) -> Command {
        let mut command = Command::new(&self.program);
        let keytab = keytab.to_string_lossy();
        let arguments = self.arguments.iter();
        command.args(arguments.map(|word| word.replace(KEYTAB, &keytab)));
        command.envs(self.environment.iter().cloned());
        command
    }
}

/// A contestant for each filling of the replay cache.
fn filled(name: &str, program: &Path, arguments: &[&str]) -> impl Iterator<Item = Rival> {
    RECORDS
        .map(|records| Rival::showing(name, program, arguments, Shows::Records(records)))
        .into_iter()
}

/// A contestant for each length of a message.
fn sealing(name: &str, program: &Path, arguments: &[&str]) -> impl Iterator<Item = Rival> {
    MESSAGES
        .map(|octets| Rival::showing(name, program, arguments, Shows::Message(octets)))
        .into_iter()
}

/// The crate krb5, with its own replay cache.
fn crate_krb5(root: &Path) -> Vec<Rival> {
    let manifest = root.join("benches/rivals/krb5/Cargo.toml");
    let Some(program) = built_apart(root, &manifest, &[]) else {
        return Vec::new();
    };
    let name = "crate krb5 1.0.0";
    let raw = ["raw", "spnego"].map(|envelope| [KEYTAB, envelope]);
    let mut rivals = vec![
        Rival::new(name, &program, &raw[0], FIRST),
        Rival::new(name, &program, &raw[1], &[Kind::Spnego]),
    ];
    rivals.extend(filled(name, &program, &[KEYTAB, "raw"]));
    rivals.extend(sealing(name, &program, &[KEYTAB, "wrap"]));
    rivals
}

/// MIT krb5 at its best, and as it is configured by default.
fn mit(root: &Path, directory: &Path) -> Vec<Rival> {
    let (source, program) = (c_source(root), directory.join("gss_accept_mit"));
    let mut compiler = Command::new("cc");
    compiler
        .args(["-O2", "-I", MIT_HEADERS, "-o"])
        .arg(&program)
        .arg(source);
    compiler.args(["-L", MIT_LIBRARIES, "-lgssapi_krb5", "-lkrb5"]);
    if !Path::new(MIT_HEADERS).exists() || !good(&mut compiler) {
        return missing("MIT krb5 (Debian: libkrb5-dev)");
    }
    let cache = directory.join("mit.rcache2");
    let _ = fs::remove_file(&cache);
    let best = Rival::new(
        "MIT krb5, memory keytab, no replay cache",
        &program,
        &[KEYTAB, "memory"],
        ALL,
    );
    let mut rivals = vec![best];
    rivals.extend(sealing("MIT krb5", &program, &[KEYTAB, "memory"]));
    for rival in &mut rivals {
        let no_cache = ("KRB5RCACHENAME", "none:".to_owned());
        rival.environment.push(no_cache);
    }
    let mut default = Rival::new(
        "MIT krb5, defaults: file keytab, file2 replay cache",
        &program,
        &[KEYTAB],
        ALL,
    );
    default
        .environment
        .push(("KRB5RCACHENAME", format!("file2:{}", cache.display())));
    rivals.push(default);
    rivals
}

/// Heimdal, whose acceptor has no replay cache.
fn heimdal_contestants(root: &Path, directory: &Path) -> Vec<Rival> {
    let Some(heimdal) = heimdal::unpacked(directory) else {
        return missing("Heimdal (Debian: apt-get download)");
    };
    let program = directory.join("gss_accept_heimdal");
    let mut compiler = Command::new("cc");
    compiler
        .arg("-O2")
        .arg("-I")
        .arg(&heimdal.headers)
        .arg("-o")
        .arg(&program);
    compiler
        .arg(c_source(root))
        .arg("-L")
        .arg(heimdal.libraries.join("heimdal"));
    compiler.arg("-L").arg(&heimdal.libraries);
    compiler.args(["-Wl,--allow-shlib-undefined", "-lgssapi", "-lkrb5"]);
    if !good(&mut compiler) {
        return missing("Heimdal");
    }
    let libraries = heimdal.libraries.to_string_lossy().into_owned();
    let path = ("LD_LIBRARY_PATH", libraries);
    let kinds = FIRST;
    let memory = Rival::new(
        "Heimdal, memory keytab",
        &program,
        &[KEYTAB, "memory"],
        kinds,
    );
    let file = Rival::new("Heimdal, file keytab", &program, &[KEYTAB], kinds);
    let mut rivals = vec![memory, file];
    rivals.extend(sealing("Heimdal", &program, &[KEYTAB, "memory"]));
    for rival in &mut rivals {
        rival.environment.push(path.clone());
    }
    rivals
}

/// The crates under the AGPL, put together by hand.
fn assembled(root: &Path) -> Vec<Rival> {
    let manifest = root.join("interop/agpl/Cargo.toml");
    let Some(program) = built_apart(root, &manifest, &["--example", "accept"]) else {
        return Vec::new();
    };
    let name = "kerberos_asn1 + kerberos_crypto + picky-asn1, no checks, no AP-REP";
    vec![Rival::new(name, &program, &[KEYTAB], FIRST)]
}

fn gokrb5(root: &Path, directory: &Path) -> Vec<Rival> {
    let program = directory.join("gokrb5_accept");
    let mut go = Command::new("go");
    go.args(["build", "-o"]).arg(&program).arg(".");
    go.current_dir(root.join("benches/rivals/go"));
    go.env("GO111MODULE", "off")
        .env("GOPATH", "/usr/share/gocode");
    go.env("GOCACHE", directory.join("go"));
    if !quiet(Command::new("go").arg("version")) || !good(&mut go) {
        return missing("gokrb5 (Debian: golang-go golang-github-jcmturner-gokrb5.v8-dev)");
    }
    let mut rival = Rival::new("gokrb5 v8, no AP-REP", &program, &[KEYTAB], FIRST);
    rival.warm_up = MANY_FILES;
    vec![rival]
}

fn jgss(root: &Path, directory: &Path) -> Vec<Rival> {
    let mut compiler = Command::new("javac");
    compiler.arg("-d").arg(directory.join("java"));
    compiler.arg(root.join("benches/rivals/java/JgssAccept.java"));
    if !quiet(Command::new("javac").arg("-version")) || !good(&mut compiler) {
        return missing("JGSS (Debian: openjdk-17-jdk-headless)");
    }
    let classes = directory.join("java").to_string_lossy().into_owned();
    let arguments = ["-cp", &classes, "JgssAccept", KEYTAB, SERVICE];
    let mut rival = Rival::new(
        "Java JGSS (OpenJDK 17)",
        Path::new("java"),
        &arguments,
        FIRST,
    );
    rival.warm_up = MANY_FILES;
    vec![rival]
}

/// Builds a program of a workspace of its own into this workspace's target directory.
fn built_apart(root: &Path, manifest: &Path, which: &[&str]) -> Option<PathBuf> {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let mut build = cargo(&["build", "--profile", "fast", "--manifest-path"]);
    build
        .arg(manifest)
        .arg("--target-dir")
        .arg(target.join("rivals"));
    if !good(build.args(which)) {
        println!("left out: {} does not build", manifest.display());
        return None;
    }
    let built = target.join("rivals/fast");
    Some(match which.last() {
        Some(example) => built.join("examples").join(example),
        None => built.join("portcullis-rival-krb5"),
    })
}

fn c_source(root: &Path) -> PathBuf {
    root.join("benches/rivals/c/gss_accept.c")
}

fn missing(what: &str) -> Vec<Rival> {
    println!("left out: {what} is not here");
    Vec::new()
}
