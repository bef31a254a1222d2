//! MIT's library on krb5.conf and local names, the second opinion on both.

use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::initiator::clients;
use crate::process::LineServer;

/// A process that reads configurations and maps names.
#[derive(Debug)]
pub struct MitNames {
    program: LineServer,
    _directory: TempDir,
}

impl MitNames {
    /// Starts it.
    ///
    /// # Panics
    /// When there is no Python.
    #[must_use]
    pub fn start() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let mut command = Command::new("/usr/bin/python3");
        command
            .arg(clients().join("mit_names.py"))
            .arg(directory.path())
            .env("LC_ALL", "C");
        Self {
            program: LineServer::start(command),
            _directory: directory,
        }
    }

    /// What these files, one after the other, say at each of these places: sections from the outside, then a tag.
    /// `None` if MIT refuses them.
    ///
    /// # Panics
    /// When it does not answer.
    pub fn values(&mut self, files: &[&str], ask: &[&[&str]]) -> Option<Vec<Vec<String>>> {
        let answer = self.ask(&json!({ "files": files, "ask": ask }));
        serde_json::from_value(answer["values"].clone()).ok()
    }

    /// The local name of each client by this krb5.conf.
    ///
    /// # Panics
    /// When MIT refuses the krb5.conf.
    pub fn local_names(&mut self, conf: &str, clients: &[&str]) -> Vec<Option<String>> {
        let answer = self.ask(&json!({ "conf": conf, "clients": clients }));
        let names = serde_json::from_value(answer["names"].clone());
        names.unwrap_or_else(|_| panic!("MIT says {answer} of {conf}"))
    }

    fn ask(&mut self, request: &Value) -> Value {
        let answer = self.program.ask(&request.to_string());
        serde_json::from_str(&answer).expect("a JSON answer")
    }
}
