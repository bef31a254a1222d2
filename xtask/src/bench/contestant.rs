//! A contestant's process: paths of token files go in, costs come out.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Who comes in every token.
const CLIENT: &str = "alice@EXAMPLE.TEST";

/// A process that waits for files. It ends when this is dropped.
pub(crate) struct Contestant {
    process: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Contestant {
    /// Starts it.
    pub(crate) fn start(command: &mut Command) -> Result<Self, String> {
        let started = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{command:?}: {error}"));
        let mut process = started?;
        let requests = process.stdin.take();
        let answers = process.stdout.take().ok_or("no standard output")?;
        Ok(Self {
            process,
            requests,
            answers: BufReader::new(answers),
        })
    }

    /// A line in, a line out.
    pub(crate) fn ask(&mut self, line: &str) -> Result<String, String> {
        let requests = self.requests.as_mut().ok_or("no standard input")?;
        let sent = writeln!(requests, "{line}").and_then(|()| requests.flush());
        let mut answer = String::new();
        let read = sent.and_then(|()| self.answers.read_line(&mut answer));
        match read {
            Ok(octets) if octets > 0 => Ok(answer.trim().to_owned()),
            _ => Err(format!("no answer to {line}")),
        }
    }

    /// What the tokens of a file cost it, in nanoseconds each; it must know whose they are.
    pub(super) fn accept(&mut self, tokens: &Path) -> Result<Vec<f64>, String> {
        let answer = self.ask(&tokens.to_string_lossy())?;
        let mut words = answer.split(' ');
        if words.next() != Some(CLIENT) {
            return Err(format!("not {CLIENT}: {answer}"));
        }
        let costs: Vec<f64> = words.filter_map(|word| word.parse().ok()).collect();
        match costs.is_empty() {
            true => Err(format!("no cost: {answer}")),
            false => Ok(costs),
        }
    }
}

impl Drop for Contestant {
    fn drop(&mut self) {
        drop(self.requests.take()); // the end of its input
        let _ = self.process.wait();
    }
}
