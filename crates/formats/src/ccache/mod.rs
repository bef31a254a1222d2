//! Credential cache files, versions 05 01 to 05 04, as MIT krb5 and Heimdal write them.
//!
//! ```text
//! file       05 vv, header (05 04 only), default principal, credentials to the end
//! header     length u16, then fields { tag u16, length u16, value }
//! principal  name-type u32 (not in 05 01), count u32 (in 05 01 the realm counts too),
//!            realm, components
//! credential client, server, key { enctype u16 (05 03: twice), octets },
//!            authtime, starttime, endtime, renew-till u32, is_skey u8, flags u32,
//!            addresses, authdata { count u32, then { type u16, octets } }, ticket, second ticket
//! octets     length u32, then as many
//! ```
//!
//! 05 01 and 05 02 have the byte order of their writer's machine, the others are big-endian.

mod credential;
mod error;
mod reader;
mod writer;

pub use credential::Credential;
pub use error::{CcacheError, CcacheErrorKind};
pub use reader::{CredentialCache, Credentials, KdcOffset};
pub use writer::{CcacheWriteError, CcacheWriter};
