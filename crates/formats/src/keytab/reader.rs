//! Reads a keytab record by record, and goes on after a damaged one wherever it can.

use super::{Damage, DamageKind, KeytabEntry, KeytabError};
use crate::file_cursor::{ByteOrder, FileCursor, PastEnd};
use core::fmt;

/// How a keytab is written.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeytabVersion {
    /// 05 01, written on a big-endian machine.
    V1BigEndian,
    /// 05 01, written on a little-endian machine.
    V1LittleEndian,
    /// 05 02: always big-endian. What everybody writes today.
    V2,
}

impl KeytabVersion {
    pub(super) const fn byte_order(self) -> ByteOrder {
        match self {
            Self::V1BigEndian | Self::V2 => ByteOrder::Big,
            Self::V1LittleEndian => ByteOrder::Little,
        }
    }
}

/// A keytab file, borrowed. `Debug` does not print its octets.
#[derive(Clone, Copy)]
pub struct KeytabFile<'a> {
    records: &'a [u8],
    version: KeytabVersion,
}

const VERSION_OCTETS: usize = 2;

impl<'a> KeytabFile<'a> {
    /// Reads the version; the records follow when they are asked for.
    ///
    /// # Errors
    /// [`KeytabError`] when `octets` do not begin as a keytab does.
    pub fn open(octets: &'a [u8]) -> Result<Self, KeytabError> {
        let Some((version, records)) = octets.split_first_chunk::<VERSION_OCTETS>() else {
            return Err(KeytabError::TooShort {
                found: octets.len(),
            });
        };
        let version = match *version {
            [5, 1] => guess_byte_order(records),
            [5, 2] => KeytabVersion::V2,
            found => return Err(KeytabError::Version { found }),
        };
        Ok(Self { records, version })
    }

    /// How it is written. The byte order of version 05 01 is a guess.
    #[must_use]
    pub const fn version(&self) -> KeytabVersion {
        self.version
    }

    /// The entries, in order, and the damage among them. Holes are passed over.
    #[must_use]
    pub const fn records(&self) -> Records<'a> {
        let order = self.version.byte_order();
        Records {
            input: FileCursor::new(self.records, VERSION_OCTETS, order),
            version: self.version,
            ended: false,
        }
    }
}

/// The file does not say who wrote it: the order in which more records follow each other.
fn guess_byte_order(records: &[u8]) -> KeytabVersion {
    if reach(records, ByteOrder::Big) > reach(records, ByteOrder::Little) {
        KeytabVersion::V1BigEndian
    } else {
        KeytabVersion::V1LittleEndian
    }
}

/// How far the lengths of the records lead, in octets.
fn reach(records: &[u8], order: ByteOrder) -> usize {
    let mut input = FileCursor::new(records, 0, order);
    while let Ok(length @ 1..) = input.uint32() {
        if input.octets(size(length)).is_err() {
            break;
        }
    }
    input.offset()
}

/// The octets of a record or, when the length is negative, of a hole. `i32::MIN` has no positive
/// counterpart; here it is a hole of 2 GiB, beyond the end of any file.
fn size(length: u32) -> usize {
    usize::try_from(length.cast_signed().unsigned_abs()).unwrap_or(usize::MAX)
}

impl fmt::Debug for KeytabFile<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeytabFile")
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// The records of a [`KeytabFile`].
#[derive(Clone)]
pub struct Records<'a> {
    input: FileCursor<'a>,
    version: KeytabVersion,
    ended: bool,
}

impl<'a> Records<'a> {
    /// The next entry; `None` after a hole.
    fn record(&mut self, offset: usize) -> Result<Option<KeytabEntry<'a>>, DamageKind> {
        let length = self
            .input
            .uint32()
            .map_err(|cut| DamageKind::LengthCut { found: cut.found })?;
        let octets = self.input.octets(size(length));
        match (length.cast_signed(), octets) {
            (0, _) => {
                self.ended = true;
                let octets = self.input.rest().len();
                let is_filler = self.input.rest().iter().all(|octet| *octet == 0);
                if is_filler {
                    Ok(None)
                } else {
                    Err(DamageKind::AfterEnd { octets })
                }
            }
            (1.., Ok(record)) => KeytabEntry::decode(offset, record, self.version).map(Some),
            (_, Ok(_)) => Ok(None),
            (1.., Err(PastEnd { needed, found })) => Err(DamageKind::RecordCut { needed, found }),
            (_, Err(PastEnd { needed, found })) => Err(DamageKind::HoleCut { needed, found }),
        }
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<KeytabEntry<'a>, Damage>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended && !self.input.rest().is_empty() {
            let offset = self.input.offset();
            match self.record(offset) {
                Ok(Some(entry)) => return Some(Ok(entry)),
                Ok(None) => {}
                Err(kind) => {
                    self.ended = kind.ends_the_file();
                    return Some(Err(Damage { offset, kind }));
                }
            }
        }
        None
    }
}

impl fmt::Debug for Records<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Records")
            .field("offset", &self.input.offset())
            .finish_non_exhaustive()
    }
}
