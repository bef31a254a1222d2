//! Reads the flat structures of a PAC: little-endian integers, octets at offsets.

use super::PacText;
use crate::der::{DecodeError, DecodeErrorKind, Result};

/// A place in a structure; its errors name structure and field.
#[derive(Clone, Copy)]
pub(super) struct FlatReader<'a> {
    octets: &'a [u8],
    at: usize,
    structure: &'static str,
}

impl<'a> FlatReader<'a> {
    /// Stands at the first of `octets`.
    pub(super) const fn new(octets: &'a [u8], structure: &'static str) -> Self {
        Self {
            octets,
            at: 0,
            structure,
        }
    }

    /// The next `count` octets.
    pub(super) fn octets(&mut self, count: usize, field: &'static str) -> Result<&'a [u8]> {
        let octets = self.octets_at(self.at, count, field)?;
        self.at = self.at.saturating_add(count);
        Ok(octets)
    }

    /// `count` octets that begin at octet `at`.
    pub(super) fn octets_at(
        &self,
        at: usize,
        count: usize,
        field: &'static str,
    ) -> Result<&'a [u8]> {
        let rest = self.octets.get(at..).unwrap_or_default();
        rest.get(..count).ok_or_else(|| {
            let kind = DecodeErrorKind::Truncated {
                needed: count,
                found: rest.len(),
            };
            self.error(kind, at, field)
        })
    }

    /// Text of `count` octets that begins at octet `at`.
    pub(super) fn text_at(
        &self,
        at: usize,
        count: usize,
        field: &'static str,
    ) -> Result<PacText<'a>> {
        let octets = self.octets_at(at, count, field)?;
        PacText::from_utf16le(octets).ok_or_else(|| self.wrong("text of half a character", field))
    }

    /// Two octets.
    pub(super) fn uint16(&mut self, field: &'static str) -> Result<u16> {
        self.array(field).map(u16::from_le_bytes)
    }

    /// Four octets.
    pub(super) fn uint32(&mut self, field: &'static str) -> Result<u32> {
        self.array(field).map(u32::from_le_bytes)
    }

    /// Eight octets.
    pub(super) fn uint64(&mut self, field: &'static str) -> Result<u64> {
        self.array(field).map(u64::from_le_bytes)
    }

    /// What is not yet read.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.octets.get(self.at..).unwrap_or_default()
    }

    /// Where it stands.
    pub(super) const fn offset(&self) -> usize {
        self.at
    }

    /// A value of `field`, which ends here, breaks `rule`.
    pub(super) fn wrong(&self, rule: &'static str, field: &'static str) -> DecodeError {
        self.error(DecodeErrorKind::Value(rule), self.at, field)
    }

    fn error(&self, kind: DecodeErrorKind, at: usize, field: &'static str) -> DecodeError {
        DecodeError::new(kind, at)
            .in_field(field)
            .in_structure(self.structure)
    }

    fn array<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N]> {
        let octets = self.octets(N, field)?;
        <[u8; N]>::try_from(octets).map_err(|_| self.wrong("truncated", field))
    }
}
