//! Keytab files, as MIT krb5, Heimdal, Samba and `ktpass` write them.
//!
//! The reader gives everything that is there: entries of unknown enctypes too, and damage as values
//! among them, so that nobody works with a silently shorter list. Whether damage matters is for the
//! caller to decide.
//!
//! ```text
//! file    05 vv, then records; 05 02 is big-endian, 05 01 as its writer's machine
//! record  length i32: > 0 an entry, < 0 a hole of as many octets, 0 the end of the file
//! entry   component count u16 (in 05 01 the realm counts too)
//!         realm, components: length u16 and octets
//!         name-type u32 (not in 05 01)
//!         timestamp u32, kvno u8, enctype u16, key: length u16 and octets
//!         kvno u32, when four octets are left; counts unless 0
//!         filler
//! ```

mod damage;
mod entry;
mod reader;
mod writer;

pub use damage::{Damage, DamageKind, KeytabError};
pub use entry::KeytabEntry;
pub use reader::{KeytabFile, KeytabVersion, Records};
pub use writer::{KeytabWriteError, KeytabWriter};
