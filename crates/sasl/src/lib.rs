//! SASL for servers (RFC 4422): the mechanisms `GSSAPI` (RFC 4752) and `GSS-SPNEGO`, without I/O.
//!
//! ```no_run
//! use portcullis::{Acceptor, Keytab, ServicePattern};
//! use portcullis_sasl::{Layers, Mechanism, Rejection, SaslServer, Session, Step};
//! use std::time::SystemTime;
//!
//! # fn hear() -> Vec<u8> { Vec::new() }
//! # fn say(_: &[u8]) {}
//! fn log_in(server: &SaslServer, mechanism: Mechanism) -> Result<Session, Rejection> {
//!     let mut exchange = server.begin(mechanism);
//!     loop {
//!         match exchange.step(&hear(), SystemTime::now())? {
//!             Step::Continue { exchange: next, challenge } => {
//!                 say(&challenge);
//!                 exchange = next;
//!             }
//!             Step::Complete { session, additional_data } => {
//!                 say(&additional_data.unwrap_or_default()); // with the success
//!                 return Ok(session);
//!             }
//!             _ => unreachable!(),
//!         }
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let keytab = Keytab::parse(std::fs::read("kafka.keytab")?)?;
//! let kafka: ServicePattern = "kafka".parse()?;
//! let acceptor = Acceptor::builder(keytab).service(kafka).build()?;
//! let server = SaslServer::new(acceptor, Layers::NONE); // TLS is below
//! let session = log_in(&server, "GSSAPI".parse()?)?;
//! println!("hello, {}", session.identity().client());
//! # Ok(())
//! # }
//! ```
//!
//! [`SaslServer`] is the configuration, made once; [`Exchange`] is one client's login, and `step`
//! its only verb. Each step gives a [`Step`] or a [`Rejection`]. What comes out is a [`Session`]:
//! who the client is, as whom it acts, and the [`SecurityLayer`] that every octet goes through from
//! then on, if both sides agreed on one.
//!
//! # What is yours to say
//!
//! | question | where |
//! | --- | --- |
//! | which service the clients come for: `ldap`, `kafka`, … | [`AcceptorBuilder::service`](portcullis::AcceptorBuilder::service) |
//! | which security layers there are | [`SaslServer::new`]; there is no default |
//! | who may act as somebody else | [`SaslServer::authorization`]; nobody may by default |
//! | how long a buffer may be | [`SaslServer::max_receive`] |
//! | where the client comes from, through which channel | [`SaslServer::begin_with`] |
//!
//! # How protocols carry it
//!
//! | protocol | challenge and response | success, with additional data | failure |
//! | --- | --- | --- | --- |
//! | LDAP (RFC 4511 §4.2) | `serverSaslCreds` with `saslBindInProgress` (14), `credentials` | `serverSaslCreds` with `success` | `invalidCredentials` (49), and [`Rejection::reply`] |
//! | Kafka | the octets of `SaslAuthenticate` | the same | error 58 |
//! | SMTP, IMAP, POP | lines of base64 | none: as a challenge, answered by an empty response | the protocol's |
//!
//! The layer begins for us behind our success, and for the client when it hears of it (RFC 4422
//! §3.7). What came in clear behind the client's last response came from somebody else: drop the
//! connection if there is any. `examples/` has servers for `ldapwhoami`, for `psql` and for the
//! sample client of Cyrus SASL.
//!
//! # Why it is so
//!
//! - A GSSAPI client chooses among the layers that its context's flags permit; a GSS-SPNEGO client
//!   has chosen by these flags already, and is refused if that layer is not offered.
//! - GS2 (RFC 5801) is not here: no client that this is tested with chooses it.
//! - There is no adapter for the crate `rsasl`: the traits that a mechanism of its own needs are
//!   behind its feature `unstable_custom_mechanism`, which promises no stability.

mod authorization;
mod error;
mod exchange;
mod layers;
mod mechanism;
mod rejection;
mod security_layer;
mod server;
mod session;

pub use authorization::AuthorizationPolicy;
pub use error::{AuthorizationIdError, Error};
pub use exchange::{Exchange, Step, Unrecorded, UnrecordedStep};
pub use layers::Layers;
pub use mechanism::{Mechanism, UnknownMechanism};
pub use rejection::Rejection;
pub use security_layer::{
    LayerError, LayerHalves, MaxTokens, Received, SecurityLayer, UnwrappingHalf, WrappingHalf,
};
pub use server::SaslServer;
pub use session::Session;
