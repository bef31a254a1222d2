//! SASL for servers (RFC 4422): the mechanisms `GSSAPI` (RFC 4752) and `GSS-SPNEGO`, without I/O.
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
pub use security_layer::{LayerError, MaxTokens, Received, SecurityLayer};
pub use server::SaslServer;
pub use session::Session;
