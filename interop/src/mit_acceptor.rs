//! MIT's acceptor, the second opinion on each token.

use std::path::Path;

use serde_json::{Value, json};

use crate::initiator::clients;
use crate::process::LineServer;
use crate::realm::MitRealm;
use crate::recorded::hex;
use crate::{from_base64, to_base64};

/// A process that accepts token after token.
#[derive(Debug)]
pub struct MitAcceptor {
    program: LineServer,
}

/// What MIT says of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opinion {
    /// `accepted`, `continue` or `rejected`.
    pub verdict: String,
    /// The client, when accepted.
    pub client: Option<String>,
    /// The reply, if any.
    pub reply: Option<Vec<u8>>,
    /// MIT's text, when rejected.
    pub error: Option<String>,
}

impl MitAcceptor {
    /// Starts it with the configuration of `realm`, without a replay cache.
    #[must_use]
    pub fn start(realm: &MitRealm) -> Self {
        Self::with_replay_cache(realm, "none:")
    }

    /// The same with a replay cache, by the name that MIT gives it: `file2:` and a path.
    #[must_use]
    pub fn with_replay_cache(realm: &MitRealm, name: &str) -> Self {
        let mut command = realm.command("/usr/bin/python3");
        command.arg(clients().join("mit_accept.py"));
        command.env("KRB5RCACHENAME", name);
        Self {
            program: LineServer::start(command),
        }
    }

    /// What it says of these tokens, in order, in one context.
    ///
    /// # Panics
    /// When it does not answer with JSON.
    pub fn accept(&mut self, keytab: &Path, tokens: &[&[u8]]) -> Opinion {
        self.ask(&json!({ "keytab": keytab, "tokens": base64(tokens) }))
    }

    /// The same, when the acceptor knows the channel.
    ///
    /// # Panics
    /// When it does not answer with JSON.
    pub fn accept_bound(&mut self, keytab: &Path, tokens: &[&[u8]], data: &[u8]) -> Opinion {
        let hex = hex(data);
        self.ask(
            &json!({ "keytab": keytab, "tokens": base64(tokens), "channel_binding_data": hex }),
        )
    }

    fn ask(&mut self, request: &Value) -> Opinion {
        let answer = self.program.ask(&request.to_string());
        let answer: Value = serde_json::from_str(&answer).expect("a JSON verdict");
        let text = |value: &Value| value.as_str().map(str::to_owned);
        Opinion {
            verdict: text(&answer["verdict"]).unwrap_or_default(),
            client: text(&answer["client"]),
            reply: answer["reply"].as_str().map(from_base64),
            error: text(&answer["error"]["message"]),
        }
    }
}

fn base64(tokens: &[&[u8]]) -> Vec<String> {
    tokens.iter().map(|token| to_base64(token)).collect()
}
