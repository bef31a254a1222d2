//! A Kerberos acceptor: a service is handed a token and the time, and learns who sent it and what
//! to answer; or why not, and what to answer.
//!
//! ```no_run
//! use portcullis::{Acceptor, Keytab, Step};
//! use std::time::SystemTime;
//!
//! # fn challenge() {}
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let token = vec![];
//! let acceptor = Acceptor::new(Keytab::parse(std::fs::read("http.keytab")?)?)?;
//! match acceptor.begin().step(&token, SystemTime::now()) {
//!     Ok(Step::Complete { context, reply }) => println!("hello, {}", context.identity().client()),
//!     Ok(Step::Continue { negotiation, reply }) => println!("send the reply, await another token"),
//!     Ok(_) => unreachable!(),
//!     Err(rejection) => println!("no: {}. {}", rejection, rejection.error().remedy()),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! [`Acceptor`] is the configuration, made once; [`Negotiation`] is one peer's conversation, and
//! `step` its only verb. Each step gives a [`Step`] or a [`Rejection`], both with what must be sent
//! to the peer. There is no clock, file, socket, environment variable or global in here: `now` is
//! an argument, and so is everything else.
//!
//! The order of the checks stands in `ap_req/mod.rs`, the one file to read first.

mod acceptor;
mod ap_rep;
mod ap_req;
pub mod channel_bindings;
pub mod context;
mod cover;
mod delegated;
mod enctypes;
pub mod entropy;
pub mod error;
pub mod identity;
mod indicators;
pub mod keytab;
pub mod names;
mod negotiation;
pub mod pac;
mod peer;
pub mod policy;
mod rejection;
pub mod replay;
mod rules;
mod scratch;
mod service;
mod settings;
mod tickets;
mod time;
pub mod transited;
pub mod user_to_user;

pub use acceptor::{Acceptor, AcceptorBuilder, ConfigError};
pub use context::SecurityContext;
pub use delegated::DelegatedCredential;
#[cfg(feature = "legacy-enctypes")]
pub use enctypes::WeakEnctype;
pub use error::Error;
pub use identity::Identity;
pub use keytab::Keytab;
pub use negotiation::{Negotiation, Step, Unrecorded, UnrecordedStep};
pub use pac::{Pac, PacPolicy};
pub use portcullis_crypto::Enctype;
pub use portcullis_formats::gss::ChannelBindings;
pub use portcullis_formats::principal::Principal;
pub use rejection::Rejection;
pub use rules::KeySelection;
pub use service::{ServicePattern, ServicePatternError};

/// The byte layouts, for what they name: flags, numbers, times.
pub use portcullis_formats as formats;
