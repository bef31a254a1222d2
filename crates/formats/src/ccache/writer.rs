//! Writes credential caches of version 05 04.

use super::{Credential, KdcOffset};
use crate::principal::Principal;
use alloc::vec::Vec;
use core::fmt;

/// A credential cache under construction. `Debug` does not print its octets.
///
/// The octets hold session keys, and whoever takes them has to wipe them. With enough room from the
/// beginning they are never moved, so that one wipe is enough.
#[derive(Clone)]
pub struct CcacheWriter {
    octets: Vec<u8>,
}

impl CcacheWriter {
    /// The cache of `default_principal`, without credentials and with room for `capacity` octets.
    ///
    /// # Errors
    /// [`CcacheWriteError`].
    pub fn new(
        default_principal: &Principal,
        kdc_offset: Option<KdcOffset>,
        capacity: usize,
    ) -> Result<Self, CcacheWriteError> {
        let mut octets = Vec::with_capacity(capacity);
        octets.extend_from_slice(&[5, 4]);
        match kdc_offset {
            None => octets.extend_from_slice(&[0, 0]),
            Some(offset) => {
                octets.extend_from_slice(&[0, 12, 0, 1, 0, 8]); // header, tag and value length
                octets.extend_from_slice(&offset.seconds.to_be_bytes());
                octets.extend_from_slice(&offset.microseconds.to_be_bytes());
            }
        }
        let mut writer = Self { octets };
        writer.principal(default_principal)?;
        Ok(writer)
    }

    /// Adds a credential. After an error the cache is as it was.
    ///
    /// # Errors
    /// [`CcacheWriteError`] when a part does not fit into its field.
    pub fn add(&mut self, credential: &Credential<'_>) -> Result<(), CcacheWriteError> {
        let start = self.octets.len();
        let written = self.credential(credential);
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

    fn principal(&mut self, principal: &Principal) -> Result<(), CcacheWriteError> {
        self.uint32(principal.name_type().0.cast_unsigned());
        self.count("components", principal.components().count())?;
        self.counted("realm", principal.realm().0)?;
        principal
            .components()
            .try_for_each(|component| self.counted("component", component))
    }

    fn credential(&mut self, credential: &Credential<'_>) -> Result<(), CcacheWriteError> {
        self.principal(&credential.client)?;
        self.principal(&credential.server)?;
        self.type_number("enctype", credential.etype.0)?;
        self.counted("key", credential.key)?;
        self.uint32(credential.authtime);
        self.uint32(credential.starttime);
        self.uint32(credential.endtime);
        self.uint32(credential.renew_till);
        self.octets.push(credential.is_skey.into());
        self.uint32(credential.ticket_flags.0);
        self.count("addresses", credential.addresses.len())?;
        for address in &credential.addresses {
            self.type_number("address type", address.addr_type.0)?;
            self.counted("address", address.address)?;
        }
        self.count("authdata", credential.authdata.len())?;
        for element in &credential.authdata {
            self.type_number("authdata type", element.ad_type.0)?;
            self.counted("authdata", element.ad_data)?;
        }
        self.counted("ticket", credential.ticket)?;
        self.counted("second ticket", credential.second_ticket)
    }

    fn counted(&mut self, field: &'static str, octets: &[u8]) -> Result<(), CcacheWriteError> {
        self.count(field, octets.len())?;
        self.octets.extend_from_slice(octets);
        Ok(())
    }

    fn count(&mut self, field: &'static str, count: usize) -> Result<(), CcacheWriteError> {
        let count = u32::try_from(count).map_err(|_| CcacheWriteError::TooLong { field, count })?;
        self.uint32(count);
        Ok(())
    }

    fn type_number(&mut self, field: &'static str, number: i32) -> Result<(), CcacheWriteError> {
        let number =
            i16::try_from(number).map_err(|_| CcacheWriteError::TypeNumber { field, number })?;
        self.octets.extend_from_slice(&number.to_be_bytes());
        Ok(())
    }

    fn uint32(&mut self, value: u32) {
        self.octets.extend_from_slice(&value.to_be_bytes());
    }
}

impl fmt::Debug for CcacheWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CcacheWriter").finish_non_exhaustive()
    }
}

/// A credential that no cache can hold.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CcacheWriteError {
    /// More octets or elements than their number can say.
    TooLong {
        /// Of which field.
        field: &'static str,
        /// How many.
        count: usize,
    },
    /// A type beyond 16 bits.
    TypeNumber {
        /// Of which field.
        field: &'static str,
        /// Which.
        number: i32,
    },
}

impl fmt::Display for CcacheWriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("credential: ")?;
        match *self {
            Self::TooLong { field, count } => write!(f, "{field} of {count} is too long"),
            Self::TypeNumber { field, number } => {
                write!(f, "{field} {number} does not fit into 16 bits")
            }
        }
    }
}

impl core::error::Error for CcacheWriteError {}
