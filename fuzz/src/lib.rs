//! What the fuzz targets do, one module each, and what they share.
//!
//! A module's `run` takes the fuzzer's octets and panics when a promise is broken. `fuzz_targets/`
//! makes programs of them for nightly's fuzzer; `tests/seeds.rs` runs them over the seeds with any
//! compiler. The seeds in `seeds/` are made of `testdata/` and of the realm in memory by
//!
//! ```text
//! cargo run --manifest-path fuzz/Cargo.toml --example seeds
//! ```
#![forbid(unsafe_code)]

pub mod ap_req;
pub mod ccache;
pub mod claims;
pub mod der;
pub mod exported_context;
pub mod header;
pub mod inside_authenticator;
pub mod inside_kdc;
pub mod inside_legs;
pub mod inside_message;
pub mod inside_pac;
pub mod inside_ticket;
pub mod kdc;
pub mod kdc_reply;
pub mod keytab;
pub mod krb5_conf;
pub mod krb_cred;
pub mod limits;
pub mod local_name;
pub mod message_token;
pub mod negotiate;
pub mod pac;
pub mod pac_buffer;
pub mod principal;
pub mod replay_cache;
pub mod sasl;
pub mod spnego;

mod canonical;
mod forge;
mod messages;
mod recorded;
mod reply;
mod shapes;

pub use forge::{ENCTYPES, alice_authenticator, alice_ticket_part, delegated_credential};
pub use inside_pac::alice_pac;
pub use messages::join;
pub use recorded::{Conversation, Recorded};

/// A target: its name and its `run`.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: [Target; 26] = [
    ("ap_req", ap_req::run),
    ("ccache", ccache::run),
    ("claims", claims::run),
    ("der", der::run),
    ("exported_context", exported_context::run),
    ("header", header::run),
    ("inside_authenticator", inside_authenticator::run),
    ("inside_kdc", inside_kdc::run),
    ("inside_legs", inside_legs::run),
    ("inside_message", inside_message::run),
    ("inside_pac", inside_pac::run),
    ("inside_ticket", inside_ticket::run),
    ("kdc", kdc::run),
    ("kdc_reply", kdc_reply::run),
    ("keytab", keytab::run),
    ("krb5_conf", krb5_conf::run),
    ("krb_cred", krb_cred::run),
    ("local_name", local_name::run),
    ("message_token", message_token::run),
    ("negotiate", negotiate::run),
    ("pac", pac::run),
    ("pac_buffer", pac_buffer::run),
    ("principal", principal::run),
    ("replay_cache", replay_cache::run),
    ("sasl", sasl::run),
    ("spnego", spnego::run),
];
