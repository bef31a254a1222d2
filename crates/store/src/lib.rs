//! What outlives a negotiation: delegated credentials, the records of replay caches, and who is in
//! which group.
//!
//! | feature | what it adds |
//! | --- | --- |
//! | | [`CacheDirectory`]: delegated credentials, each a file |
//! | | [`GroupFile`]: who is in which group, by a list |
//! | `file2` | `File2ReplayCache`: the replay cache of one host, a file that MIT krb5 shares (Linux) |
//! | `redis` | `RedisReplayStore`: the replay store of several hosts, in Redis or Valkey |
//! | `ldap` | `LdapGroups`: who is in which group, by a directory's `memberOf` |
//!
//! # Delegated credentials
//!
//! A service that acts on behalf of its clients hands their credentials to programs and libraries
//! that want a file: psql, ssh, an NFS mount. [`CacheDirectory`] writes such files, each with mode
//! 0600, whole or not at all, in a directory that is nobody else's.
//!
//! ```no_run
//! use portcullis_store::{CacheDirectory, CacheName};
//!
//! # fn log_in(identity: &portcullis::Identity) -> Result<(), Box<dyn std::error::Error>> {
//! let caches = CacheDirectory::open("/run/myservice/ccache")?;
//! if let Some(credential) = identity.delegated() {
//!     let cache = caches.write_unique(&CacheName::of(identity.client())?, credential)?;
//!     let cache = cache.unlink_on_drop();
//!     std::process::Command::new("psql").env("KRB5CCNAME", cache.krb5ccname()).status()?;
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Whoever can read such a file is the client, so: the directory must belong to the user that the
//! service runs as and be writable by nobody else, which is looked at when it is opened. It is then
//! held open, and every file is reached from there: whatever somebody does to the path later, no
//! file is written elsewhere, and no link is followed. Keep it on a file system in memory.
#![cfg(unix)]

mod directory;
mod error;
mod file;
#[cfg(all(feature = "file2", target_os = "linux"))]
mod file2;
mod group_file;
#[cfg(feature = "ldap")]
mod ldap;
mod name;
#[cfg(feature = "redis")]
mod redis;

pub use directory::CacheDirectory;
pub use error::StoreError;
pub use file::CacheFile;
#[cfg(all(feature = "file2", target_os = "linux"))]
pub use file2::{File2ReplayCache, ReplayFileError};
pub use group_file::{GroupFile, GroupFileError};
#[cfg(feature = "ldap")]
pub use ldap::{LdapGroups, LdapSettings, LdapSettingsError};
pub use name::CacheName;
#[cfg(feature = "redis")]
pub use redis::{RedisReplayStore, RedisSettings};
