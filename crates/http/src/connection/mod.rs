//! What a request's connection says of it: extensions that the server puts on its requests.

mod bindings;
mod state;

pub use bindings::{BoundToConnection, ConnectionBindings};
pub use state::{ConnectionState, WithConnectionState};

pub(crate) use state::Known;
