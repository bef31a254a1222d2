//! The encryption and checksum systems of Kerberos 5 (RFC 3961) over RustCrypto.
//!
//! A [`Key`] is a protocol key. [`Key::cipher`] and [`Key::mac`] derive what one [`KeyUsage`]
//! needs, once; the results open, seal and verify any number of messages. A key that serves a
//! single message does it by [`Key::open`] and [`Key::seal`] with half the work.
//!
//! Nothing here decides which enctype may be used: that is the caller's policy. DES and the
//! exportable RC4 are not implemented, and no unkeyed checksum can be named.

#![no_std]

extern crate alloc;

mod aes_sha1;
mod aes_sha2;
#[cfg(feature = "camellia")]
mod camellia;
mod cipher_key;
mod cts;
mod derive;
mod enctype;
mod key;
mod key_usage;
#[cfg(feature = "legacy-enctypes")]
mod legacy;
mod mac;
mod mac_key;
mod sha;
mod simplified_profile;
#[cfg(feature = "string-to-key")]
mod string_to_key;

pub use cipher_key::{CipherKey, OpenError};
pub use enctype::{Enctype, UnsupportedEnctype};
pub use key::{Key, KeyLengthError};
pub use key_usage::KeyUsage;
pub use mac_key::{Mac, MacKey, VerifyError};
#[cfg(feature = "string-to-key")]
pub use string_to_key::{StringToKeyError, string_to_key};
