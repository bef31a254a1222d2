//! `portcullis realm` and `portcullis demo`: what they print works with real clients when it is typed.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{ChildStdout, Command, Stdio};

use portcullis_interop::http::{Server, example};
use portcullis_interop::peer::{Peer, built, present};
use portcullis_interop::portcullis::binary;
use portcullis_interop::process::{Daemon, said};

/// `portcullis` as it stays up, and what it has said.
struct Program {
    /// The commands that it printed, those that are indented.
    commands: Vec<String>,
    _output: BufReader<ChildStdout>,
    _daemon: Daemon,
}

impl Program {
    /// Starts it, and reads to the line that begins with `last`.
    fn start(arguments: &[&str], last: &str) -> Self {
        let mut command = Command::new(binary());
        let mut daemon = Daemon::start(command.args(arguments), Stdio::piped());
        let mut output = BufReader::new(daemon.stdout().expect("piped"));
        let (mut commands, mut line) = (Vec::new(), String::new());
        while !line.starts_with(last) {
            line.clear();
            assert_ne!(output.read_line(&mut line).unwrap(), 0, "{commands:?}");
            commands.extend(line.strip_prefix("  ").map(|it| it.trim_end().to_owned()));
        }
        Self {
            commands,
            _output: output,
            _daemon: daemon,
        }
    }

    fn realm(arguments: &[&str]) -> Self {
        let all = [&["realm"], arguments].concat();
        Self::start(&all, "ready")
    }

    /// The printed commands that begin so.
    fn printed(&self, begin: &str) -> String {
        let lines = self.commands.iter().filter(|line| line.starts_with(begin));
        let lines: Vec<_> = lines.cloned().collect();
        assert!(!lines.is_empty(), "{begin}: {:?}", self.commands);
        lines.join("\n")
    }

    /// Types the exports, then these commands, into a shell that has never heard of Kerberos, and `input` into them;
    /// what was said, if all went well.
    fn types(&self, commands: &str, input: &str) -> Result<String, String> {
        let script = format!("set -e\n{}\n{commands}\n", self.printed("export "));
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", &script]).env_clear();
        shell.env("PATH", "/usr/bin:/bin").env("NO_PROXY", "*");
        let shell = shell.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = shell.stderr(Stdio::piped()).spawn().unwrap();
        // Who needs no password does not read it.
        let _ = writeln!(child.stdin.take().unwrap(), "{input}");
        let output = child.wait_with_output().unwrap();
        match output.status.success() {
            true => Ok(said(&output)),
            false => Err(said(&output)),
        }
    }

    /// What it says to export.
    fn exports(&self) -> BTreeMap<String, String> {
        let exports = self.printed("export ").replace("export ", " ");
        let words = exports.split_whitespace();
        words
            .filter_map(|word| word.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }
}

#[test]
fn kinit_and_kvno_do_as_printed() {
    if !present(&[Peer::MIT]) || !built(&binary()) {
        return;
    }
    let realm = Program::realm(&["--user", "alice:a secret"]);
    let (with_password, with_keytab) = ("kinit alice", realm.printed("kinit -k"));
    for kinit in [with_password, &with_keytab] {
        let commands = format!("{kinit}\n{}\nklist -ef", realm.printed("kvno "));
        let listed = realm.types(&commands, "a secret").expect(kinit);
        assert!(
            listed.contains("Default principal: alice@EXAMPLE.TEST"),
            "{listed}"
        );
        assert!(listed.contains("HTTP/localhost@EXAMPLE.TEST"), "{listed}");
    }
    let wrong = realm.types("kinit alice", "a guess").expect_err("a guess");
    assert!(wrong.contains("Password incorrect"), "{wrong}");
}

#[test]
fn kinit_takes_the_password_that_is_made_up() {
    if !present(&[Peer::MIT]) || !built(&binary()) {
        return;
    }
    let realm = Program::realm(&[]);
    let conf = PathBuf::from(&realm.exports()["KRB5_CONFIG"]);
    let passwords = std::fs::read_to_string(conf.with_file_name("passwords.txt")).unwrap();
    let (_, password) = passwords.trim().split_once('\t').unwrap();
    realm
        .types(&realm.printed("kinit alice"), password)
        .unwrap();
}

#[test]
fn every_key_has_the_enctype_that_was_asked_for() {
    if !present(&[Peer::MIT]) || !built(&binary()) {
        return;
    }
    for (number, name) in [
        ("17", "aes128-cts-hmac-sha1-96"),
        ("18", "aes256-cts-hmac-sha1-96"),
        ("19", "aes128-cts-hmac-sha256-128"),
        ("20", "aes256-cts-hmac-sha384-192"),
        ("23", "arcfour-hmac"),
        ("25", "camellia128-cts-cmac"),
        ("26", "camellia256-cts-cmac"),
    ] {
        let realm = Program::realm(&["--enctypes", number, "--user", "bob:secret"]);
        let commands = format!("kinit bob\n{}\nklist -e", realm.printed("kvno "));
        let tickets = realm.types(&commands, "secret").expect(name);
        let (_, service) = tickets
            .rsplit_once("HTTP/localhost@EXAMPLE.TEST")
            .expect("a ticket");
        // The session key's, and the ticket's.
        assert_eq!(service.matches(name).count(), 2, "{tickets}");
        let keys = realm.types("klist -ek", "").expect(name);
        assert_eq!(keys.matches(name).count(), 1, "{keys}");
    }
}

#[test]
fn a_realm_from_a_file_has_what_the_file_says() {
    if !present(&[Peer::MIT]) || !built(&binary()) {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("realm.toml");
    let toml = r#"
        name = "TOY.TEST"

        [[user]]
        name = "carol"
        password = "se:cret"

        [[service]]
        name = "ldap/old.toy.test"
        enctypes = ["aes128-sha2"]
        kvno = 300
    "#;
    std::fs::write(&file, toml).unwrap();
    let kept = directory.path().join("a realm");
    let realm = Program::realm(&[file.to_str().unwrap(), "--dir", kept.to_str().unwrap()]);
    let commands = format!(
        "{}\n{}",
        realm.printed("kinit carol"),
        realm.printed("kvno ")
    );
    let said = realm.types(&commands, "se:cret").unwrap();
    assert!(
        said.contains("ldap/old.toy.test@TOY.TEST: kvno = 300"),
        "{said}"
    );
    assert!(kept.join("ccache").exists());
}

#[test]
fn curl_gets_a_page_of_a_server_with_the_keytab_of_the_realm() {
    if !present(&[Peer::MIT, Peer::CURL]) || !built(&binary()) || !built(&example()) {
        return;
    }
    let realm = Program::realm(&["--user", "alice:secret"]);
    let keytab = PathBuf::from(&realm.exports()["KRB5_KTNAME"]);
    let server = Server::start(&example(), &keytab, &[]);
    let curl = realm.printed("curl ");
    let curl = curl.replace("http://localhost:8080/", &server.url("localhost"));
    let page = realm
        .types(&format!("kinit alice\n{curl}"), "secret")
        .unwrap();
    assert!(page.contains("alice@EXAMPLE.TEST"), "{page}");
}

#[test]
fn the_commands_of_the_demo_work_when_typed() {
    if !present(&[Peer::MIT, Peer::CURL]) || !built(&binary()) {
        return;
    }
    for listen in ["127.0.0.1:0", "127.0.0.2:0"] {
        let demo = Program::start(&["demo", "--listen", listen], "Another one: ");
        let negotiate = demo.printed("curl --negotiate");
        let commands = format!("{}\n{negotiate}", demo.printed("kinit "));
        let page = demo.types(&commands, "secret").unwrap();
        assert!(page.contains(r#"{"client":"alice@EXAMPLE.TEST""#), "{page}");
        let page = demo.types(&demo.printed("curl -i"), "").unwrap();
        assert!(page.contains(r#"{"client":"alice@EXAMPLE.TEST""#), "{page}");
    }
}
