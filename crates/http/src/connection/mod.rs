//! What a request's connection says of it: extensions that the server puts on its requests.

mod bindings;
mod extension;
mod state;

pub use bindings::ConnectionBindings;
pub use extension::OfConnection;
pub use state::ConnectionState;

pub(crate) use state::Known;
