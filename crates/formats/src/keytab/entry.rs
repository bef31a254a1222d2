//! One entry of a keytab: a principal and one of its keys.

use super::{DamageKind, KeytabVersion};
use crate::file_cursor::{FileCursor, PastEnd};
use crate::principal::{Principal, PrincipalError};
use crate::registry::{EtypeNumber, Kvno, NameType};
use alloc::vec::Vec;
use core::fmt;

/// A principal and one of its keys, the key borrowed from the file. `Debug` does not print it.
#[derive(Clone)]
pub struct KeytabEntry<'a> {
    /// Where its record begins, in octets from the beginning of the file.
    pub offset: usize,
    /// Whose key it is: realm and components are not empty. The name type is NT-UNKNOWN in files
    /// of version 05 01, which have none.
    pub principal: Principal,
    /// When the key was written, in seconds since 1970.
    pub timestamp: u32,
    /// The key's version number.
    pub kvno: Kvno,
    /// Whether the file has only the low 8 bits of the version number, as `ktpass` writes it.
    pub kvno_is_8_bit: bool,
    /// The key's encryption type, whether known or not.
    pub etype: EtypeNumber,
    /// The key; not empty.
    pub key: &'a [u8],
}

impl<'a> KeytabEntry<'a> {
    pub(super) fn decode(
        offset: usize,
        record: &'a [u8],
        version: KeytabVersion,
    ) -> Result<Self, DamageKind> {
        let mut input = FileCursor::new(record, offset, version.byte_order());
        let principal = decode_principal(&mut input, version)?;
        let timestamp = input.uint32().map_err(past("timestamp"))?;
        let kvno_8 = input.uint8().map_err(past("kvno"))?;
        let etype = input.uint16().map_err(past("enctype"))?;
        let key = present("key", input.counted_by_uint16())?;
        // MIT krb5 and Heimdal add the whole number; 0 there is filler in the rest of a hole.
        let kvno_32 = input.uint32().ok().filter(|kvno| *kvno != 0);
        Ok(Self {
            offset,
            principal,
            timestamp,
            kvno: Kvno(kvno_32.unwrap_or_else(|| kvno_8.into())),
            kvno_is_8_bit: kvno_32.is_none(),
            etype: EtypeNumber(etype.cast_signed().into()), // private ones are negative
            key,
        })
    }
}

fn decode_principal(
    input: &mut FileCursor<'_>,
    version: KeytabVersion,
) -> Result<Principal, DamageKind> {
    let count = input.uint16().map_err(past("component count"))?;
    let count = match version {
        KeytabVersion::V2 => count,
        _ => count.saturating_sub(1), // the realm is counted
    };
    let realm = present("realm", input.counted_by_uint16())?;
    let components = (0..count)
        .map(|_| present("component", input.counted_by_uint16()))
        .collect::<Result<Vec<_>, _>>()?;
    let name_type = match version {
        KeytabVersion::V2 => input.uint32().map_err(past("name type"))?.cast_signed(),
        _ => NameType::UNKNOWN.0,
    };
    match Principal::new(realm, components) {
        Ok(principal) => Ok(principal.with_name_type(NameType(name_type))),
        Err(PrincipalError::NoComponents) => Err(DamageKind::NoComponents),
        Err(_) => Err(DamageKind::TooManyComponents { found: count }),
    }
}

fn present<'a>(
    field: &'static str,
    octets: Result<&'a [u8], PastEnd>,
) -> Result<&'a [u8], DamageKind> {
    match octets.map_err(past(field))? {
        [] => Err(DamageKind::Empty { field }),
        octets => Ok(octets),
    }
}

fn past(field: &'static str) -> impl FnOnce(PastEnd) -> DamageKind {
    move |PastEnd { needed, found }| DamageKind::PastRecord {
        field,
        by: needed.saturating_sub(found),
    }
}

impl fmt::Debug for KeytabEntry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeytabEntry")
            .field("offset", &self.offset)
            .field("principal", &self.principal)
            .field("timestamp", &self.timestamp)
            .field("kvno", &self.kvno)
            .field("kvno_is_8_bit", &self.kvno_is_8_bit)
            .field("etype", &self.etype)
            .finish_non_exhaustive()
    }
}
