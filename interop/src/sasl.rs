//! The example `line_server` of `portcullis-sasl`, and the programs that log in to it in lines of base64.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::portcullis::from_profile;

/// Where the example is: `PORTCULLIS_LINE_SERVER`, or in this profile's `examples`.
#[must_use]
pub fn example() -> PathBuf {
    from_profile("PORTCULLIS_LINE_SERVER", "examples/line_server")
}

/// The example with a keytab; its options follow.
#[must_use]
pub fn server(keytab: &Path) -> Command {
    let mut command = Command::new(example());
    command.arg("--keytab").arg(keytab);
    command
}

/// How a conversation between a client and the example ended.
#[derive(Debug)]
pub struct Conversation {
    /// Whether the client says that all went well.
    pub client_succeeded: bool,
    /// All that the client said, its messages included.
    pub client: String,
    /// Whether the server does.
    pub server_succeeded: bool,
    /// What the server said to its operator.
    pub server: String,
}

/// Joins the two until both have ended. Lines that begin with `C: ` go to the server, all of the server's go to the
/// client.
///
/// # Panics
/// When one of them does not start.
#[must_use]
pub fn converse(mut client: Command, mut server: Command) -> Conversation {
    client
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut client = client.spawn().expect("the client starts");
    let to_client = client.stdin.take().expect("piped");
    server
        .stdin(Stdio::piped())
        .stdout(to_client)
        .stderr(Stdio::piped());
    let child = server.spawn().expect("the server starts");
    drop(server); // it holds our end of the client's input
    let mut server = child;
    let mut to_server = server.stdin.take().expect("piped");
    let mut said = String::new();
    for line in BufReader::new(client.stdout.take().expect("piped")).lines() {
        let line = line.expect("text");
        if line.starts_with("C: ") {
            // A server that has refused the client no longer reads.
            let _ = writeln!(to_server, "{line}").and_then(|()| to_server.flush());
        }
        said.push_str(&line);
        said.push('\n');
    }
    drop(to_server);
    let mut complaints = String::new();
    let _ = client
        .stderr
        .take()
        .map(|mut stderr| stderr.read_to_string(&mut complaints));
    said.push_str(&complaints);
    let output = server.wait_with_output().expect("the server ends");
    Conversation {
        client_succeeded: client.wait().expect("the client ends").success(),
        client: said,
        server_succeeded: output.status.success(),
        server: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
