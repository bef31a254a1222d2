//! From principals to the names of a service's own users.
//!
//! A client is its whole name: `alice@EXAMPLE.TEST` and `alice@OTHER.TEST` are two. A service that
//! has users without realms decides whose realm it may forget, and [`LocalNamePolicy`] says so:
//! by a map, by the rules `auth_to_local` of MIT krb5 ([`AuthToLocal`]), or by a list of realms.
//! Without any of them the realm stays.

mod auth_to_local;
mod ere;
mod error;
mod policy;
mod rule;

pub use auth_to_local::AuthToLocal;
pub use ere::EreError;
pub use error::{ConfRuleError, NoLocalName, RuleError, RuleErrorKind};
pub use policy::LocalNamePolicy;
