//! Writes keytabs: today's version, and the old one for tests of those who read it.

use super::KeytabVersion;
use crate::file_cursor::ByteOrder;
use crate::principal::Principal;
use crate::registry::{EtypeNumber, Kvno};
use alloc::vec::Vec;
use core::fmt;

/// A keytab under construction. `Debug` does not print its octets.
///
/// The octets hold keys, and whoever takes them has to wipe them. With enough room from the
/// beginning ([`KeytabWriter::with_capacity`]) they are never moved, so that one wipe is enough.
#[derive(Clone)]
pub struct KeytabWriter {
    octets: Vec<u8>,
    version: KeytabVersion,
    kvno_32: bool,
}

impl KeytabWriter {
    /// A file without entries.
    #[must_use]
    pub fn new(version: KeytabVersion) -> Self {
        Self::with_capacity(version, 0)
    }

    /// A file without entries and with room for `octets`.
    #[must_use]
    pub fn with_capacity(version: KeytabVersion, octets: usize) -> Self {
        let mut file = Vec::with_capacity(octets.max(2));
        file.extend_from_slice(match version {
            KeytabVersion::V1BigEndian | KeytabVersion::V1LittleEndian => &[5, 1],
            KeytabVersion::V2 => &[5, 2],
        });
        Self {
            octets: file,
            version,
            kvno_32: true,
        }
    }

    /// Writes only the low 8 bits of the version numbers, as `ktpass` does.
    #[must_use]
    pub const fn kvno_of_8_bits(mut self) -> Self {
        self.kvno_32 = false;
        self
    }

    /// Adds an entry; `timestamp` is in seconds since 1970. After an error the file is as it was.
    ///
    /// # Errors
    /// [`KeytabWriteError`] when a part does not fit into its field, or is empty and so would not
    /// be read again.
    pub fn add(
        &mut self,
        principal: &Principal,
        timestamp: u32,
        kvno: Kvno,
        etype: EtypeNumber,
        key: &[u8],
    ) -> Result<(), KeytabWriteError> {
        let start = self.octets.len();
        let written = self.entry(principal, timestamp, kvno, etype, key);
        if written.is_err() {
            self.octets.truncate(start);
        }
        written
    }

    /// The file.
    #[must_use]
    pub fn into_vec(self) -> Vec<u8> {
        self.octets
    }

    fn entry(
        &mut self,
        principal: &Principal,
        timestamp: u32,
        kvno: Kvno,
        etype: EtypeNumber,
        key: &[u8],
    ) -> Result<(), KeytabWriteError> {
        let start = self.octets.len();
        self.uint32(0); // the length, when it is known
        self.name(principal)?;
        self.uint32(timestamp);
        let [_, _, _, kvno_8] = kvno.0.to_be_bytes();
        self.octets.push(kvno_8);
        let enctype = i16::try_from(etype.0).map_err(|_| KeytabWriteError::Enctype(etype))?;
        self.uint16(enctype.cast_unsigned());
        self.counted("key", key)?;
        if self.kvno_32 {
            self.uint32(kvno.0);
        }
        let length = self.octets.len().saturating_sub(start).saturating_sub(4);
        let length = i32::try_from(length).map_err(|_| KeytabWriteError::TooLong {
            field: "entry",
            octets: length,
        })?;
        let length = self.in_order(length.cast_unsigned());
        if let Some(place) = self
            .octets
            .get_mut(start..)
            .and_then(<[u8]>::first_chunk_mut)
        {
            *place = length;
        }
        Ok(())
    }

    fn name(&mut self, principal: &Principal) -> Result<(), KeytabWriteError> {
        let count = principal.components().count();
        let (counted, has_name_type) = match self.version {
            KeytabVersion::V1BigEndian | KeytabVersion::V1LittleEndian => {
                (count.saturating_add(1), false)
            }
            KeytabVersion::V2 => (count, true),
        };
        let too_many = KeytabWriteError::TooManyComponents { found: count };
        self.uint16(u16::try_from(counted).map_err(|_| too_many)?);
        if count == 0 {
            return Err(KeytabWriteError::NoComponents);
        }
        self.counted("realm", principal.realm().0)?;
        for component in principal.components() {
            self.counted("component", component)?;
        }
        if has_name_type {
            self.uint32(principal.name_type().0.cast_unsigned());
        }
        Ok(())
    }

    fn counted(&mut self, field: &'static str, octets: &[u8]) -> Result<(), KeytabWriteError> {
        if octets.is_empty() {
            return Err(KeytabWriteError::Empty { field });
        }
        let length = u16::try_from(octets.len()).map_err(|_| KeytabWriteError::TooLong {
            field,
            octets: octets.len(),
        })?;
        self.uint16(length);
        self.octets.extend_from_slice(octets);
        Ok(())
    }

    fn uint16(&mut self, value: u16) {
        self.octets
            .extend_from_slice(&match self.version.byte_order() {
                ByteOrder::Big => value.to_be_bytes(),
                ByteOrder::Little => value.to_le_bytes(),
            });
    }

    fn uint32(&mut self, value: u32) {
        let octets = self.in_order(value);
        self.octets.extend_from_slice(&octets);
    }

    const fn in_order(&self, value: u32) -> [u8; 4] {
        match self.version.byte_order() {
            ByteOrder::Big => value.to_be_bytes(),
            ByteOrder::Little => value.to_le_bytes(),
        }
    }
}

impl fmt::Debug for KeytabWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeytabWriter")
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// An entry that no keytab can hold.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeytabWriteError {
    /// A field longer than its length can say.
    TooLong {
        /// Which.
        field: &'static str,
        /// How long it is.
        octets: usize,
    },
    /// More components than their number can say.
    TooManyComponents {
        /// How many.
        found: usize,
    },
    /// A principal without components.
    NoComponents,
    /// A realm, component or key of no octets.
    Empty {
        /// Which.
        field: &'static str,
    },
    /// An enctype beyond 16 bits.
    Enctype(EtypeNumber),
}

impl fmt::Display for KeytabWriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("keytab entry: ")?;
        match *self {
            Self::TooLong { field, octets } => write!(f, "{field} of {octets} octets is too long"),
            Self::TooManyComponents { found } => write!(f, "{found} components are too many"),
            Self::NoComponents => f.write_str("principal without components"),
            Self::Empty { field } => write!(f, "empty {field}"),
            Self::Enctype(etype) => write!(f, "{etype} does not fit into 16 bits"),
        }
    }
}

impl core::error::Error for KeytabWriteError {}
