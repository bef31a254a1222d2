//! Child processes that cannot outlive the test, and commands whose failure shows what they said.
//!
//! A daemon runs below a shell that waits on a pipe from us: when the handle is dropped, or the test process is
//! killed, the pipe closes and the shell ends the daemon. So no daemon survives, and none needs a pid file.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};

/// The watcher lets go of standard output, so that whoever reads it sees the end when the daemon ends by itself.
const WATCHER: &str = r#""$@" & child=$!; exec >&-; read -r _; kill "$child"; wait "$child""#;

/// A daemon that ends with this value.
#[derive(Debug)]
pub struct Daemon {
    watcher: Child,
}

impl Daemon {
    /// Starts `command`, which must stay in the foreground; its arguments, environment and directory count,
    /// its standard streams do not: input is empty, output goes where `stdout` says.
    ///
    /// # Panics
    /// When there is no `/bin/sh`.
    #[must_use]
    pub fn start(command: &Command, stdout: Stdio) -> Self {
        let mut watcher = Command::new("/bin/sh");
        watcher
            .arg("-c")
            .arg(WATCHER)
            .arg("sh")
            .arg(command.get_program())
            .args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => watcher.env(name, value),
                None => watcher.env_remove(name),
            };
        }
        if let Some(directory) = command.get_current_dir() {
            watcher.current_dir(directory);
        }
        watcher
            .stdin(Stdio::piped())
            .stdout(stdout)
            .stderr(Stdio::null());
        let watcher = watcher.spawn().expect("/bin/sh starts");
        Self { watcher }
    }

    /// The daemon's standard output, if it was piped and not yet taken.
    pub fn stdout(&mut self) -> Option<ChildStdout> {
        self.watcher.stdout.take()
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        matches!(self.watcher.try_wait(), Ok(None))
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        drop(self.watcher.stdin.take());
        let _ = self.watcher.wait();
    }
}

/// A program that answers each line of its input with one line.
#[derive(Debug)]
pub struct LineServer {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    name: String,
}

impl LineServer {
    /// Starts `command` with piped input and output.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn start(mut command: Command) -> Self {
        let name = format!("{command:?}");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command
            .spawn()
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("piped"));
        Self {
            child,
            input,
            output,
            name,
        }
    }

    /// Sends one line and returns the answer's.
    ///
    /// # Panics
    /// When the program ended.
    pub fn ask(&mut self, line: &str) -> String {
        let input = self.input.as_mut().expect("open until dropped");
        writeln!(input, "{line}")
            .and_then(|()| input.flush())
            .unwrap_or_else(|error| panic!("{}: {error}", self.name));
        self.listen()
    }

    /// Sends lines and returns an answer to each; nothing when the program ended. Lines and answers must fit in a pipe's
    /// buffer.
    pub fn ask_all(&mut self, lines: &[String]) -> Option<Vec<String>> {
        let input = self.input.as_mut()?;
        let mut all = lines.join("\n");
        all.push('\n');
        input
            .write_all(all.as_bytes())
            .and_then(|()| input.flush())
            .ok()?;
        let answer = |_: &String| {
            let mut answer = String::new();
            let read = self.output.read_line(&mut answer);
            matches!(read, Ok(1..)).then_some(answer)
        };
        lines.iter().map(answer).collect()
    }

    /// Returns the next line that the program says.
    ///
    /// # Panics
    /// When the program ended.
    pub fn listen(&mut self) -> String {
        let mut answer = String::new();
        let read = self.output.read_line(&mut answer);
        assert!(
            matches!(read, Ok(1..)),
            "{} ended without an answer: {read:?}",
            self.name
        );
        answer.truncate(answer.trim_end().len());
        answer
    }
}

impl Drop for LineServer {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
}

/// Runs a command to its end and returns its standard output.
///
/// # Panics
/// When it fails; the message has all that it said.
pub fn run(command: &mut Command) -> String {
    let output = try_run(command);
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}",
        output.status,
        said(&output)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Runs a command to its end, whatever that is.
///
/// # Panics
/// When it does not start.
pub fn try_run(command: &mut Command) -> Output {
    command
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

/// Both output streams of a program, for a message.
#[must_use]
pub fn said(output: &Output) -> String {
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    format!("{stdout}{stderr}")
}
