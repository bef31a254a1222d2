//! [`Secret`]: what a client proves itself with.

use crate::ClientError;
use core::fmt;
use portcullis::{Enctype, Principal};
use portcullis_crypto::{Key, string_to_key};
use portcullis_formats::keytab::KeytabFile;
use portcullis_formats::messages::EtypeInfo2Entry;
use zeroize::Zeroizing;

/// What a client that has no keys asks for: MIT krb5's order.
const AES: [Enctype; 4] = [
    Enctype::Aes256CtsHmacSha1_96,
    Enctype::Aes128CtsHmacSha1_96,
    Enctype::Aes256CtsHmacSha384_192,
    Enctype::Aes128CtsHmacSha256_128,
];

/// The most iterations that we spend on a password, some hundred milliseconds: who answers in the
/// KDC's place says how many.
const MOST_ITERATIONS: u32 = 0x10_0000;

/// The fewest: the default of RFC 3962 §4. What is sealed with a key of fewer is sooner guessed, and
/// goes to whoever said so.
const FEWEST_ITERATIONS: u32 = 4096;

/// What a client proves itself with.
#[derive(Clone)]
pub(super) enum Secret {
    None,
    Password(Zeroizing<String>),
    /// The newest of each encryption type.
    Keys(Vec<Key>),
}

impl Secret {
    /// The keys that `principal` has in a keytab.
    pub(super) fn of_keytab(octets: &[u8], principal: &Principal) -> Result<Self, ClientError> {
        let mut entries: Vec<_> = KeytabFile::open(octets)?
            .records()
            .filter_map(Result::ok)
            .filter(|entry| entry.principal == *principal)
            .collect();
        entries.sort_by_key(|entry| core::cmp::Reverse(entry.kvno));
        let mut keys: Vec<Key> = Vec::new();
        for entry in entries {
            let key = Enctype::try_from(entry.etype.0).ok();
            let key = key.and_then(|enctype| Key::new(enctype, entry.key).ok());
            let newer = |key: &Key| keys.iter().any(|newer| newer.enctype() == key.enctype());
            if let Some(key) = key.filter(|key| !newer(key)) {
                keys.push(key);
            }
        }
        match keys.is_empty() {
            true => Err(ClientError::NoSecret(principal.clone())),
            false => Ok(Self::Keys(keys)),
        }
    }

    /// What to ask for, best first: as `kinit -k` does, what there are keys of comes first.
    pub(super) fn enctypes(&self) -> Vec<Enctype> {
        match self {
            Self::Keys(keys) => {
                let (own, others) = (keys.iter().map(Key::enctype), AES.iter().copied());
                let has = |enctype| keys.iter().any(|key| key.enctype() == enctype);
                own.chain(others.filter(|enctype| !has(*enctype))).collect()
            }
            _ => AES.to_vec(),
        }
    }

    /// The key that an entry of ETYPE-INFO2 describes; `salt` is the default one.
    pub(super) fn key(&self, entry: &EtypeInfo2Entry<'_>, salt: &[u8]) -> Option<Key> {
        let enctype = Enctype::try_from(entry.etype.0).ok()?;
        match self {
            Self::None => None,
            Self::Keys(keys) => keys.iter().find(|key| key.enctype() == enctype).cloned(),
            Self::Password(_) if !is_bearable(entry.s2kparams) => None,
            Self::Password(password) => {
                let salt = entry.salt.map_or(salt, |salt| salt.0);
                string_to_key(enctype, password.as_bytes(), salt, entry.s2kparams).ok()
            }
        }
    }
}

/// Whether the parameters ask for neither too many iterations nor too few; where there are none,
/// the default counts. Others than a number are for who makes the key.
fn is_bearable(params: Option<&[u8]>) -> bool {
    let number = params.and_then(|params| <[u8; 4]>::try_from(params).ok());
    let number = number.map(u32::from_be_bytes);
    number.is_none_or(|number| (FEWEST_ITERATIONS..=MOST_ITERATIONS).contains(&number))
}

/// Prints neither password nor key.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Password(_) => "Password",
            Self::Keys(_) => "Keys",
        })
    }
}
