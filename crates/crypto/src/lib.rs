//! The encryption and checksum systems of Kerberos 5 (RFC 3961) over RustCrypto.
//!
//! | number | name                       | RFC  | key | adds     | checksum  | feature           |
//! | ------ | -------------------------- | ---- | --- | -------- | --------- | ----------------- |
//! | 16     | des3-cbc-sha1              | 3961 | 24  | 28 + pad | 12 (20)   | `legacy-enctypes` |
//! | 17     | aes128-cts-hmac-sha1-96    | 3962 | 16  | 28       | 15 (12)   |                   |
//! | 18     | aes256-cts-hmac-sha1-96    | 3962 | 32  | 28       | 16 (12)   |                   |
//! | 19     | aes128-cts-hmac-sha256-128 | 8009 | 16  | 32       | 19 (16)   |                   |
//! | 20     | aes256-cts-hmac-sha384-192 | 8009 | 32  | 40       | 20 (24)   |                   |
//! | 23     | arcfour-hmac               | 4757 | 16  | 24       | -138 (16) | `legacy-enctypes` |
//! | 25     | camellia128-cts-cmac       | 6803 | 16  | 32       | 17 (16)   | `camellia`        |
//! | 26     | camellia256-cts-cmac       | 6803 | 32  | 32       | 18 (16)   | `camellia`        |
//!
//! All sizes are octets: of a key, of what a ciphertext adds to its plaintext, and, after its
//! number, of the mandatory checksum.
//!
//! A [`Key`] is a protocol key. [`Key::cipher`] and [`Key::mac`] derive what one [`KeyUsage`]
//! needs, once; the results open, seal and verify any number of messages. A key that serves a
//! single message does it by [`Key::open`] and [`Key::seal`] with half the work, and one that serves
//! a few, each of another usage, by [`Key::prepare`].
//! [`Scattered`] is a text that is sealed where its parts lie, without a copy.
//!
//! ```
//! use portcullis_crypto::{Enctype, Key, KeyUsage};
//!
//! let key = Key::new(Enctype::Aes256CtsHmacSha1_96, &[7; 32])?;
//! let tickets = key.cipher(KeyUsage::TICKET); // once
//!
//! let mut sealed = Vec::new();
//! tickets.seal(&[0x5a; 16], &[b"ticket"], &mut sealed); // the confounder must be random
//! assert_eq!(tickets.open(&mut sealed)?, b"ticket"); // in place
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Nothing here decides which enctype may be used: that is the caller's policy. DES and the
//! exportable RC4 are not implemented, and no unkeyed checksum can be named. There is no source
//! of random octets either: confounders and seeds come in as arguments, and a [`Generator`] makes
//! many octets of one seed.
//!
//! The feature `string-to-key` adds `string_to_key`: keys from passwords.

#![no_std]

extern crate alloc;

mod aes_sha1;
mod aes_sha2;
mod both;
#[cfg(feature = "camellia")]
mod camellia;
mod cipher_key;
mod cts;
mod derive;
mod enctype;
mod generator;
mod key;
mod key_usage;
#[cfg(feature = "legacy-enctypes")]
mod legacy;
mod mac;
mod mac_key;
mod prepared_key;
mod scattered;
mod sha;
mod simplified_profile;
#[cfg(feature = "string-to-key")]
mod string_to_key;
mod wiped;

pub use cipher_key::{CipherKey, OpenError, ScatteredError};
pub use enctype::{Enctype, UnsupportedEnctype};
pub use generator::Generator;
pub use key::{Key, KeyLengthError};
pub use key_usage::KeyUsage;
#[cfg(feature = "legacy-enctypes")]
pub use legacy::rfc1964::{Rfc1964Key, Rfc1964Kind};
pub use mac_key::{Mac, MacKey, VerifyError};
pub use prepared_key::PreparedKey;
pub use scattered::Scattered;
#[cfg(feature = "string-to-key")]
pub use string_to_key::{StringToKeyError, string_to_key};
pub use wiped::Wiped;
