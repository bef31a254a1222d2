//! Writes NDR as Windows does, to the numbers that it gives its pointers.

use super::{EncodeElement, NdrArray};
use crate::pac::{FileTime, PacEncodeError, PacText, Sid};
use alloc::vec::Vec;

/// What Windows numbers its pointers from, and by how much.
const FIRST_REFERENT: u32 = 0x0002_0000;
const REFERENT_STEP: u32 = 4;
/// Version 1, little-endian, a header of eight octets, filler.
const COMMON_HEADER: [u8; 8] = [1, 0x10, 8, 0, 0xcc, 0xcc, 0xcc, 0xcc];

/// A structure under construction: its fixed part, and apart from it what its pointers point to.
///
/// All that is written begins at a multiple of four, which is as much as its own parts want.
pub(in crate::pac) struct NdrWriter {
    fixed: Vec<u8>,
    deferred: Vec<u8>,
    next_referent: u32,
    too_long: Option<&'static str>,
}

impl NdrWriter {
    /// The structure that `structure` writes, with headers around it.
    pub(in crate::pac) fn encode(
        structure: impl FnOnce(&mut Self),
    ) -> Result<Vec<u8>, PacEncodeError> {
        let mut top = Self {
            fixed: Vec::new(),
            deferred: Vec::new(),
            next_referent: FIRST_REFERENT,
            too_long: None,
        };
        top.pointer(structure);
        let Self {
            fixed: mut object,
            deferred,
            too_long,
            ..
        } = top;
        if let Some(field) = too_long {
            return Err(PacEncodeError { field });
        }
        object.extend_from_slice(&deferred);
        object.resize(object.len().next_multiple_of(8), 0);
        let length = u32::try_from(object.len()).map_err(|_| PacEncodeError {
            field: "ObjectBufferLength",
        })?;
        let mut octets = COMMON_HEADER.to_vec();
        octets.extend_from_slice(&length.to_le_bytes());
        octets.extend_from_slice(&[0; 4]);
        octets.extend_from_slice(&object);
        Ok(octets)
    }

    /// Two octets.
    pub(in crate::pac) fn uint16(&mut self, value: u16) {
        self.fixed.extend_from_slice(&value.to_le_bytes());
    }

    /// Four octets.
    pub(in crate::pac) fn uint32(&mut self, value: u32) {
        pad(&mut self.fixed);
        self.fixed.extend_from_slice(&value.to_le_bytes());
    }

    /// Eight octets at a multiple of four.
    pub(in crate::pac) fn file_time(&mut self, time: FileTime) {
        pad(&mut self.fixed);
        self.octets(&time.0.to_le_bytes());
    }

    /// Octets as they are.
    pub(in crate::pac) fn octets(&mut self, octets: &[u8]) {
        self.fixed.extend_from_slice(octets);
    }

    /// A pointer to what `pointee` writes.
    pub(in crate::pac) fn pointer(&mut self, pointee: impl FnOnce(&mut Self)) {
        self.uint32(self.next_referent);
        let mut inner = Self {
            fixed: Vec::new(),
            deferred: Vec::new(),
            next_referent: self.next_referent.saturating_add(REFERENT_STEP),
            too_long: self.too_long,
        };
        pointee(&mut inner);
        self.next_referent = inner.next_referent;
        self.too_long = inner.too_long;
        pad(&mut self.deferred);
        self.deferred.extend_from_slice(&inner.fixed);
        pad(&mut self.deferred);
        self.deferred.extend_from_slice(&inner.deferred);
    }

    /// A pointer to a SID, or NULL.
    pub(in crate::pac) fn optional_sid(&mut self, sid: Option<Sid>) {
        match sid {
            Some(sid) => self.sid(sid),
            None => self.uint32(0),
        }
    }

    /// A pointer to a SID.
    pub(in crate::pac) fn sid(&mut self, sid: Sid) {
        self.pointer(|pointee| {
            pointee.uint32(sid.sub_authority_count().into());
            pointee.octets(&sid.encode());
        });
    }

    /// An RPC_UNICODE_STRING.
    pub(in crate::pac) fn text(&mut self, text: PacText<'_>, field: &'static str) {
        self.text_in(text, 0, field);
    }

    /// An RPC_UNICODE_STRING with room for a terminator that is not sent.
    pub(in crate::pac) fn terminated_text(&mut self, text: PacText<'_>, field: &'static str) {
        self.text_in(text, 2, field);
    }

    fn text_in(&mut self, text: PacText<'_>, more_room: u16, field: &'static str) {
        let length = u16::try_from(text.octet_count()).ok();
        let Some((length, room)) = length.and_then(|n| Some((n, n.checked_add(more_room)?))) else {
            self.too_long = Some(field);
            return;
        };
        self.uint16(length);
        self.uint16(room);
        self.pointer(|pointee| {
            pointee.uint32((room / 2).into());
            pointee.uint32(0);
            pointee.uint32((length / 2).into());
            text.write_to(&mut pointee.fixed);
        });
    }

    /// The number of elements, then a pointer to them; NULL when there are none.
    pub(in crate::pac) fn array<T: EncodeElement>(
        &mut self,
        array: &NdrArray<'_, T>,
        field: &'static str,
    ) {
        let Ok(count) = u32::try_from(array.len()) else {
            self.too_long = Some(field);
            return;
        };
        self.uint32(count);
        if count == 0 {
            return self.uint32(0);
        }
        self.pointer(|pointee| {
            pointee.uint32(count);
            for element in array.iter() {
                element.encode(pointee);
            }
        });
    }
}

/// To a multiple of four.
fn pad(octets: &mut Vec<u8>) {
    octets.resize(octets.len().next_multiple_of(4), 0);
}
