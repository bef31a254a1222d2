//! Other programs: shown as they run, and remembered where we read what they say.

use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::thread;

/// How a program ended and what it said on both streams.
pub(crate) struct Ended {
    pub(crate) good: bool,
    pub(crate) said: String,
}

/// `cargo` with arguments, the same cargo that runs us.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments);
    command
}

/// Runs a program to its end; its output passes through. A program that does not start is one that failed.
pub(crate) fn good(command: &mut Command) -> bool {
    println!("$ {}", line(command));
    command
        .stdin(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Whether a program runs and succeeds; nobody sees what it says.
pub(crate) fn quiet(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Runs a program to its end; its output passes through and is remembered.
pub(crate) fn watched(command: &mut Command) -> Ended {
    println!("$ {}", line(command));
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let Ok(mut child) = command.spawn() else {
        return Ended {
            good: false,
            said: format!("{} does not start", line(command)),
        };
    };
    let (sender, lines) = channel();
    let readers = [
        child
            .stdout
            .take()
            .map(|stream| pass_on(stream, sender.clone())),
        child.stderr.take().map(|stream| pass_on(stream, sender)),
    ];
    let mut said = String::new();
    for line in lines {
        println!("{line}");
        said.push_str(&line);
        said.push('\n');
    }
    for reader in readers.into_iter().flatten() {
        let _ = reader.join();
    }
    let good = child.wait().is_ok_and(|status| status.success());
    Ended { good, said }
}

fn pass_on(stream: impl Read + Send + 'static, to: Sender<String>) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
            let _ = to.send(String::from_utf8_lossy(&line).into_owned());
        }
    })
}

fn line(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut words = vec![program.file_name().unwrap_or_default().to_string_lossy()];
    words.extend(
        command
            .get_args()
            .map(|argument| argument.to_string_lossy()),
    );
    words.join(" ")
}
