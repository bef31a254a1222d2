//! The rig: real Kerberos programs against the binary `portcullis`, on loopback and high ports.
//!
//! [`realm::MitRealm`] is a KDC with services of every enctype, [`login::Login`] a user with a ticket,
//! [`initiator`] makes tokens, [`portcullis`] and [`mit_acceptor`] judge them, [`http`] asks the axum example.
//! Nothing global is touched: each program gets its configuration by environment, each realm has its own
//! directory, and every process ends when its handle is dropped or the test dies ([`process`]).

pub mod field_map;
pub mod flips;
pub mod gss_sample;
pub mod heimdal;
pub mod http;
pub mod initiator;
pub mod listener;
pub mod login;
pub mod message_peer;
pub mod mit_acceptor;
pub mod mit_gss_server;
pub mod mit_names;
pub mod peer;
pub mod portcullis;
pub mod postgresql;
pub mod process;
pub mod realm;
pub mod recorded;
pub mod redis;
pub mod rig;
pub mod samba;
pub mod sasl;
pub mod seeded;
pub mod slapd;
pub mod web;

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// Octets of base64 text (RFC 4648 §4, padded).
///
/// # Panics
/// When it is not base64: a peer's program said something else.
#[must_use]
pub fn from_base64(text: &str) -> Vec<u8> {
    STANDARD
        .decode(text.trim())
        .unwrap_or_else(|error| panic!("{error} in base64: {text}"))
}

/// Base64 text of octets.
#[must_use]
pub fn to_base64(octets: &[u8]) -> String {
    STANDARD.encode(octets)
}
