//! [`Failure`]: why a command could not run. Never a verdict about a token.

use crate::realm::RealmError;
use clap::error::ErrorKind;
use core::net::SocketAddr;
use portcullis::ConfigError;
use portcullis::channel_bindings::CertificateError;
use portcullis::keytab::KeytabError;
use std::io;
use std::path::{Path, PathBuf};

/// Why a command could not run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("{0}")]
    Usage(String),
    #[error("cannot read {}: {error}", .path.display())]
    Read { path: PathBuf, error: io::Error },
    #[error("cannot write to {}: {error}", .path.display())]
    Write { path: PathBuf, error: io::Error },
    #[error("{} is larger than {limit} octets", .path.display())]
    TooLarge { path: PathBuf, limit: u64 },
    #[error("keytab {}: {error} (`portcullis keytab list` shows what is in it)", .path.display())]
    Keytab {
        path: PathBuf,
        error: Box<KeytabError>,
    },
    #[error("keytab {}: {error}", .path.display())]
    NoKeytab {
        path: PathBuf,
        error: portcullis::formats::keytab::KeytabError,
    },
    #[error("keytab {}: {error} (`--allow` permits what is off by default)", .path.display())]
    Config {
        path: PathBuf,
        error: Box<ConfigError>,
    },
    #[error("certificate {}: {error}", .path.display())]
    Certificate {
        path: PathBuf,
        error: Box<CertificateError>,
    },
    #[error("certificate {}: the PEM text has no base64 between its lines", .path.display())]
    Pem { path: PathBuf },
    #[error(transparent)]
    Krb5Conf(Box<portcullis::formats::krb5_conf::Krb5ConfError>),
    #[error(transparent)]
    AuthToLocal(Box<portcullis::names::ConfRuleError>),
    #[error("default_keytab_name {0:?} is not a file: give --keytab")]
    KeytabName(String),
    #[error("no keytab: give --keytab, or a krb5.conf with default_keytab_name")]
    KeytabMissing,
    #[error("service {text:?}: {error}")]
    Service {
        text: String,
        error: portcullis::ServicePatternError,
    },
    #[error("channel binding data is not hexadecimal, two digits for each octet")]
    Hexadecimal,
    #[error("channel_binding_data and server_cert exclude each other")]
    TwoBindings,
    #[error("token {number}: after `Negotiate` comes no base64: {error}")]
    TokenText {
        number: usize,
        error: base64::DecodeError,
    },
    #[error("token {number} has only characters of base64, and is none: {error}")]
    Base64 {
        number: usize,
        error: base64::DecodeError,
    },
    #[error("no token")]
    NoToken,
    #[error("standard input can be one TOKEN only")]
    StandardInputTwice,
    #[error("token {number} is left over: the negotiation was complete before it")]
    LeftOver { number: usize },
    #[error("the time {0} is beyond this system's clock")]
    Time(u64),
    #[error("the negotiation led to something that this program does not know")]
    UnknownStep,
    #[error("a batch is answered in JSON")]
    BatchIsJson,
    #[error("not a request: {0}")]
    Request(serde_json::Error),
    #[error("cannot print the verdict: {0}")]
    Json(serde_json::Error),
    #[error(transparent)]
    Realm(#[from] RealmError),
    #[cfg(target_os = "linux")]
    #[error(transparent)]
    Serve(#[from] crate::serve::ServeError),
    #[error("{0} is not on loopback, and the demo gives tokens to whoever asks")]
    NotLoopback(SocketAddr),
    #[error("the demo needs a clock that stands after the year 2025")]
    DemoClock,
    #[error("the demo did not go as it has to: {0}")]
    Demo(String),
    #[error("the demo's server: {0}")]
    Server(io::Error),
    #[error("the demo's server ended: {0}")]
    ServerTask(tokio::task::JoinError),
    #[error("the demo's client: {0}")]
    Client(io::Error),
    #[error("cannot read standard input: {0}")]
    Input(io::Error),
    #[error("cannot write to standard output: {0}")]
    Output(io::Error),
}

impl Failure {
    /// What clap says, without its own prefix.
    pub(crate) fn usage(error: &clap::Error) -> Self {
        let text = error.render().to_string();
        let text = text.strip_prefix("error: ").unwrap_or(&text).trim_end();
        Self::Usage(match error.kind() {
            ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
                format!("a command is missing\n\n{text}")
            }
            _ => text.to_owned(),
        })
    }

    /// For `map_err` on reading `path`.
    pub(crate) fn reading(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::Read { path, error }
    }

    /// For `map_err` on reading the keytab `path`.
    pub(crate) fn keytab(path: &Path) -> impl FnOnce(KeytabError) -> Self {
        let path = path.to_owned();
        move |error| Self::Keytab {
            path,
            error: Box::new(error),
        }
    }

    /// For `map_err` on making an acceptor with the keytab `path`.
    pub(crate) fn config(path: &Path) -> impl FnOnce(ConfigError) -> Self {
        let path = path.to_owned();
        move |error| Self::Config {
            path,
            error: Box::new(error),
        }
    }

    /// For `map_err` on making channel bindings of the certificate `path`.
    pub(crate) fn certificate(path: &Path) -> impl FnOnce(CertificateError) -> Self {
        let path = path.to_owned();
        move |error| Self::Certificate {
            path,
            error: Box::new(error),
        }
    }
}
