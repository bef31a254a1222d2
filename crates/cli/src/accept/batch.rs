//! `portcullis accept --batch`: one request a line in, one verdict a line out.

use super::krb5_conf::Settings;
use super::request::{Request, our_bindings};
use crate::args::{Allow, BindingPolicy, Format, PacRule};
use crate::failure::Failure;
use crate::input;
use portcullis::ServicePattern;
use portcullis::replay::{MemoryReplayCache, ReplayCache};
use serde::{Deserialize, Serialize};
use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// One line of a batch. A key that is not here is an error: an option that was misspelt must not
/// be an option that is off.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    keytab: Option<PathBuf>,
    #[serde(default)]
    krb5_conf: Vec<PathBuf>,
    tokens: Vec<String>,
    service: Option<String>,
    now: Option<u64>,
    skew: Option<u64>,
    #[serde(default)]
    allow: Vec<Allow>,
    pac: Option<PacRule>,
    channel_bindings: Option<BindingPolicy>,
    channel_binding_data: Option<String>,
    server_cert: Option<PathBuf>,
    #[serde(default)]
    replay_cache: Memory,
}

/// Which replay cache a line is judged with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Memory {
    /// One of its own.
    #[default]
    Fresh,
    /// That of the batch.
    Shared,
}

/// The answer to a line that could not be judged.
#[derive(Debug, Serialize)]
struct NotJudged {
    verdict: &'static str,
    message: String,
}

/// Answers each line of standard input at once, so that a program can wait for it. Empty lines are
/// passed over.
pub(crate) fn run(format: Option<Format>) -> Result<ExitCode, Failure> {
    if format == Some(Format::Text) {
        return Err(Failure::BatchIsJson);
    }
    let shared: Arc<dyn ReplayCache> = Arc::new(MemoryReplayCache::default());
    let mut input = std::io::stdin().lock();
    let mut output = std::io::stdout().lock();
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line).map_err(Failure::Input)? > 0 {
        if !line.trim_ascii().is_empty() {
            let answer = answer(&line, &shared)?;
            writeln!(output, "{answer}")
                .and_then(|()| output.flush())
                .map_err(Failure::Output)?;
        }
        line.clear();
    }
    Ok(ExitCode::SUCCESS)
}

fn answer(line: &[u8], shared: &Arc<dyn ReplayCache>) -> Result<String, Failure> {
    let judged = serde_json::from_slice::<Line>(line)
        .map_err(Failure::Request)
        .and_then(|line| line.judge(shared));
    judged.or_else(|failure| {
        let message = failure.to_string();
        serde_json::to_string(&NotJudged {
            verdict: "error",
            message,
        })
        .map_err(Failure::Json)
    })
}

impl Line {
    fn judge(self, shared: &Arc<dyn ReplayCache>) -> Result<String, Failure> {
        let memory = (self.replay_cache == Memory::Shared).then(|| shared.clone());
        let numbered = (1_usize..).zip(&self.tokens);
        let tokens = numbered
            .map(|(number, text)| input::decode_text(number, text))
            .collect::<Result<Vec<_>, _>>()?;
        Request::try_from(self)?.judge(&tokens, memory)?.to_json()
    }
}

impl TryFrom<Line> for Request {
    type Error = Failure;

    fn try_from(line: Line) -> Result<Self, Failure> {
        if line.channel_binding_data.is_some() && line.server_cert.is_some() {
            return Err(Failure::TwoBindings);
        }
        let (data, certificate) = (line.channel_binding_data, line.server_cert);
        Ok(Self {
            our_bindings: our_bindings(data.as_deref(), certificate.as_deref())?,
            keytab: line.keytab,
            settings: Settings::read(&line.krb5_conf)?,
            service: line
                .service
                .map(service_pattern)
                .transpose()?
                .unwrap_or_default(),
            now: line.now,
            skew: line.skew,
            allow: line.allow,
            pac: line.pac,
            channel_bindings: line.channel_bindings,
        })
    }
}

fn service_pattern(text: String) -> Result<ServicePattern, Failure> {
    text.parse()
        .map_err(|error| Failure::Service { text, error })
}
