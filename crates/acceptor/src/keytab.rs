//! [`Keytab`]: our long-term keys, with everything derived that opening a ticket needs.

use core::fmt;
use portcullis_crypto::{CipherKey, Enctype, Key, KeyUsage, MacKey};
use portcullis_formats::keytab::{Damage, KeytabEntry, KeytabFile};
use portcullis_formats::principal::Principal;
use portcullis_formats::registry::{EtypeNumber, Kvno};
use zeroize::Zeroizing;

/// The keys of one or more services, as `ktadd`, `ktpass` or `samba-tool` wrote them to a file.
///
/// Keys of encryption types that are not compiled in (DES, above all) are left aside and listed by
/// [`Keytab::ignored`]. The file's octets are wiped when they have been read.
pub struct Keytab {
    keys: Vec<ServiceKey>,
    ignored: Vec<KeytabKey>,
}

/// What a key is for, without the key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeytabKey {
    /// Whose key.
    pub principal: Principal,
    /// Its version number.
    pub kvno: Kvno,
    /// Its encryption type.
    pub etype: EtypeNumber,
}

/// One key, ready to open tickets and to verify what the KDC says in them.
pub(crate) struct ServiceKey {
    pub(crate) principal: Principal,
    pub(crate) kvno: Kvno,
    /// The file has eight bits of the version number only.
    kvno_is_8_bit: bool,
    pub(crate) enctype: Enctype,
    /// Ke and Ki of usage 2, derived once.
    pub(crate) ticket: CipherKey,
    /// Kc of usage 17, derived once.
    pub(crate) pac: MacKey,
    /// Kc of usage 64, derived once.
    pub(crate) cammac: MacKey,
    /// Its place in the keytab.
    pub(crate) index: usize,
    /// The index of the first key of the keytab with the same octets: no key is tried twice.
    pub(crate) identical_to: usize,
}

/// Why a keytab was refused.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeytabError {
    /// The file is no keytab.
    Format(portcullis_formats::keytab::KeytabError),
    /// A record is damaged: the list of keys would silently be shorter.
    Damaged(Damage),
    /// A key has not the length of its encryption type.
    KeyLength {
        /// Which key.
        key: Box<KeytabKey>,
        /// The octets it must have.
        expected: usize,
        /// The octets it has.
        found: usize,
    },
}

impl Keytab {
    /// Reads the octets of a keytab file and wipes them.
    ///
    /// # Errors
    /// [`KeytabError`]: no keytab, a damaged record, or a key of the wrong length. A file is
    /// refused whole rather than read in part; [`Keytab::parse_intact`] takes what is good.
    pub fn parse(octets: Vec<u8>) -> Result<Self, KeytabError> {
        let (keytab, damage) = Self::parse_intact(octets)?;
        match damage.into_iter().next() {
            None => Ok(keytab),
            Some(error) => Err(error),
        }
    }

    /// Reads what is intact in the octets of a keytab file, tells what is not, and wipes them.
    ///
    /// # Errors
    /// [`KeytabError::Format`]: no keytab.
    pub fn parse_intact(octets: Vec<u8>) -> Result<(Self, Vec<KeytabError>), KeytabError> {
        let octets = Zeroizing::new(octets);
        let file = KeytabFile::open(&octets).map_err(KeytabError::Format)?;
        // Room for all that are intact: a list that grows leaves its old place behind with the keys in it.
        let records = file.records().filter(Result::is_ok).count();
        let mut keytab = Self {
            keys: Vec::with_capacity(records),
            ignored: Vec::new(),
        };
        let (mut loaded, mut damage) = (Vec::with_capacity(records), Vec::new());
        for record in file.records() {
            let added = record
                .map_err(KeytabError::Damaged)
                .and_then(|entry| keytab.add(&entry, &mut loaded));
            damage.extend(added.err());
        }
        Ok((keytab, damage))
    }

    /// No key at all.
    pub(crate) const fn empty() -> Self {
        Self {
            keys: Vec::new(),
            ignored: Vec::new(),
        }
    }

    /// The keys that can be used, policy permitting.
    pub fn keys(&self) -> impl Iterator<Item = KeytabKey> + '_ {
        self.keys.iter().map(ServiceKey::summary)
    }

    /// The keys that cannot: their encryption type is not compiled in.
    #[must_use]
    pub fn ignored(&self) -> &[KeytabKey] {
        &self.ignored
    }

    pub(crate) fn service_keys(&self) -> &[ServiceKey] {
        &self.keys
    }

    /// `loaded`: the protocol keys of `keys`, in their order, kept while the file is read.
    fn add(&mut self, entry: &KeytabEntry<'_>, loaded: &mut Vec<Key>) -> Result<(), KeytabError> {
        let about = KeytabKey {
            principal: entry.principal.clone(),
            kvno: entry.kvno,
            etype: entry.etype,
        };
        let Ok(enctype) = Enctype::try_from(entry.etype.0) else {
            self.ignored.push(about);
            return Ok(());
        };
        let key = Key::new(enctype, entry.key).map_err(|length| KeytabError::KeyLength {
            key: Box::new(about.clone()),
            expected: length.expected,
            found: length.found,
        })?;
        let index = self.keys.len();
        let ticket = key.cipher(KeyUsage::TICKET);
        let pac = key.mac(KeyUsage::PAC_CHECKSUM);
        let cammac = key.mac(KeyUsage::CAMMAC);
        // Two names of one account have one key: the earlier stands for both when keys are tried.
        let identical_to = loaded.iter().position(|other| *other == key);
        self.keys.push(ServiceKey {
            principal: about.principal,
            kvno: entry.kvno,
            kvno_is_8_bit: entry.kvno_is_8_bit,
            enctype,
            ticket,
            pac,
            cammac,
            index,
            identical_to: identical_to.unwrap_or(index),
        });
        loaded.push(key);
        Ok(())
    }
}

impl ServiceKey {
    /// The session key of a ticket-granting ticket of `owner`'s: it has no version.
    pub(crate) fn of_session(owner: Principal, key: &Key) -> Self {
        Self {
            principal: owner,
            kvno: Kvno(0),
            kvno_is_8_bit: false,
            enctype: key.enctype(),
            ticket: key.cipher(KeyUsage::TICKET),
            pac: key.mac(KeyUsage::PAC_CHECKSUM),
            cammac: key.mac(KeyUsage::CAMMAC),
            index: 0,
            identical_to: 0,
        }
    }

    /// Whether this is the version that a ticket names. A file that keeps eight bits of the number
    /// only (`ktpass` writes such) matches the low eight, and a key of version 0 any, as in MIT krb5.
    pub(crate) fn is_version(&self, kvno: Kvno) -> bool {
        let unversioned = self.kvno == Kvno(0);
        unversioned || self.kvno == kvno || (self.kvno_is_8_bit && self.kvno.0 == kvno.0 & 0xff)
    }

    pub(crate) fn summary(&self) -> KeytabKey {
        KeytabKey {
            principal: self.principal.clone(),
            kvno: self.kvno,
            etype: EtypeNumber(self.enctype.number()),
        }
    }
}

impl fmt::Debug for Keytab {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys()).finish()
    }
}

impl fmt::Display for KeytabKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} kvno {} {}", self.principal, self.kvno, self.etype)
    }
}

impl fmt::Display for KeytabError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Format(error) => error.fmt(f),
            Self::Damaged(damage) => write!(f, "damaged keytab: {damage}"),
            Self::KeyLength {
                key,
                expected,
                found,
            } => {
                write!(f, "the key of {key} has {found} octets, not {expected}")
            }
        }
    }
}

impl core::error::Error for KeytabError {}
